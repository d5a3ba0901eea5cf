/** What a node answers over HTTP: its API, live events, and who may ask. */
@NullMarked
package io.jobyard.http;

import org.jspecify.annotations.NullMarked;
