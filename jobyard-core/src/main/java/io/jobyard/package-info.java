/** The API: what an application uses to push jobs and to write them. */
@NullMarked
package io.jobyard;

import org.jspecify.annotations.NullMarked;
