package io.jobyard.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobyard.JobyardException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The index as it goes from a manager to its workers, which another version may have written. */
class KindIndexTest {
  private static final String ENTRY =
      "{\"form\":\"JOB\",\"className\":\"a.Mail\",\"member\":\"\",\"options\":{\"name\":\"mail\","
          + "\"aliases\":[\"old\"],\"queue\":\"q\",\"timeout\":\"5s\",\"retries\":2,\"backoff\":\"\"%s}%s}";

  @Test
  void isReadAsItWasWritten() {
    KindEntry mail =
        new KindEntry(
            KindEntry.Form.JOB,
            "a.Mail",
            "",
            new KindOptions("mail", List.of("old"), "q", "5s", 2, ""));
    KindEntry plain = new KindEntry(KindEntry.Form.TASK, "a.Plain", "", KindOptions.NONE);
    KindIndex read = KindIndex.fromJson(new KindIndex(List.of(mail, plain)).toJson());
    assertThat(read.entries()).containsExactlyInAnyOrder(mail, plain);
  }

  @Test
  void whatANewerVersionAddsIsPassedOver() {
    String more = ",\"more\":{\"a\":[1,2.5,true,null]}";
    assertThat(read("[" + ENTRY.formatted(more, more) + "]").entries())
        .isEqualTo(read("[" + ENTRY.formatted("", "") + "]").entries());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "null",
        "[",
        "[1]",
        "[{}]",
        "[] []",
        "[{\"form\":\"DANCE\",\"className\":\"a.B\",\"member\":\"\",\"options\":{\"name\":\"\",\"aliases\":[],\"queue\":\"\",\"timeout\":\"\",\"retries\":-1,\"backoff\":\"\"}}]",
        "[{\"form\":\"JOB\",\"className\":\"a.B\",\"member\":\"\",\"options\":{\"name\":\"\",\"aliases\":[],\"queue\":\"\",\"timeout\":\"soon\",\"retries\":-1,\"backoff\":\"\"}}]",
        "[{\"form\":\"JOB\",\"className\":\"a.B\",\"member\":\"\",\"options\":{\"name\":\"\",\"aliases\":[],\"queue\":\"\",\"timeout\":\"\",\"retries\":99999999999,\"backoff\":\"\"}}]",
      })
  void whatIsNoIndexIsSaidToBeNone(String text) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(JobyardException.class)
        .hasMessageStartingWith("the index of kinds cannot be read: ");
  }

  private static KindIndex read(String text) {
    return KindIndex.fromJson(text.getBytes(StandardCharsets.UTF_8));
  }
}
