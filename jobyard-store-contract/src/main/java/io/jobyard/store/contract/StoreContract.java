package io.jobyard.store.contract;

/** Everything a store promises. */
public interface StoreContract extends FenceContract {}
