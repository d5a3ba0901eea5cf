/** Jobs, queues and nodes as JSON: what the command line prints and HTTP answers. */
@NullMarked
package io.jobyard.view;

import org.jspecify.annotations.NullMarked;
