package io.jobyard.store.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobyard.JobyardException;
import org.junit.jupiter.api.Test;

/** URLs, and versions as servers tell them. */
final class MysqlUrlTest {
  @Test
  void aUrlHasItsPartsAndHidesItsPassword() {
    MysqlUrl url =
        MysqlUrl.of("mysql://me:p%40ss:word+1@db.local:3307/app?prefix=a_&pool=5&x=y%26z");
    assertThat(url.dialect()).isEqualTo(Dialect.MYSQL);
    assertThat(url.user()).isEqualTo("me");
    assertThat(url.password()).isEqualTo("p@ss:word+1");
    assertThat(url.jdbc()).isEqualTo("jdbc:mysql://db.local:3307/app");
    assertThat(url.names().tables()).isEqualTo("a_");
    assertThat(url.pool()).isEqualTo(5);
    assertThat(url.parameters()).containsOnlyKeys("x").containsEntry("x", "y&z");
    assertThat(url).hasToString("mysql://me@db.local:3307/app?prefix=a_");
    assertThat(MysqlUrl.of("mariadb://db/app")).hasToString("mariadb://db:3306/app");
  }

  @Test
  void aWrongUrlIsRefusedWithoutItsPassword() {
    for (String url :
        new String[] {
          "mysql://me:sec ret@db/app",
          "mysql://me:secret@db",
          "mysql://me:secret@db/app?pool=two",
          "mysql://me:secret@db/app?prefix=Bad-1",
          "mysql://me:secret@db/app?pool=1"
        }) {
      assertThatThrownBy(() -> MysqlUrl.of(url))
          .isInstanceOf(JobyardException.class)
          .hasMessageNotContaining("sec");
    }
  }

  @Test
  void oldServersAreRefused() {
    MysqlUrl url = MysqlUrl.of("mysql://db/app");
    for (String old : new String[] {"5.7.44-log", "10.5.27-MariaDB", "5.5.5-10.4.8-MariaDB"}) {
      assertThatThrownBy(() -> Version.of(old).requireSupported(url))
          .hasMessageContaining("needs MySQL 8.0 or MariaDB 10.6");
    }
    for (String fine :
        new String[] {"8.0.15", "9.4.0", "10.6.1-MariaDB", "5.5.5-10.11.6-MariaDB-log"}) {
      Version.of(fine).requireSupported(url);
    }
    assertThat(Version.of("5.5.5-10.11.6-MariaDB-log").product()).isEqualTo("MariaDB 10.11.6");
  }
}
