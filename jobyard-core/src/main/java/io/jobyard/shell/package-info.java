/** Runs programs as jobs: what may run, how it is started, watched and ended, and the audit. */
@NullMarked
package io.jobyard.shell;

import org.jspecify.annotations.NullMarked;
