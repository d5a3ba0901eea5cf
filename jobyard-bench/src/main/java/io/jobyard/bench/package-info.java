/** Throughput and latency, end to end through worker processes and of the bare store. */
@NullMarked
package io.jobyard.bench;

import org.jspecify.annotations.NullMarked;
