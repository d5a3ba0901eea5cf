package io.jobyard.node;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.TimeBasedRollingPolicy;
import io.jobyard.config.Config;
import io.jobyard.shell.Audit;
import org.slf4j.LoggerFactory;

/**
 * Where a node's log goes: to standard error in the foreground, or to files in {@code log.dir}, a
 * new one each day, 30 kept.
 */
public final class NodeLogging {
  private static final int DAYS_KEPT = 30;
  private static final String PATTERN = "%d{yyyy-MM-dd HH:mm:ss.SSS} %-5level %logger{0} - %msg%n";

  /** Dates of an audit are unmistakable: with their zone. */
  private static final String AUDIT_PATTERN = "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %msg%n";

  private NodeLogging() {}

  /**
   * Logs to standard error; standard output is for answers. Where programs may run, the audit has
   * its file.
   */
  public static void toConsole(Config config) {
    toConsole(config.log().level());
    if (config.queues().values().stream().anyMatch(queue -> !queue.commands().none())) {
      auditToFile(config, (LoggerContext) LoggerFactory.getILoggerFactory()).setAdditive(true);
    }
  }

  /** Logs to standard error, the audit too. */
  public static void toConsole(String level) {
    LoggerContext context = context();
    var appender = new ConsoleAppender<ILoggingEvent>();
    appender.setContext(context);
    appender.setTarget("System.err");
    appender.setEncoder(encoder(context, PATTERN));
    appender.start();
    use(context, appender, level);
  }

  /** Logs to {@code log.dir}, to a file of the node's name. */
  public static void toFiles(Config config) {
    LoggerContext context = context();
    use(context, daily(config, context, config.node(), PATTERN), config.log().level());
    auditToFile(config, context).setAdditive(false);
  }

  /** One file for all nodes that log to this folder. */
  private static Logger auditToFile(Config config, LoggerContext context) {
    Logger audit = context.getLogger(Audit.LOGGER);
    audit.setLevel(Level.INFO);
    audit.addAppender(daily(config, context, "audit", AUDIT_PATTERN));
    return audit;
  }

  private static RollingFileAppender<ILoggingEvent> daily(
      Config config, LoggerContext context, String name, String pattern) {
    var appender = new RollingFileAppender<ILoggingEvent>();
    appender.setContext(context);
    appender.setFile(config.log().dir().resolve(name + ".log").toString());
    var daily = new TimeBasedRollingPolicy<ILoggingEvent>();
    daily.setContext(context);
    daily.setParent(appender);
    daily.setFileNamePattern(config.log().dir().resolve(name + ".%d{yyyy-MM-dd}.log").toString());
    daily.setMaxHistory(DAYS_KEPT);
    daily.setCleanHistoryOnStart(true);
    daily.start();
    appender.setRollingPolicy(daily);
    appender.setEncoder(encoder(context, pattern));
    appender.start();
    return appender;
  }

  private static LoggerContext context() {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    return context;
  }

  private static PatternLayoutEncoder encoder(LoggerContext context, String pattern) {
    var encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern(pattern);
    encoder.start();
    return encoder;
  }

  private static void use(LoggerContext context, Appender<ILoggingEvent> appender, String level) {
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.toLevel(level, Level.INFO));
    root.addAppender(appender);
    // A store says itself, once, that its server went away; its client would at every try.
    context.getLogger("com.zaxxer.hikari").setLevel(Level.ERROR);
    context.getLogger("io.lettuce").setLevel(Level.ERROR);
    // HTTP says itself where it answers.
    context.getLogger("org.eclipse.jetty").setLevel(Level.WARN);
    context.getLogger("io.javalin").setLevel(Level.WARN);
  }
}
