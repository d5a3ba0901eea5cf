/** What manager and workers say to each other over their Unix domain sockets, and how. */
@NullMarked
package io.jobyard.node.frame;

import org.jspecify.annotations.NullMarked;
