package io.jobyard.store.contract;

/** Everything a store promises. */
public interface StoreContract
    extends PushContract,
        LeaseContract,
        OrderContract,
        LimitContract,
        FenceContract,
        SettleContract,
        SessionContract,
        CancelContract,
        OperatorContract,
        AdoptContract,
        RetentionContract,
        WakeContract,
        SignalContract,
        StatsContract,
        EnvContract,
        LimitsContract,
        ConcurrencyContract,
        ModelContract {}
