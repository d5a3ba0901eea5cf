/** The demo: real work on real input, counted at both ends. */
@NullMarked
package io.jobyard.cli.demo;

import org.jspecify.annotations.NullMarked;
