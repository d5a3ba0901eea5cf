package io.jobyard.node.worker;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;

/**
 * How a worker logs where the jobs' code brings no logback.xml: from level info on, one line each
 * to standard output, without the time, which the manager's own log adds. Found by logback itself.
 */
@ConfiguratorRank(ConfiguratorRank.FALLBACK + 1)
public final class PlainLogging extends ContextAwareBase implements Configurator {
  @Override
  public ExecutionStatus configure(LoggerContext logback) {
    var encoder = new PatternLayoutEncoder();
    encoder.setContext(logback);
    encoder.setPattern("%-5level %logger{0} - %msg%n");
    encoder.start();
    var console = new ConsoleAppender<ILoggingEvent>();
    console.setContext(logback);
    console.setEncoder(encoder);
    console.start();
    Logger root = logback.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.INFO);
    root.addAppender(console);
    // A store's connection pool tells of every start and end.
    logback.getLogger("com.zaxxer.hikari").setLevel(Level.WARN);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }
}
