package io.jobyard.cli;

import io.jobyard.view.Json;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * Results on standard output: text for people, or one JSON document.
 *
 * @param json which of the two is asked for
 */
record Output(PrintWriter to, boolean json) {

  void line(String text) {
    to.println(text);
  }

  /** Whether nobody reads what is printed any more. */
  boolean unread() {
    return to.checkError();
  }

  void document(JsonNode document) {
    to.println(Json.write(document));
  }

  /** Says how many jobs something was done to. */
  void count(String done, int jobs) {
    if (json) {
      document(Json.object().put(done, jobs));
    } else {
      line(done + " " + jobs + (jobs == 1 ? " job" : " jobs"));
    }
  }

  /** Columns as wide as their widest cell; cells that look like numbers stand to the right. */
  void table(List<String> head, List<List<String>> rows) {
    List<List<String>> lines = new ArrayList<>();
    lines.add(head);
    lines.addAll(rows);
    for (List<String> line : lines) {
      StringBuilder text = new StringBuilder();
      for (int column = 0; column < line.size(); column++) {
        text.append(column == 0 ? "" : "  ").append(cell(lines, line, column));
      }
      to.println(text.toString().stripTrailing());
    }
  }

  private static String cell(List<List<String>> lines, List<String> line, int column) {
    int width = lines.stream().mapToInt(l -> l.get(column).length()).max().orElse(0);
    String text = line.get(column);
    String space = " ".repeat(width - text.length());
    boolean number =
        lines.size() > 1
            && lines.stream().skip(1).allMatch(l -> l.get(column).matches("-|[0-9.]+( ?m?s)?"));
    return number ? space + text : text + space;
  }
}
