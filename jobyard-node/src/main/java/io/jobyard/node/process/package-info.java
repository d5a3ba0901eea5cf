/** The manager's side of worker processes: start, watch, bury, replace. */
@NullMarked
package io.jobyard.node.process;

import org.jspecify.annotations.NullMarked;
