package io.jobyard.store.redis;

import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * A queue, or one shard of it: what one script can change in one step, because all of its keys
 * share a hash tag and so a slot.
 *
 * @param base what its keys begin with
 */
record Line(String queue, int shard, String base) {
  /** The endings of all of its keys; see common.lua. */
  private static final String KINDS = "qbldmxnrpusafckeho";

  static Line of(String prefix, String queue, int shard) {
    // Escaped, so that no name ends the hash tag, or is taken for the shard of another.
    String name =
        queue.replace("%", "%25").replace("{", "%7B").replace("}", "%7D").replace("#", "%23");
    return new Line(
        queue, shard, "{" + prefix + ":" + name + (shard == 0 ? "" : "#" + shard) + "}");
  }

  /** Which of so many shards a job is in: always the same, so that a repeated push finds it. */
  static int shard(UUID id, int shards) {
    return shards == 1 ? 0 : Math.floorMod((id.hashCode() * 0x9E3779B9) >>> 7, shards);
  }

  /** The shard a job's number tells, with its last two digits. */
  static int shard(long seq) {
    return (int) (seq % 100);
  }

  /** As it is written in the last digits of a seq. */
  String shardDigits() {
    return shard < 10 ? "0" + shard : Integer.toString(shard);
  }

  /**
   * All keys a script may touch, named beforehand: while a slot is being moved the server must be
   * able to refuse a script before it began, not in the middle.
   */
  byte[][] keys() {
    byte[][] keys = new byte[KINDS.length()][];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = (base + ":" + KINDS.charAt(i)).getBytes(StandardCharsets.UTF_8);
    }
    return keys;
  }
}
