package io.jobyard.node.worker;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

final class PlainLoggingTest {
  @Test
  void logbackFindsItAndIsQuietBelowInfo() {
    assertThat(ServiceLoader.load(Configurator.class))
        .hasAtLeastOneElementOfType(PlainLogging.class);
    var logback = new LoggerContext();

    new PlainLogging().configure(logback);

    var root = logback.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    assertThat(root.getLevel()).isEqualTo(Level.INFO);
    assertThat(root.iteratorForAppenders().next().isStarted()).isTrue();
  }
}
