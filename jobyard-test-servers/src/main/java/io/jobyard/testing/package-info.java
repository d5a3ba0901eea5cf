/**
 * Real database servers for tests and benchmarks, started from artifacts of the package registry,
 * without Docker, as root or not. An address in the environment replaces each.
 */
@NullMarked
package io.jobyard.testing;

import org.jspecify.annotations.NullMarked;
