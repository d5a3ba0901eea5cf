package io.jobyard.http;

import io.jobyard.store.NewJob;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Remembers what was pushed under which {@code Idempotency-Key}, so that a push whose answer was
 * lost can be repeated. The last 10,000 keys of a day, and at most 100,000 ids, are kept in memory;
 * beyond that, and after a restart, the ids that follow from the key let the store itself refuse
 * what it still holds. Safe for use by many threads.
 */
final class Receipts {
  private static final int MOST = 10_000;
  private static final int MOST_IDS = 100_000;
  private static final int LONGEST_KEY = 255;
  private static final Duration KEPT = Duration.ofDays(1);
  private static final int PATIENCE_SECONDS = 30;

  private final InstantSource clock;
  private final Map<String, Receipt> receipts = new LinkedHashMap<>();
  private int held;

  /**
   * @param jobs how many ids it will hold
   */
  @SuppressWarnings("ArrayRecordComponent")
  private record Receipt(byte[] digest, Instant at, int jobs, CompletableFuture<List<UUID>> ids) {}

  Receipts(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * Pushes under a key, or gives the ids of the push that had it first.
   *
   * @param key null for a push without one
   */
  List<UUID> push(
      @Nullable String key,
      Caller caller,
      byte[] body,
      List<NewJob> jobs,
      Function<List<NewJob>, List<UUID>> store) {
    if (key == null) {
      return store.apply(jobs);
    }
    if (key.isBlank() || key.length() > LONGEST_KEY) {
      throw Problem.field(
          "Idempotency-Key", "must have 1 to " + LONGEST_KEY + " characters, got " + key.length());
    }
    String own = caller.name() + '\n' + key;
    byte[] digest = Secrets.sha256(body);
    Receipt fresh = new Receipt(digest, clock.instant(), jobs.size(), new CompletableFuture<>());
    Receipt first = earlier(own, fresh);
    if (first != null) {
      return repeated(key, first, digest);
    }
    try {
      List<UUID> ids = store.apply(named(own, jobs));
      fresh.ids.complete(ids);
      return ids;
    } catch (RuntimeException e) {
      forget(own, fresh);
      fresh.ids.completeExceptionally(e);
      throw e;
    }
  }

  private List<UUID> repeated(String key, Receipt first, byte[] digest) {
    if (!MessageDigest.isEqual(first.digest, digest)) {
      throw Problem.refused(
          "Idempotency-Key '"
              + PushReader.shown(key)
              + "' was used for another push; give each push a key of its own");
    }
    try {
      return first.ids.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw Problem.conflict("the push with this Idempotency-Key has not ended well; repeat it");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Problem.busy("the node stops", 1);
    }
  }

  /** The receipt that has the key already; null if the fresh one has it now. */
  private synchronized @Nullable Receipt earlier(String key, Receipt fresh) {
    Receipt known = receipts.get(key);
    boolean over = known != null && Duration.between(known.at, clock.instant()).compareTo(KEPT) > 0;
    if (known != null && !over) {
      return known;
    }
    if (known != null) {
      forget(key, known);
    }
    receipts.put(key, fresh);
    held += fresh.jobs;
    while (receipts.size() > MOST || (held > MOST_IDS && receipts.size() > 1)) {
      Map.Entry<String, Receipt> eldest = receipts.entrySet().iterator().next();
      forget(eldest.getKey(), eldest.getValue());
    }
    return null;
  }

  private synchronized void forget(String key, Receipt receipt) {
    if (receipts.remove(key, receipt)) {
      held -= receipt.jobs;
    }
  }

  /** The jobs under ids that follow from the key. */
  private static List<NewJob> named(String key, List<NewJob> jobs) {
    List<NewJob> named = new ArrayList<>(jobs.size());
    for (int i = 0; i < jobs.size(); i++) {
      named.add(jobs.get(i).withId(id(key + '\n' + i)));
    }
    return named;
  }

  /** A UUID of version 8: made of a hash. */
  private static UUID id(String text) {
    ByteBuffer hash = ByteBuffer.wrap(Secrets.sha256(text));
    long high = (hash.getLong() & ~0xF000L) | 0x8000L;
    long low = (hash.getLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
    return new UUID(high, low);
  }
}
