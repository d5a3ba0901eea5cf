package io.jobyard.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobyard.JobyardException;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeopleCsvTest {
  @TempDir private Path folder;

  @Test
  void theSampleHasAThousandDistinctPeopleAndNothingWrong() {
    People sample = PeopleCsv.sample();

    assertThat(sample.rows()).hasSize(1000);
    assertThat(sample.skipped()).isEmpty();
    Set<String> emails = new HashSet<>();
    sample.rows().forEach(person -> emails.add(person.email()));
    assertThat(emails).hasSize(1000);
    assertThat(sample.rows())
        .extracting(Person::name)
        .contains("Smith, John", "Robert \"Bob\" Miller", "山田 太郎", "Zoë Åkerström");
  }

  @Test
  void readsQuotesCommasAndLineNumbers() {
    People people =
        read("name,email\n\"Smith, John\",j@example.org\n\"A \"\"B\"\" C\",b@example.org\n");

    assertThat(people.rows())
        .containsExactly(
            new Person(2, "Smith, John", "j@example.org"),
            new Person(3, "A \"B\" C", "b@example.org"));
  }

  @Test
  void columnsMayStandInAnyOrderAmongOthers() {
    People people = read("id, EMAIL ,Name\r\n7,ann@example.org,Ann\r\n");

    assertThat(people.rows()).containsExactly(new Person(2, "Ann", "ann@example.org"));
  }

  @Test
  void aMarkBeforeUtf8IsNoPartOfTheHeader() {
    assertThat(read("\uFEFFname,email\nZoë,zoe@example.org\n").rows())
        .containsExactly(new Person(2, "Zoë", "zoe@example.org"));
  }

  @Test
  void wrongRowsAreNamedByLineAndSkipped() {
    People people =
        read(
            """
            name,email
            Ann
            Bob,bob.example.org
            Carl,carl@example.org

            ,nobody@example.org
            Dora,
            Eve,eve@example@org
            Fay,fay@example.org
            """);

    assertThat(people.rows()).extracting(Person::name).containsExactly("Carl", "Fay");
    assertThat(people.rows()).extracting(Person::line).containsExactly(4L, 9L);
    assertThat(people.skipped())
        .extracting(SkippedRow::line)
        .containsExactly(2L, 3L, 5L, 6L, 7L, 8L);
    assertThat(people.skipped())
        .extracting(SkippedRow::why)
        .satisfiesExactly(
            why -> assertThat(why).isEqualTo("a column is missing: Ann"),
            why -> assertThat(why).isEqualTo("the email has no @: bob.example.org"),
            why -> assertThat(why).isEqualTo("the line is empty"),
            why -> assertThat(why).isEqualTo("the name is empty"),
            why -> assertThat(why).isEqualTo("the email is empty"),
            why -> assertThat(why).startsWith("the email is no address"));
  }

  @Test
  void aQuoteThatIsNeverClosedCostsOnlyItsOwnLine() {
    People people =
        read(
            """
            name,email
            "Ann,ann@example.org
            Bob,bob@example.org
            "Carl, C.",carl@example.org
            "Dora"x,dora@example.org
            Eve,eve@example.org
            """);

    assertThat(people.rows()).extracting(Person::name).containsExactly("Bob", "Carl, C.", "Eve");
    assertThat(people.skipped())
        .containsExactly(
            new SkippedRow(2, "bad quoting: \"Ann,ann@example.org"),
            new SkippedRow(5, "bad quoting: \"Dora\"x,dora@example.org"));
  }

  @Test
  void aQuotedFieldMayHoldLineBreaksAndLinesAreStillCounted() {
    People people =
        read("note,name,email\n\"two\nlines\",Ann,ann@example.org\nx,Bob,bob@example.org\n");

    assertThat(people.rows())
        .containsExactly(
            new Person(2, "Ann", "ann@example.org"), new Person(4, "Bob", "bob@example.org"));
  }

  @Test
  void aNameThatWouldBreakTheHeaderIsSkipped() {
    People people =
        read("name,email\n\"Ann\nBcc: all@example.org\",ann@example.org\nBob,bob@example.org\n");

    assertThat(people.rows()).containsExactly(new Person(4, "Bob", "bob@example.org"));
    assertThat(people.skipped().getFirst().line()).isEqualTo(2);
    assertThat(people.skipped().getFirst().why()).contains("line break").doesNotContain("\n");
  }

  @Test
  void aRowInAnotherEncodingIsSkippedAlone() throws IOException {
    Path file = folder.resolve("mixed.csv");
    Files.write(file, "name,email\nZoë,zoe@example.org\n".getBytes(StandardCharsets.UTF_8));
    Files.write(
        file,
        "Jürgen,j@example.org\n".getBytes(Charset.forName("windows-1252")),
        java.nio.file.StandardOpenOption.APPEND);

    People people = PeopleCsv.read(file);

    assertThat(people.rows()).containsExactly(new Person(2, "Zoë", "zoe@example.org"));
    assertThat(people.skipped())
        .containsExactly(new SkippedRow(3, "not UTF-8: Jürgen,j@example.org"));
  }

  @Test
  void whatIsNoSuchTableIsOneSentence() throws IOException {
    Path missing = folder.resolve("none.csv");
    assertThatThrownBy(() -> PeopleCsv.read(missing))
        .isInstanceOf(JobyardException.class)
        .hasMessage(missing + ": there is no such file");
    assertThatThrownBy(() -> PeopleCsv.read(folder))
        .hasMessage(folder + ": is a folder; name a file");
    refused("", "the file is empty");
    refused("\n \n", "the file is empty");
    refused("name,email\n", "there is no row below the header");
    refused("vorname,email\nAnn,a@example.org\n", "has no 'name': vorname,email");
    refused("name,email\nAnn,a\n", "none of its rows can be used; the first of them, line 2");
    refused("PK\3\4\0\0\0name,email\n", "is binary or UTF-16");

    Path utf16 = Files.write(folder.resolve("utf16.csv"), "name,email\n".getBytes("UTF-16"));
    assertThatThrownBy(() -> PeopleCsv.read(utf16)).hasMessageContaining("is binary or UTF-16");
  }

  private void refused(String content, String sentence) {
    assertThatThrownBy(() -> read(content))
        .isInstanceOf(JobyardException.class)
        .hasMessageContaining(sentence);
  }

  private People read(String content) {
    try {
      return PeopleCsv.read(Files.writeString(folder.resolve("people.csv"), content));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
