/** jobyard.yaml, code and environment become one validated, immutable object. */
@NullMarked
package io.jobyard.config;

import org.jspecify.annotations.NullMarked;
