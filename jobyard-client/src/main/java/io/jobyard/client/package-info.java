/** A store behind a node's HTTP API, for programs without access to the store itself. */
@NullMarked
package io.jobyard.client;

import org.jspecify.annotations.NullMarked;
