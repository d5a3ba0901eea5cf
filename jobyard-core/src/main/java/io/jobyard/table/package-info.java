/** Tables in memory that all processes of a node share. */
@NullMarked
package io.jobyard.table;

import org.jspecify.annotations.NullMarked;
