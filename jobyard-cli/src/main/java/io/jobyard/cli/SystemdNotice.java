package io.jobyard.cli;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells systemd that the node is up, where it waits for that: in a unit of {@code Type=notify}.
 *
 * @param environment with {@code NOTIFY_SOCKET} where somebody waits
 * @param program systemd's own, since Java has no datagrams over Unix sockets
 */
record SystemdNotice(Map<String, String> environment, String program) {
  private static final Logger LOG = LoggerFactory.getLogger(SystemdNotice.class);
  private static final long PATIENCE_SECONDS = 10;

  static SystemdNotice here() {
    return new SystemdNotice(System.getenv(), "systemd-notify");
  }

  /** The node is up. Whatever goes wrong with telling it is only logged. */
  void ready(String node) throws InterruptedException {
    if (environment.getOrDefault("NOTIFY_SOCKET", "").isEmpty()) {
      return;
    }
    List<String> command = List.of(program, "--ready", "--status=node " + node + " takes jobs");
    try {
      Process notify =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!notify.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        notify.destroyForcibly();
        LOG.warn("{} did not end within {} s", program, PATIENCE_SECONDS);
      } else if (notify.exitValue() != 0) {
        LOG.warn(
            "{} ended with {}; does the unit say NotifyAccess=all?", program, notify.exitValue());
      }
    } catch (IOException e) {
      LOG.warn("systemd waits to hear that the node is up, but {} cannot be run", program, e);
    }
  }
}
