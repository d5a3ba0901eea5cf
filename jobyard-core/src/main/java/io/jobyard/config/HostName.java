package io.jobyard.config;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/** This machine's name, made fit to be a node's. */
final class HostName {
  /** Linux tells it here at once, where the resolver may take seconds. */
  private static final Path KERNEL = Path.of("/proc/sys/kernel/hostname");

  private HostName() {}

  static String get() {
    String name = raw().strip().replaceAll("[^A-Za-z0-9._-]", "-").replaceAll("^[._-]+", "");
    return name.isEmpty() ? "localhost" : name.substring(0, Math.min(name.length(), 100));
  }

  private static String raw() {
    try {
      return Files.isReadable(KERNEL)
          ? Files.readString(KERNEL)
          : InetAddress.getLocalHost().getHostName();
    } catch (IOException e) {
      // A machine without a name still runs jobs; only the node's name says less.
      return "localhost";
    }
  }
}
