/**
 * Inside a worker process: it runs jobs, and nothing else it depends on may outlive its manager.
 */
@NullMarked
package io.jobyard.node.worker;

import org.jspecify.annotations.NullMarked;
