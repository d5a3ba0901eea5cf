/** What the SQL stores share. Knows no dialect: each store owns its statements. */
@NullMarked
package io.jobyard.store.jdbc;

import org.jspecify.annotations.NullMarked;
