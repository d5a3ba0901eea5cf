package io.jobyard;

/** Somebody who listens, until it is closed; closing twice is harmless. */
public interface Subscription extends AutoCloseable {
  @Override
  void close();
}
