package io.jobyard.http;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/** Hides the values of fields that are named like secrets, at any depth. */
public final class Mask {
  private static final StringNode HIDDEN = StringNode.valueOf("***");

  private final Pattern names;

  /**
   * @param globs {@code *} stands for anything, {@code ?} for one character or none; case does not
   *     matter
   */
  public Mask(List<String> globs) {
    names = Pattern.compile(globs.stream().map(Mask::regex).collect(Collectors.joining("|")));
  }

  private static String regex(String glob) {
    StringBuilder regex = new StringBuilder();
    for (char c : glob.toLowerCase(Locale.ROOT).toCharArray()) {
      switch (c) {
        case '*' -> regex.append(".*");
        case '?' -> regex.append(".?");
        default -> regex.append(Pattern.quote(String.valueOf(c)));
      }
    }
    return regex.toString();
  }

  /** Hides in the tree itself. */
  public void hide(JsonNode node) {
    switch (node) {
      case ObjectNode object -> {
        for (Map.Entry<String, JsonNode> field : object.properties()) {
          if (names.matcher(field.getKey().toLowerCase(Locale.ROOT)).matches()
              && !field.getValue().isNull()) {
            field.setValue(HIDDEN);
          } else {
            hide(field.getValue());
          }
        }
      }
      case ArrayNode array -> array.forEach(this::hide);
      default -> {}
    }
  }
}
