/** {@code sync:}, where a push runs the job there and then: for tests and small scripts. */
@NullMarked
package io.jobyard.sync;

import org.jspecify.annotations.NullMarked;
