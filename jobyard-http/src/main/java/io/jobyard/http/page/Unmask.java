package io.jobyard.http.page;

import io.jobyard.http.Mask;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Puts hidden values back into an edited payload: what somebody left hidden stays what it was,
 * without having been shown.
 */
final class Unmask {
  private Unmask() {}

  /**
   * Changes the edited tree.
   *
   * @param original as it is stored
   */
  static void restore(JsonNode edited, JsonNode original, Mask mask) {
    JsonNode shown = original.deepCopy();
    mask.hide(shown);
    restore(edited, original, shown);
  }

  private static void restore(JsonNode edited, JsonNode original, JsonNode shown) {
    if (edited instanceof ObjectNode object) {
      for (Map.Entry<String, JsonNode> field : object.properties()) {
        JsonNode was = original.path(field.getKey());
        JsonNode seen = shown.path(field.getKey());
        boolean hidden = !was.equals(seen) && seen.isString();
        if (hidden && field.getValue().equals(seen)) {
          field.setValue(was);
        } else {
          restore(field.getValue(), was, seen);
        }
      }
    } else if (edited instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        restore(array.get(i), original.path(i), shown.path(i));
      }
    }
  }
}
