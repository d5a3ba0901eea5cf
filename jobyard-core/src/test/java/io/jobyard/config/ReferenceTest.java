package io.jobyard.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Holds docs/ to the table of keys. {@code make docs} (that is {@code -Djobyard.docs=write}) writes
 * the files anew.
 */
class ReferenceTest {
  private static final Path DOCS = Path.of("..", "docs");
  private static final boolean WRITE = "write".equals(System.getProperty("jobyard.docs"));

  @Test
  void theSchemaIsTheTableOfKeys() throws IOException {
    check(DOCS.resolve("jobyard.schema.json"), Reference.schema());
  }

  @Test
  void thePageHoldsTheTableOfKeys() throws IOException {
    Path page = DOCS.resolve("configuration.md");
    String text = Files.readString(page);
    for (Map.Entry<String, String> table : Reference.tables().entrySet()) {
      String begin = "<!-- keys: " + table.getKey() + " -->\n";
      int from = text.indexOf(begin) + begin.length();
      int to = text.indexOf("<!-- end -->", from);
      assertThat(to).as("the place of table '%s'", table.getKey()).isGreaterThan(begin.length());
      text = text.substring(0, from) + "\n" + table.getValue() + "\n" + text.substring(to);
    }
    check(page, text);
  }

  private static void check(Path file, String expected) throws IOException {
    if (WRITE) {
      Files.writeString(file, expected);
    }
    assertThat(file).as("run 'make docs' after a change of Keys").hasContent(expected);
  }
}
