/**
 * Live talk: messages and progress of running jobs, passed on as signals of the store, not kept.
 */
@NullMarked
package io.jobyard.talk;

import org.jspecify.annotations.NullMarked;
