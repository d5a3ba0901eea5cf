package io.jobyard.store.redis;

import io.jobyard.store.LeaseKey;
import io.jobyard.store.NewJob;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a job pushes to lines in other slots. No step can change two slots, so such a push is first
 * kept beside its parent, in the step that proves the lease or settles it, and then delivered. What
 * a process that died left undelivered is delivered by another a little later: it may be late, and
 * it is delivered twice if that process died between delivery and noting it. Safe for any thread.
 */
final class Outbox {
  private static final Duration LATE = Duration.ofSeconds(10);

  private final Link link;
  private final Lines lines;
  private final Consumer<List<NewJob>> delivery;

  Outbox(Link link, Lines lines, Consumer<List<NewJob>> delivery) {
    this.link = link;
    this.lines = lines;
    this.delivery = delivery;
  }

  /** The line in which the lease holds; null if it does nowhere. */
  @Nullable Line home(LeaseKey key) {
    List<Line> candidates = lines.candidates(key);
    List<List<Object>> answers =
        link.calls(
            candidates.stream()
                .map(line -> Call.on(line, LuaScript.HOLDS).add(key.id()).add(Ids.Proof.of(key)))
                .toList());
    for (int i = 0; i < candidates.size(); i++) {
      if (Replies.number(answers.get(i).getFirst()) == 1) {
        return candidates.get(i);
      }
    }
    return null;
  }

  /** Keeps jobs beside their parent; false if its lease is stale. */
  boolean put(Line home, LeaseKey parent, Collection<List<NewJob>> groups) {
    Call call = Call.on(home, LuaScript.OUTBOX).add(parent.id()).add(Ids.Proof.of(parent));
    groups.forEach(group -> group.forEach(job -> call.add(job.id()).add(write(job))));
    return Replies.number(link.call(call).getFirst()) == 1;
  }

  void delivered(Line home, Collection<List<NewJob>> groups) {
    byte[][] names =
        groups.stream()
            .flatMap(List::stream)
            .map(job -> Ids.bytes(job.id()))
            .toArray(byte[][]::new);
    if (names.length > 0) {
      Long unused = link.plain(redis -> redis.hdel(Call.bytes(home.base() + ":o"), names));
    }
  }

  /** Delivers what was kept with a settlement. */
  void deliver(Line home, List<NewJob> jobs) {
    if (!jobs.isEmpty()) {
      delivery.accept(jobs);
      delivered(home, List.of(jobs));
    }
  }

  /** Delivers what others left in these lines. */
  void deliverLate(List<Line> all) {
    List<Call> calls =
        all.stream()
            .map(line -> Call.on(line, LuaScript.UNDELIVERED).add(LATE.toMillis()))
            .toList();
    List<List<Object>> answers = link.calls(calls);
    for (int i = 0; i < all.size(); i++) {
      List<NewJob> jobs = new ArrayList<>();
      for (int j = 1; j < answers.get(i).size(); j += 2) {
        jobs.add(read(Replies.bytes(answers.get(i).get(j))));
      }
      deliver(all.get(i), jobs);
    }
  }

  /** A whole push; its delay begins when it is delivered. */
  static byte[] write(NewJob job) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      Body.writeText(out, job.queue());
      switch (job.due()) {
        case NewJob.Due.In(var delay) -> {
          out.writeBoolean(true);
          out.writeLong(delay.toMillis());
        }
        case NewJob.Due.At(var instant) -> {
          out.writeBoolean(false);
          out.writeLong(Pushing.millis(instant));
        }
      }
      Body.writeText(out, job.uniqueKey());
      Body.writeText(out, job.partitionKey());
      out.write(Call.bytes("0".repeat(Body.ADDED)));
      out.write(Body.write(job));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static NewJob read(byte[] stored) {
    ByteBuffer in = ByteBuffer.wrap(stored);
    String queue = Objects.requireNonNull(Body.readText(in));
    boolean delayed = in.get() != 0;
    long millis = in.getLong();
    String uniqueKey = Body.readText(in);
    String partitionKey = Body.readText(in);
    Body body = Body.read(Arrays.copyOfRange(stored, in.position(), stored.length), true);
    return new NewJob(
        body.id(),
        body.externalId(),
        queue,
        body.kind(),
        body.data(),
        delayed
            ? new NewJob.Due.In(Duration.ofMillis(millis))
            : new NewJob.Due.At(Instant.ofEpochMilli(millis)),
        body.priority(),
        body.slot(),
        body.task(),
        body.settings(),
        uniqueKey,
        partitionKey,
        body.parentId(),
        body.meta());
  }
}
