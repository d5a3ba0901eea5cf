/** The reference store, in memory; also for users' tests. */
@NullMarked
package io.jobyard.memory;

import org.jspecify.annotations.NullMarked;
