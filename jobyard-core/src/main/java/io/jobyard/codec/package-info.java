/** Jobs to kind + JSON, and back. */
@NullMarked
package io.jobyard.codec;

import org.jspecify.annotations.NullMarked;
