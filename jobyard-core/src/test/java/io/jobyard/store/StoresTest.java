package io.jobyard.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StoresTest {
  @ParameterizedTest
  @CsvSource({
    "sqlite:jobyard.db, sqlite:jobyard.db",
    "redis://app:SECRET@host/1?prefix=mine, redis://host/1?prefix=mine",
    "redis-sentinel://host/m?sentinel-user=u&sentinel-password=SECRET&wait=1,"
        + "redis-sentinel://host/m?sentinel-user=u&sentinel-password=***&wait=1",
    "postgresql://host/db?sslPassword=SECRET, postgresql://host/db?sslPassword=***",
    "http://host:7766?token=SECRET, http://host:7766?token=***",
  })
  void showsAUrlWithoutItsSecrets(String url, String shown) {
    assertThat(Stores.shown(url)).isEqualTo(shown);
  }
}
