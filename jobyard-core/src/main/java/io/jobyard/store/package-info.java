/**
 * The store SPI: what a store promises, as interfaces grouped by who calls them, and its records.
 */
@NullMarked
package io.jobyard.store;

import org.jspecify.annotations.NullMarked;
