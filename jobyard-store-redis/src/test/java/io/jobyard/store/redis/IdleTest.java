package io.jobyard.store.redis;

import io.jobyard.store.contract.IdleContract;
import io.jobyard.testing.RedisProcess;
import io.jobyard.testing.RedisServers;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;

/** Counted by the server's {@code commandstats}. */
final class IdleTest implements IdleContract {
  /** What is sent from outside; the commands within a script are counted under their own names. */
  private static final Pattern ASKED =
      Pattern.compile("cmdstat_(?:evalsha|eval|publish|ping):calls=(\\d+)");

  private final RedisProcess server = RedisServers.startSingle();

  @AfterEach
  void stop() {
    server.close();
  }

  @Override
  public String url() {
    return RedisServers.fresh(RedisServers.url(server));
  }

  @Override
  public long asked() {
    String counts = server.command("INFO", "commandstats");
    return ASKED.matcher(counts).results().mapToLong(found -> Long.parseLong(found.group(1))).sum();
  }
}
