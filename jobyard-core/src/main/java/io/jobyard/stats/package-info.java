/** Numbers with history: what nodes count and keep in the store, and what pages read of it. */
@NullMarked
package io.jobyard.stats;

import org.jspecify.annotations.NullMarked;
