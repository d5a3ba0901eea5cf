package io.jobyard.store.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import java.time.Duration;

/** How a {@link Link}'s client behaves: what it sends again (nothing), and how long it waits. */
final class ClientSettings {
  private static final Duration CONNECT = Duration.ofSeconds(2);
  private static final Duration REFRESH_AT_MOST_EVERY = Duration.ofMillis(500);
  private static final Duration REFRESH = Duration.ofSeconds(30);

  private ClientSettings() {}

  static ClientOptions ofSingle(RedisUrl url, Duration timeout) {
    return common(ClientOptions.builder(), url, timeout).build();
  }

  static ClusterClientOptions ofCluster(RedisUrl url, Duration timeout) {
    ClusterClientOptions.Builder builder = common(ClusterClientOptions.builder(), url, timeout);
    return builder
        .validateClusterNodeMembership(false)
        .topologyRefreshOptions(
            ClusterTopologyRefreshOptions.builder()
                .adaptiveRefreshTriggersTimeout(REFRESH_AT_MOST_EVERY)
                .enablePeriodicRefresh(REFRESH)
                .build())
        .build();
  }

  private static <B extends ClientOptions.Builder> B common(
      B builder, RedisUrl url, Duration timeout) {
    builder
        .replayFilter(command -> true)
        // Otherwise what was underway when a connection was lost is sent again over the next one.
        .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
        .socketOptions(SocketOptions.builder().connectTimeout(CONNECT).keepAlive(true).build())
        .timeoutOptions(TimeoutOptions.enabled(timeout));
    if (url.authority() != null) {
      builder.sslOptions(
          SslOptions.builder().jdkSslProvider().trustManager(url.authority().toFile()).build());
    }
    return builder;
  }
}
