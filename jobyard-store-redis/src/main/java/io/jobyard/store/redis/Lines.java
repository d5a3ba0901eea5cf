package io.jobyard.store.redis;

import io.jobyard.store.LeaseKey;
import io.jobyard.store.StoreOptions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Which queues there are, and how many shards each has. A queue is written down before its first
 * job, so that whoever looks for jobs finds it. The store remembers the highest number of shards
 * that anybody was configured with, and everybody goes by that: who pushes, who leases and who
 * looks. Safe for any thread.
 */
final class Lines {
  private final Link link;
  private final String prefix;
  private final Map<String, Integer> configured;
  private final Map<String, Integer> known = new ConcurrentHashMap<>();
  private final Map<String, AtomicReferenceArray<@Nullable Line>> made = new ConcurrentHashMap<>();

  Lines(Link link, Map<String, Integer> configured) {
    this.link = link;
    this.prefix = link.url().prefix();
    this.configured = configured;
  }

  /** Where a job of the queue is to be stored. */
  Line of(String queue, UUID id) {
    return line(queue, Line.shard(id, shards(queue)));
  }

  /** Where a leased job is. */
  Line of(String queue, LeaseKey key) {
    return line(queue, Line.shard(key.seq()));
  }

  /** Always the same object, since one is looked up for each job. */
  private Line line(String queue, int shard) {
    AtomicReferenceArray<@Nullable Line> shards =
        made.computeIfAbsent(queue, any -> new AtomicReferenceArray<>(StoreOptions.MOST_SHARDS));
    Line line = shards.get(shard);
    if (line == null) {
      line = Line.of(prefix, queue, shard);
      shards.set(shard, line);
    }
    return line;
  }

  /** Every line of the queue. */
  List<Line> of(String queue) {
    return lines(queue, shards(queue));
  }

  /** Every line of the queue, as the store knows them now. */
  List<Line> ofNow(String queue) {
    return lines(queue, learn(List.of(queue)).getOrDefault(queue, 1));
  }

  /** Every line of the store, as the store knows them now. */
  List<Line> all() {
    List<Line> all = new ArrayList<>();
    byQueue().values().forEach(all::addAll);
    return all;
  }

  /** The same, where a script told every queue and its shards along with something else. */
  List<Line> all(List<Object> queues) {
    List<Line> all = new ArrayList<>();
    learned(queues).forEach((queue, shards) -> all.addAll(lines(queue, shards)));
    return all;
  }

  /** Every queue with its lines, by name. */
  SortedMap<String, List<Line>> byQueue() {
    SortedMap<String, List<Line>> all = new TreeMap<>();
    learn(List.of()).forEach((queue, shards) -> all.put(queue, lines(queue, shards)));
    return all;
  }

  /** Where a job with such a number may be, whatever its queue. */
  List<Line> candidates(LeaseKey key) {
    return all().stream().filter(line -> line.shard() == Line.shard(key.seq())).toList();
  }

  /** Writes queues down where they are not yet. */
  void register(Collection<String> queues) {
    List<String> fresh = queues.stream().filter(queue -> !known.containsKey(queue)).toList();
    if (!fresh.isEmpty()) {
      learn(fresh);
    }
  }

  /** Has every queue written down again when it is next used: the store may have lost them. */
  void forget() {
    known.clear();
  }

  private int shards(String queue) {
    Integer shards = known.get(queue);
    return shards != null ? shards : learn(List.of(queue)).getOrDefault(queue, 1);
  }

  private Map<String, Integer> learn(List<String> queues) {
    Call call = Call.of(LuaScript.QUEUES).key(link.url().root() + "queues");
    queues.stream()
        .distinct()
        .forEach(queue -> call.add(queue).add(configured.getOrDefault(queue, 1)));
    return learned(link.call(call));
  }

  private Map<String, Integer> learned(List<Object> answer) {
    Map<String, Integer> all = new TreeMap<>();
    for (int i = 0; i < answer.size(); i += 2) {
      all.put(Replies.text(answer.get(i)), (int) Replies.number(answer.get(i + 1)));
    }
    known.putAll(all);
    return all;
  }

  private List<Line> lines(String queue, int shards) {
    List<Line> lines = new ArrayList<>();
    for (int shard = 0; shard < shards; shard++) {
      lines.add(line(queue, shard));
    }
    return lines;
  }
}
