/** The dashboard, looked at with a real browser. */
@NullMarked
package io.jobyard.http.page;

import org.jspecify.annotations.NullMarked;
