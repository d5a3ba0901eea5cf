package io.jobyard.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobyard.cli.demo.jobs.CountWords;
import io.jobyard.cli.demo.jobs.Words;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextTest {
  private static final String[] PIECES = {
    "job",
    "Ärger",
    "naïve",
    "e\u0301te",
    "ΟΔΟΣ",
    "山田",
    "𝒜bc",
    "don't",
    "x1y",
    "—",
    ",",
    "",
    "\u00A0"
  };
  private static final String[] SPACES = {" ", "\n", "\r\n", "\t", "  \n\n "};

  @TempDir private Path folder;

  @Test
  void aWordIsARunOfLettersInLowerCase() {
    assertThat(Words.count("The end, the END; e\u0301te\u0301 2nd"))
        .containsOnly(
            Map.entry("the", 2),
            Map.entry("end", 2),
            Map.entry("e\u0301te\u0301", 1),
            Map.entry("nd", 1));
    assertThat(Words.count("")).isEmpty();
  }

  @Test
  void partsMergedAreTheWholeCountedAlone() throws Exception {
    Random random = new Random(42);
    for (int round = 0; round < 40; round++) {
      String content = content(random, random.nextInt(600));
      Path file = Files.writeString(folder.resolve("text-" + round), content);
      long size = 1 + random.nextInt(200);

      List<CountWords> parts = Splitter.split(file, size);

      Map<String, Long> merged = new HashMap<>();
      for (CountWords part : parts) {
        Text.merge(merged, count(part));
      }
      assertThat(merged).as("round %d", round).isEqualTo(new Text(List.of(file)).count());
      assertThat(parts.stream().mapToLong(CountWords::length).sum()).isEqualTo(Files.size(file));
    }
  }

  @Test
  void severalFilesAreOneText() throws Exception {
    Path one = Files.writeString(folder.resolve("one"), "to be or");
    Path two = Files.writeString(folder.resolve("two"), "not to be");
    Text text = new Text(List.of(one, two));

    assertThat(text.count()).isEqualTo(Map.of("to", 2L, "be", 2L, "or", 1L, "not", 1L));
    assertThat(text.parts()).hasSize(2);
  }

  @Test
  void aLargeTextIsCutIntoAFewHundredParts() throws IOException {
    byte[] content = "word ".repeat(1_000_000).getBytes(StandardCharsets.US_ASCII);
    Path file = Files.write(folder.resolve("large"), content);

    assertThat(new Text(List.of(file)).parts()).hasSizeBetween(200, 260);
  }

  @Test
  void whatIsNoTextIsOneSentence() throws IOException {
    Path binary = Files.write(folder.resolve("binary"), new byte[] {1, 2, 0, 3});
    assertThatThrownBy(() -> new Text(List.of(binary)).count()).hasMessageContaining("is binary");

    Path latin = Files.write(folder.resolve("latin"), "café".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> new Text(List.of(latin)).count())
        .hasMessageContaining("is no text in UTF-8");

    byte[] spaceless = new byte[3 * 1024 * 1024];
    Arrays.fill(spaceless, (byte) 'a');
    Path endless = Files.write(folder.resolve("endless"), spaceless);
    assertThatThrownBy(() -> new Text(List.of(endless)).parts())
        .hasMessageContaining("has no white space");

    Path empty = Files.createFile(folder.resolve("empty"));
    assertThatThrownBy(() -> TextSource.of(empty)).hasMessage(empty + ": the file is empty");
  }

  @Test
  void withoutAFileItIsJobyardsOwnDocumentation() {
    assertThat(TextSource.of(null).files())
        .anyMatch(file -> file.endsWith("docs/configuration.md"))
        .noneMatch(file -> file.toString().contains("/target/"));
  }

  private static Map<String, Integer> count(CountWords part) throws IOException {
    return part.call(new NoContext());
  }

  private static String content(Random random, int words) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < words; i++) {
      text.append(PIECES[random.nextInt(PIECES.length)]);
      if (random.nextInt(4) > 0) {
        text.append(SPACES[random.nextInt(SPACES.length)]);
      }
    }
    return text.toString();
  }
}
