/**
 * Jobyard beside other job systems: each in a process of its own, driven by the same lines of text,
 * on the same server in the same run.
 */
@NullMarked
package io.jobyard.bench.peers;

import org.jspecify.annotations.NullMarked;
