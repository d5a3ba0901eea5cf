package io.jobyard.store;

/** What a cancel came to. */
public enum CancelAnswer {
  /** It was waiting and is CANCELLED now. */
  CANCELLED,
  /** It runs; its node was asked to stop it. */
  REQUESTED,
  /** It had ended already; nothing was changed. */
  FINISHED,
  /** No such job: it succeeded and was removed, was forgotten, or never existed. */
  UNKNOWN
}
