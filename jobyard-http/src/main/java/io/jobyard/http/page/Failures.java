package io.jobyard.http.page;

import io.jobyard.stats.CauseCount;
import io.jobyard.stats.Trouble;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Collectors;

/** Why runs failed, in groups. */
public record Failures(String span, List<Group> groups) {
  private static final int MOST = 200;
  private static final double WIDTH = 120;
  private static final double HEIGHT = 28;

  public List<String> spans() {
    return List.of("day", "week");
  }

  /** A cause, and what it did. */
  public record Group(
      String id,
      String title,
      String type,
      String queue,
      String kind,
      String where,
      long runs,
      long jobs,
      String first,
      String last,
      List<String> ids,
      List<Long> trend,
      String trendSays,
      String span) {
    public String href(String deed) {
      return "/failures/" + id + "/" + deed + "?span=" + span;
    }

    /** The trend as a line. */
    public String path() {
      return "M" + points();
    }

    /** What is below the line. */
    public String area() {
      return "M0," + number(HEIGHT) + "L" + points() + "L" + number(WIDTH) + "," + number(HEIGHT);
    }

    private String points() {
      List<Long> shown = trend.size() < 2 ? List.of(0L, runs) : trend;
      long most = Math.max(1, shown.stream().mapToLong(Long::longValue).max().orElse(1));
      double step = WIDTH / (shown.size() - 1);
      StringBuilder path = new StringBuilder();
      for (int i = 0; i < shown.size(); i++) {
        double y = HEIGHT - 2 - shown.get(i) * (HEIGHT - 4) / most;
        path.append(i == 0 ? "" : "L").append(number(i * step)).append(',').append(number(y));
      }
      return path.toString();
    }

    private static String number(double number) {
      return String.format(Locale.ROOT, "%.1f", number);
    }
  }

  static Failures of(List<Trouble> troubles, String span, Words words) {
    return new Failures(
        span, troubles.stream().limit(MOST).map(trouble -> group(trouble, span, words)).toList());
  }

  private static Group group(Trouble trouble, String span, Words words) {
    CauseCount count = trouble.count();
    return new Group(
        count.id(),
        title(count),
        count.cause().type().word(),
        count.queue(),
        count.kind(),
        count.cause().frame(),
        count.runs(),
        count.jobs(),
        count.first().toString(),
        count.last().toString(),
        count.ids().stream().map(UUID::toString).limit(3).toList(),
        trouble.trend(),
        words.say(
            "failures.trend",
            count.runs(),
            trouble.trend().stream().map(String::valueOf).collect(Collectors.joining(", "))),
        span);
  }

  private static String title(CauseCount count) {
    String name = count.cause().className();
    String simple = name.substring(name.lastIndexOf('.') + 1);
    String message = count.cause().message();
    if (message.isEmpty()) {
      return simple.isEmpty() ? count.cause().type().word() : simple;
    }
    return simple.isEmpty() ? message : simple + ": " + message;
  }
}
