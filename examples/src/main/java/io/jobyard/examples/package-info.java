/** Small runnable programs, each with one idea. */
@NullMarked
package io.jobyard.examples;

import org.jspecify.annotations.NullMarked;
