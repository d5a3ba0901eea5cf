/**
 * Versions of the jobs' code: private copies of the class path, the change from one to the next,
 * and the way back when the next does not come up.
 */
@NullMarked
package io.jobyard.node.generation;

import org.jspecify.annotations.NullMarked;
