/** Jobs in MySQL 8 or MariaDB 10.6 and later. */
@NullMarked
package io.jobyard.store.mysql;

import org.jspecify.annotations.NullMarked;
