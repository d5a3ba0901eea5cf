/** Jobs in a SQLite file, shared by any number of threads, processes and nodes of one machine. */
@NullMarked
package io.jobyard.store.sqlite;

import org.jspecify.annotations.NullMarked;
