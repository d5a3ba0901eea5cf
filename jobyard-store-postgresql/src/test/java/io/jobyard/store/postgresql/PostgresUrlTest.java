package io.jobyard.store.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobyard.JobyardException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the URL of a PostgreSQL store may say, and that its password is told to nobody. */
final class PostgresUrlTest {
  @Test
  void aBareUrlHasDefaults() {
    PostgresUrl url = PostgresUrl.of("postgresql://db.local/app");
    assertThat(url.jdbc()).isEqualTo("jdbc:postgresql://db.local/app");
    assertThat(url.schema()).isNull();
    assertThat(url.prefix()).isEqualTo("jobyard_");
    assertThat(url.pool()).isEqualTo(8);
    assertThat(url.listen()).isTrue();
    assertThat(url.driver(Map.of("socketTimeout", "30"))).containsEntry("socketTimeout", "30");
  }

  @Test
  void everyPartIsTaken() {
    PostgresUrl url =
        PostgresUrl.of(
            "postgres://me:s%40cret@a:5433,b:5434/my%20app?schema=jobs&prefix=j_&pool=4"
                + "&listen=false&sslmode=require&socketTimeout=7");
    assertThat(url.jdbc()).isEqualTo("jdbc:postgresql://a:5433,b:5434/my%20app");
    assertThat(url.schema()).isEqualTo("jobs");
    assertThat(url.prefix()).isEqualTo("j_");
    assertThat(url.pool()).isEqualTo(4);
    assertThat(url.listen()).isFalse();
    assertThat(url.driver(Map.of("socketTimeout", "30")))
        .containsEntry("user", "me")
        .containsEntry("password", "s@cret")
        .containsEntry("sslmode", "require")
        .containsEntry("socketTimeout", "7")
        .doesNotContainKeys("schema", "prefix", "pool", "listen");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "postgresql://me:s3cret@h/d",
        "postgresql://me:s3cret+@h/d?schema=s",
        "postgresql://h/d?user=me&password=s3cret",
        "postgresql://me@h/d?password=s3cret&sslpassword=s3cret",
        "postgresql://me:p@s3cret@h/d",
      })
  void thePasswordIsNotShown(String text) {
    PostgresUrl url = PostgresUrl.of(text);
    assertThat(url.driver(Map.of()).getProperty("password")).contains("s3cret");
    assertThat(url.shown()).contains("me@h/d").doesNotContain("s3cret");
    assertThat(url).asString().doesNotContain("s3cret");
    assertThat(url.jdbc()).doesNotContain("s3cret");
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          postgresql:me:s3cret@h/d,                     must begin with postgresql://
          postgresql://me:s3cret@/d,                    must name a host and a database
          postgresql://me:s3cret@h,                     must name a host and a database
          postgresql://me:s3cret@h/,                    must name a host and a database
          postgresql://me:s3cret%@h/d,                  a percent sign must be followed
          postgresql://me:s3cret@h/d?pool=2,            "pool must be a number of at least 3, got '2'"
          postgresql://me:s3cret@h/d?pool=many,         "pool must be a number of at least 3, got 'many'"
          postgresql://me:s3cret@h/d?listen=no,         "listen must be true or false, got 'no'"
          postgresql://me:s3cret@h/d?schema=My-Jobs,    "the schema may have up to 30 small letters"
          postgresql://me:s3cret@h/d?prefix=1,          "the prefix may have up to 30 small letters"
          postgresql://me:s3cret@h/d?schema,            must be name=value
          """,
      quoteCharacter = '"')
  void aWrongUrlIsRefusedWithTheReason(String url, String reason) {
    assertThatThrownBy(() -> PostgresUrl.of(url))
        .isInstanceOf(JobyardException.class)
        .hasMessageContaining(reason)
        .message()
        .doesNotContain("s3cret");
  }
}
