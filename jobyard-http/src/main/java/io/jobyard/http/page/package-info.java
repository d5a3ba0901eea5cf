/** The dashboard: pages made here, kept live by events, without a build step or another host. */
@NullMarked
package io.jobyard.http.page;

import org.jspecify.annotations.NullMarked;
