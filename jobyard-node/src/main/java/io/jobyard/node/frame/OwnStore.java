package io.jobyard.node.frame;

import io.jobyard.config.Pool;
import io.jobyard.store.StoreOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a worker must know to take jobs from the store itself.
 *
 * @param url the store's, with its password
 * @param lease how long a session lives without a beat
 * @param statsTtl how long numbers for charts are kept
 */
public record OwnStore(
    String url, StoreOptions options, Duration lease, Duration statsTtl, Pool pool) {
  /** Writes it, password and all, for {@link #readFrom}. */
  public void writeTo(OutputStream out) throws IOException {
    var writing = new Writing();
    SettingsWire.own(writing, this);
    writing.writeTo(Channels.newChannel(out));
  }

  /** Reads to the end; null where nothing was written. */
  public static @Nullable OwnStore readFrom(InputStream in) throws IOException {
    byte[] written = in.readAllBytes();
    return written.length == 0 ? null : SettingsWire.own(new Reading(ByteBuffer.wrap(written)));
  }
}
