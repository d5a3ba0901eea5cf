/** A node: the manager, and what it keeps on this machine while it runs. */
@NullMarked
package io.jobyard.node;

import org.jspecify.annotations.NullMarked;
