/**
 * A listener that speaks the Faktory worker protocol, so that any language can push and run jobs.
 */
@NullMarked
package io.jobyard.faktory;

import org.jspecify.annotations.NullMarked;
