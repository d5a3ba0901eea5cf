/** The socket on which a running node answers the command line, and the client of it. */
@NullMarked
package io.jobyard.node.control;

import org.jspecify.annotations.NullMarked;
