package io.jobyard.bench;

import io.jobyard.config.Config;
import io.jobyard.config.Configurer;
import io.jobyard.node.Manager;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** The node of a benchmark. It stops when its standard input ends, so it outlives no benchmark. */
public final class NodeMain {
  /** As the launcher starts a node. */
  public static final List<String> JVM_OPTIONS =
      List.of(
          "-XX:+UseSerialGC",
          "-XX:+IgnoreUnrecognizedVMOptions",
          "-XX:TrimNativeHeapInterval=5000",
          "-Xms16m",
          "-Xmx512m",
          "-Xss512k",
          "--enable-native-access=ALL-UNNAMED");

  private static final int FIRST_QUEUE = 3;

  private NodeMain() {}

  /** Takes a folder, the store's URL, how many processes a queue has, and the queues. */
  public static void main(String[] args) throws IOException {
    List<String> queues = List.of(args).subList(FIRST_QUEUE, args.length);
    Configurer settings =
        Settings.of(new Ground.Place(args[1], Path.of(args[0]))).runDir(Path.of(args[0], "run"));
    int processes = Integer.parseInt(args[2]);
    queues.forEach(name ->
        settings.queue(name, queue -> queue.processes(processes).memory(Settings.WORKER_MEMORY)));
    Config config = settings.build();
    Manager manager = new Manager(config, Set.copyOf(queues)).boot();
    System.in.transferTo(OutputStream.nullOutputStream());
    manager.close();
  }
}
