package io.jobyard.store.contract;

/** Everything a store promises. */
public interface StoreContract
    extends PushContract,
        LeaseContract,
        FenceContract,
        SettleContract,
        SessionContract,
        CancelContract,
        OperatorContract,
        RetentionContract,
        WakeContract,
        LimitsContract,
        ConcurrencyContract,
        ModelContract {}
