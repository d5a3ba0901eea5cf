package io.jobyard.store.redis;

import io.lettuce.core.resource.NettyCustomizer;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelOption;

/**
 * Buffers for two connections, one of which is busy. Netty's own pools are made for thousands: they
 * keep several times as much memory as is ever used here.
 */
final class SmallBuffers implements NettyCustomizer {
  private static final int PAGE = 8_192;

  /** Chunks of 512 KiB: what is larger is taken and given back as it comes. */
  private static final int ORDER = 6;

  private final ByteBufAllocator allocator =
      new PooledByteBufAllocator(true, 0, 1, PAGE, ORDER, 0, 0, false);

  @Override
  public void afterBootstrapInitialized(Bootstrap bootstrap) {
    bootstrap.option(ChannelOption.ALLOCATOR, allocator);
  }
}
