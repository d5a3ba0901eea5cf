/**
 * What every store promises, as JUnit contracts grouped by role. A store's test class implements
 * {@link io.jobyard.store.contract.StoreContract} and only opens the store, through a {@link
 * io.jobyard.store.contract.StoreHarness}.
 */
@NullMarked
package io.jobyard.store.contract;

import org.jspecify.annotations.NullMarked;
