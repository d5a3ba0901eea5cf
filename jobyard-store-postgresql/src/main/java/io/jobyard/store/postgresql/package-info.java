/** Jobs in PostgreSQL. */
@NullMarked
package io.jobyard.store.postgresql;

import org.jspecify.annotations.NullMarked;
