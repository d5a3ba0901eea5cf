package io.jobyard.store.redis;

import io.jobyard.Failure;
import io.jobyard.JobState;
import io.jobyard.store.Counts;
import io.jobyard.store.LeaseKey;
import io.jobyard.store.Limits;
import io.jobyard.store.NewJob;
import io.jobyard.store.Phase;
import io.jobyard.store.Settlement;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Writes back what became of leased jobs, those of one line in one step. A follow-up push is in the
 * same step where one server has both lines; one to another slot, or with an external id, is kept
 * in the {@link Outbox} by that step and delivered right after. Safe for any thread.
 */
final class Settling {
  /** Nodes settle fewer; more at a time would keep the server from others for long. */
  private static final int AT_ONCE = 1_000;

  private final Link link;
  private final Lines lines;
  private final Externals externals;
  private final Outbox outbox;

  Settling(Link link, Lines lines, Externals externals, Outbox outbox) {
    this.link = link;
    this.lines = lines;
    this.externals = externals;
    this.outbox = outbox;
  }

  /** The settlements of one line, and by their place what they push elsewhere; for one thread. */
  private static final class Batch {
    final List<Settlement> settlements = new ArrayList<>();

    /** Their places as they are sent. */
    final List<Integer> order = new ArrayList<>();

    final Map<Integer, List<NewJob>> others = new HashMap<>();
    boolean durable;
  }

  Set<LeaseKey> settle(List<Settlement> settlements) {
    Limits.checkSettlements(settlements);
    Set<LeaseKey> stale = new HashSet<>();
    for (int from = 0; from < settlements.size(); from += AT_ONCE) {
      stale.addAll(some(settlements.subList(from, Math.min(from + AT_ONCE, settlements.size()))));
    }
    return stale;
  }

  private Set<LeaseKey> some(List<Settlement> settlements) {
    Map<Line, Batch> batches = new LinkedHashMap<>();
    for (Settlement settlement : settlements) {
      Line line = lines.of(settlement.queue(), settlement.key());
      batches.computeIfAbsent(line, any -> new Batch()).settlements.add(settlement);
      if (!settlement.pushes().isEmpty()) {
        lines.register(settlement.pushes().stream().map(NewJob::queue).toList());
      }
    }
    List<Call> calls = new ArrayList<>();
    batches.forEach((line, batch) -> calls.add(call(line, batch)));
    List<List<Object>> answers = link.calls(calls);
    Set<LeaseKey> stale = new HashSet<>();
    int i = 0;
    for (Map.Entry<Line, Batch> entry : batches.entrySet()) {
      finish(entry.getKey(), entry.getValue(), answers.get(i++), stale);
    }
    return stale;
  }

  private void finish(Line line, Batch batch, List<Object> answer, Set<LeaseKey> stale) {
    Set<Integer> places = new HashSet<>();
    for (Object at : Replies.list(answer.get(0))) {
      places.add(batch.order.get((int) Replies.number(at)));
    }
    places.forEach(place -> stale.add(batch.settlements.get(place).key()));
    externals.release(Replies.list(answer.get(1)));
    for (int i = 0; i < batch.settlements.size(); i++) {
      List<NewJob> others = batch.others.get(i);
      if (others != null && !places.contains(i)) {
        outbox.deliver(line, others);
      }
    }
    if (batch.durable) {
      link.awaitReplicas(line);
    }
  }

  private Call call(Line line, Batch batch) {
    Call call =
        Call.of(LuaScript.SETTLE)
            .touching(line)
            .add(link.url().channel())
            .add(line.queue())
            .add(line.base());
    Map<Ids.Proof, List<Integer>> plain = new LinkedHashMap<>();
    for (int place = 0; place < batch.settlements.size(); place++) {
      Settlement settlement = batch.settlements.get(place);
      LeaseKey key = settlement.key();
      if (isPlain(settlement)) {
        plain.computeIfAbsent(Ids.Proof.of(key), any -> new ArrayList<>()).add(place);
      } else {
        // What comes before in the list is done before.
        plain(call, batch, plain);
        batch.order.add(place);
        call.add(what(settlement)).add(Ids.Proof.of(key)).add(key.id()).add(Ids.seq(key.seq()));
        details(call, line, batch, place);
      }
    }
    plain(call, batch, plain);
    return call;
  }

  /** Those of one step of leasing have the same proof. */
  private static void plain(Call call, Batch batch, Map<Ids.Proof, List<Integer>> byProof) {
    byProof.forEach((proof, places) -> {
      ByteBuffer ids = ByteBuffer.allocate(16 * places.size());
      for (int place : places) {
        UUID id = batch.settlements.get(place).key().id();
        ids.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
        batch.order.add(place);
      }
      call.add("D").add(proof).add(ids.array());
    });
    byProof.clear();
  }

  /** Succeeded, and nothing is left to write but that. */
  private static boolean isPlain(Settlement settlement) {
    return settlement.move() instanceof Settlement.Succeed(var result, var keep)
        && keep.isZero()
        && settlement.pushes().isEmpty();
  }

  private static String what(Settlement settlement) {
    return switch (settlement.move()) {
      case Settlement.Succeed succeed -> "S";
      case Settlement.Return back -> "R";
      case Settlement.Stay stay -> "T";
      case Settlement.End(var state) -> state == JobState.FAILED ? "F" : "C";
    };
  }

  private void details(Call call, Line line, Batch batch, int place) {
    Settlement settlement = batch.settlements.get(place);
    Counts counts = settlement.counts();
    call.add(counts.failed()).add(counts.crashed()).add(counts.lost());
    call.add(counts.handlerCrashes()).add(settlement.phase() == Phase.FAILING ? 1 : 0);
    byte[] result = null;
    long millis = 0;
    switch (settlement.move()) {
      case Settlement.Succeed(var value, var keep) -> {
        result = value;
        millis = keep.toMillis();
      }
      case Settlement.Return(var delay) -> millis = delay.toMillis();
      case Settlement.Stay stay -> batch.durable = true;
      case Settlement.End end -> {}
    }
    call.add(millis).add(result == null ? 0 : 1).add(result == null ? new byte[0] : result);
    call.add(settlement.errors().size());
    for (Failure error : settlement.errors()) {
      call.add(History.write(error));
    }
    call.add(settlement.log().size());
    settlement.log().forEach(call::add);
    pushes(call, line, batch, place);
  }

  private void pushes(Call call, Line line, Batch batch, int place) {
    Settlement settlement = batch.settlements.get(place);
    List<NewJob> direct = new ArrayList<>();
    List<NewJob> others = new ArrayList<>();
    for (NewJob job : settlement.pushes()) {
      Line target = lines.of(job.queue(), job.id());
      boolean here = !link.cluster() || target.equals(line);
      (here && job.externalId() == null ? direct : others).add(job);
    }
    call.add(direct.size());
    for (NewJob job : direct) {
      Line target = lines.of(job.queue(), job.id());
      call.touching(target).add(target.base()).add(target.queue()).add(target.shardDigits());
      Pushing.job(call, job);
    }
    call.add(others.size());
    others.forEach(job -> call.add(job.id()).add(Outbox.write(job)));
    if (!others.isEmpty()) {
      batch.others.put(place, others);
    }
    batch.durable |= !settlement.pushes().isEmpty();
  }
}
