/** Carries waiting jobs from one store to another. */
@NullMarked
package io.jobyard.cli.move;

import org.jspecify.annotations.NullMarked;
