package io.jobyard.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class LineFeedTest {
  private static final Pattern NOTICE = Pattern.compile("… (\\d+) lines? w(as|ere) left out.*");

  private final List<String> lines = new ArrayList<>();
  private long now;
  private final LineFeed feed = new LineFeed(lines::add, null, () -> now);

  @Test
  void linesMayComeInPieces() {
    write("on");
    write("e\ntw");
    write("o\r\n\nlast");
    assertThat(lines).containsExactly("one", "two", "");

    feed.flush();
    feed.flush();
    assertThat(lines).containsExactly("one", "two", "", "last");
  }

  @Test
  void aLineWithoutEndIsCutBetweenCharacters() {
    String text = "ä€👋".repeat(10_000);
    write(text + "\nnext\n");

    assertThat(lines).last().isEqualTo("next");
    List<String> pieces = lines.subList(0, lines.size() - 1);
    assertThat(String.join("", pieces)).isEqualTo(text);
    assertThat(pieces)
        .allSatisfy(piece ->
            assertThat(piece.getBytes(StandardCharsets.UTF_8).length).isBetween(1, 4 * 1024));
  }

  @Test
  void whatIsNoTextBecomesSome() {
    byte[] bytes = new byte[100_000];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (0x80 | i);
    }
    feed.write(bytes, 0, bytes.length);
    feed.flush();

    assertThat(lines)
        .hasSizeBetween(24, 26)
        .allSatisfy(line -> assertThat(line).contains("\uFFFD"));
  }

  @Test
  void ofAFloodSoMuchPassesAndTheRestIsCounted() {
    byte[] ten = "flood\n".repeat(10).getBytes(StandardCharsets.UTF_8);
    int seconds = 10;
    for (int i = 0; i < 1_000 * seconds; i++) {
      feed.write(ten, 0, ten.length);
      now += TimeUnit.MILLISECONDS.toNanos(1);
    }
    feed.flush();

    long notices = lines.stream().filter(line -> NOTICE.matcher(line).matches()).count();
    long passed = lines.size() - notices;
    assertThat(passed).isBetween(2_000L, 2_000L + 1_000 * seconds);
    assertThat(notices).isBetween(1L, (long) seconds);
    assertThat(passed + leftOut()).isEqualTo(10_000L * seconds);
  }

  @Test
  void longLinesCountForMore() {
    String line = "x".repeat(4_000) + "\n";
    for (int i = 0; i < 1_000; i++) {
      write(line);
    }
    feed.flush();

    assertThat(lines.stream().mapToLong(String::length).sum()).isLessThan(1_100_000);
    assertThat(leftOut()).isBetween(700L, 800L);
  }

  @Test
  void oneOfManyMayHaveSpentWhatTheyShare() {
    var shared = new Allowance(1, 1_000, () -> now);
    var other = new LineFeed(line -> {}, shared, () -> now);
    var poor = new LineFeed(lines::add, shared, () -> now);
    byte[] line = ("x".repeat(900) + "\n").getBytes(StandardCharsets.UTF_8);
    other.write(line, 0, line.length);

    poor.write(line, 0, line.length);
    now += TimeUnit.MINUTES.toNanos(20);
    poor.write(line, 0, line.length);

    assertThat(lines).hasSize(2).first().asString().startsWith("… 1 line was left out");
  }

  private void write(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    feed.write(bytes, 0, bytes.length);
  }

  private long leftOut() {
    return lines.stream()
        .map(NOTICE::matcher)
        .filter(Matcher::matches)
        .mapToLong(notice -> Long.parseLong(notice.group(1)))
        .sum();
  }
}
