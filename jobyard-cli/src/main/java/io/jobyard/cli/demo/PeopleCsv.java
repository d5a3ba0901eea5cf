package io.jobyard.cli.demo;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import io.jobyard.JobyardException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads a CSV of people: a header that names the columns {@code name} and {@code email}, in any
 * order and among others, then a row for each.
 *
 * <p>A row that is wrong is noted with its line and skipped, and the next one is read as if nothing
 * had been: the parser is given one row at a time, so that a quote which is never closed cannot
 * swallow the rest of the file. To find a row's end before its encoding is known, bytes are read as
 * ISO 8859-1, which loses nothing, and only its fields are decoded.
 */
final class PeopleCsv {
  /** A quoted field may hold line breaks, but hardly more than so many. */
  private static final int LONGEST_ROW = 50;

  private static final CsvReader.CsvReaderBuilder PARSER =
      CsvReader.builder().allowUnclosedQuote(false);

  private final String source;
  private final List<String> lines;
  private final List<Person> rows = new ArrayList<>();
  private final List<SkippedRow> skipped = new ArrayList<>();

  private PeopleCsv(String source, byte[] bytes) {
    this.source = source;
    this.lines = InputBytes.text(source, bytes).lines().toList();
  }

  /** The rows of a file. */
  static People read(Path file) {
    return new PeopleCsv(file.toString(), InputBytes.of(file)).people();
  }

  /** The thousand rows that come with the demo. */
  static People sample() {
    try (InputStream in = PeopleCsv.class.getResourceAsStream("people.csv")) {
      if (in == null) {
        throw new JobyardException("people.csv is missing in Jobyard's jar; build it again");
      }
      return new PeopleCsv("people.csv", in.readAllBytes()).people();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private People people() {
    Row header = row(0);
    int name = column(header, "name");
    int email = column(header, "email");
    for (int at = header.lines; at < lines.size(); ) {
      Row row = row(at);
      take(row, at + 1L, name, email);
      at += row.lines;
    }
    if (rows.isEmpty()) {
      throw new JobyardException(
          skipped.isEmpty()
              ? source + ": there is no row below the header"
              : "%s: none of its rows can be used; the first of them, line %d: %s"
                  .formatted(source, skipped.getFirst().line(), skipped.getFirst().why()));
    }
    return new People(rows, skipped);
  }

  private int column(Row header, String name) {
    for (int i = 0; i < header.fields.size(); i++) {
      if (header.fields.get(i).strip().toLowerCase(Locale.ROOT).equals(name)) {
        return i;
      }
    }
    throw new JobyardException(
        "%s: the first line must name the columns name,email, but has no '%s': %s"
            .formatted(source, name, InputBytes.shown(lines.getFirst())));
  }

  private void take(Row row, long line, int name, int email) {
    String why = row.flaw;
    if (why == null && row.fields.size() <= Math.max(name, email)) {
      why = "a column is missing: " + Excerpt.of(String.join(",", row.fields));
    }
    if (why == null) {
      String who = row.fields.get(name).strip();
      String address = row.fields.get(email).strip();
      why = MailAddress.flaw(who, address);
      if (why == null) {
        rows.add(new Person(line, who, address));
        return;
      }
    }
    skipped.add(new SkippedRow(line, why));
  }

  /** The row that begins at this line; a wrong one ends there, too. */
  private Row row(int at) {
    String text = lines.get(at);
    if (text.isBlank()) {
      return Row.wrong("the line is empty");
    }
    Row first = parse(text, 1);
    if (first.flaw == null || text.indexOf('"') < 0) {
      return first;
    }
    StringBuilder longer = new StringBuilder(text);
    int end = Math.min(lines.size(), at + LONGEST_ROW);
    for (int next = at + 1; next < end; next++) {
      longer.append('\n').append(lines.get(next));
      Row row = parse(longer.toString(), next - at + 1);
      if (row.flaw == null) {
        return row;
      }
    }
    return first;
  }

  private static Row parse(String text, int lines) {
    List<String> raw;
    try {
      raw = PARSER.ofSingleCsvRecord(text).getFields();
    } catch (CsvParseException e) {
      return Row.wrong("bad quoting: " + InputBytes.shown(text));
    }
    List<String> fields = new ArrayList<>();
    for (String field : raw) {
      String decoded = InputBytes.utf8(field.getBytes(StandardCharsets.ISO_8859_1));
      if (decoded == null) {
        return Row.wrong("not UTF-8: " + InputBytes.shown(text));
      }
      fields.add(decoded);
    }
    return new Row(fields, lines, null);
  }

  /**
   * One row.
   *
   * @param lines how many lines it takes
   * @param flaw why it cannot be used; null if it can
   */
  private record Row(List<String> fields, int lines, @Nullable String flaw) {
    static Row wrong(String flaw) {
      return new Row(List.of(), 1, flaw);
    }
  }
}
