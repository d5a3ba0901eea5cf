package io.jobyard.http;

import io.jobyard.view.Json;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Something that happened, written once for everybody who follows.
 *
 * @param number counts up
 * @param queue whose it is; null where it is about none
 * @param job which it is about; null where it is about none
 * @param frame as it goes out
 */
@SuppressWarnings("ArrayRecordComponent")
record Event(long number, @Nullable String queue, @Nullable String job, byte[] frame) {
  /**
   * Writes it.
   *
   * @param boot tells the numbers of this process from those of others
   */
  static Event of(
      String boot,
      long number,
      String name,
      @Nullable String queue,
      @Nullable String job,
      ObjectNode data) {
    return new Event(number, queue, job, frame(boot, number, name, data));
  }

  static byte[] frame(String boot, long number, String name, ObjectNode data) {
    String text =
        "id: " + boot + "-" + number + "\nevent: " + name + "\ndata: " + Json.write(data) + "\n\n";
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
