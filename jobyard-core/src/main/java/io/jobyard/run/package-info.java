/**
 * The pieces that run jobs: dispatcher, runner, settler, and the pure {@link
 * io.jobyard.run.Lifecycle}.
 */
@NullMarked
package io.jobyard.run;

import org.jspecify.annotations.NullMarked;
