package io.jobyard.cli;

import io.jobyard.JobyardException;
import io.jobyard.store.JobStore;
import java.io.IOException;
import java.io.InputStream;

/** What a command reads to push it. */
final class Input {
  private Input() {}

  /**
   * All of it.
   *
   * @param what it is, for messages
   */
  static byte[] read(InputStream in, String what) {
    try {
      byte[] bytes = in.readNBytes(JobStore.MAX_PAYLOAD + 1);
      if (bytes.length > JobStore.MAX_PAYLOAD) {
        throw new JobyardException(
            what + " is larger than " + JobStore.MAX_PAYLOAD + " bytes; nothing was pushed");
      }
      return bytes;
    } catch (IOException e) {
      throw new JobyardException("cannot read " + what + ": " + e, e);
    }
  }
}
