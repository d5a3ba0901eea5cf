package io.jobyard.run;

import io.jobyard.Subscription;
import java.util.concurrent.CompletableFuture;

/** To somebody who can be listened to only later. */
record LaterSubscription(CompletableFuture<Subscription> begun) implements Subscription {
  @Override
  public void close() {
    var unused = begun.thenAccept(Subscription::close);
  }
}
