/** The jobyard command: one class per command. */
@NullMarked
package io.jobyard.cli;

import org.jspecify.annotations.NullMarked;
