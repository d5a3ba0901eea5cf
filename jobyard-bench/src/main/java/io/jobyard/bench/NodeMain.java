package io.jobyard.bench;

import io.jobyard.config.Config;
import io.jobyard.config.Configurer;
import io.jobyard.http.HttpServer;
import io.jobyard.http.NodeLink;
import io.jobyard.node.Manager;
import io.jobyard.run.LocalNode;
import io.jobyard.store.JobStore;
import io.jobyard.store.Stores;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The node of a benchmark. It stops when its standard input ends, so it outlives no benchmark. */
public final class NodeMain {
  /** As the launcher starts a node. */
  private static final List<String> JVM_OPTIONS =
      List.of(
          "-XX:+UseSerialGC",
          "-XX:+IgnoreUnrecognizedVMOptions",
          "-XX:TrimNativeHeapInterval=9000",
          "-XX:+UnlockDiagnosticVMOptions",
          "-XX:AsyncDeflationInterval=5000",
          "-Xms16m",
          "-Xmx512m",
          "-Xss512k",
          "--enable-native-access=ALL-UNNAMED");

  private static final int FIRST_QUEUE = 4;

  /** A property; true where HTTP is answered too. */
  static final String ANSWERING = "jobyard.bench.answering";

  /** A property; false where workers are to start without a cache of classes. */
  static final String CACHING = "jobyard.bench.caching";

  /** A property: how many jobs a worker runs at once. */
  static final String THREADS = "jobyard.bench.threads";

  /** A property: how many a worker runs before it is replaced; as many as there are without. */
  static final String MOST_JOBS = "jobyard.bench.most-jobs";

  /** The file in the folder that says where. */
  static final String ADDRESS = "address";

  private NodeMain() {}

  /**
   * What starts one on this program's class path; see {@link #main}.
   *
   * @param options of the JVM, on top of the usual ones
   */
  public static List<String> command(
      List<String> options,
      Path folder,
      String store,
      Arrangement arrangement,
      int processes,
      List<String> queues) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JVM_OPTIONS);
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), NodeMain.class.getName()));
    command.addAll(List.of(folder.toString(), store, arrangement.name()));
    command.add(Integer.toString(processes));
    command.addAll(queues);
    return command;
  }

  /**
   * Takes a folder, the store's URL, the {@link Arrangement}, how many processes a queue has, and
   * the queues.
   */
  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]);
    Arrangement arrangement = Arrangement.valueOf(args[2]);
    int threads = Integer.getInteger(THREADS, 1);
    Configurer settings =
        Settings.of(new Ground.Place(args[1], folder, arrangement, threads))
            .runDir(folder.resolve("run"))
            .classpath(jobs())
            .aot(!"false".equals(System.getProperty(CACHING)));
    int processes = Integer.parseInt(args[3]);
    Set<String> queues = Set.copyOf(List.of(args).subList(FIRST_QUEUE, args.length));
    queues.forEach(name ->
        settings.queue(
            name,
            queue -> {
              queue
                  .mode(arrangement.mode())
                  .processes(processes)
                  .threads(threads)
                  .memory(Settings.WORKER_MEMORY);
              Integer mostJobs = Integer.getInteger(MOST_JOBS);
              if (mostJobs != null) {
                queue.maxJobs(mostJobs);
              }
            }));
    Config config = settings.build();
    switch (arrangement) {
      case DISTRIBUTE, GRAB -> {
        Manager manager = answering(new Manager(config, queues), config, folder).boot();
        awaitEnd();
        manager.close();
      }
      case IN_PROCESS -> {
        try (JobStore store = Stores.open(config.store(), config.storeOptions())) {
          LocalNode node = LocalNode.start(store, config, queues);
          awaitEnd();
          node.close();
        }
      }
    }
  }

  /** The jar that holds the benchmark's jobs: as with any application, the rest is the node's. */
  private static String jobs() {
    try {
      URI jar = Stamp.class.getProtectionDomain().getCodeSource().getLocation().toURI();
      return Path.of(jar).toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The benchmark closes the other end. */
  private static Manager answering(Manager manager, Config config, Path folder) {
    return Boolean.getBoolean(ANSWERING)
        ? manager.beside(store -> answer(config, store, folder))
        : manager;
  }

  private static HttpServer answer(Config config, JobStore store, Path folder) {
    HttpServer server = new HttpServer(config.http(), store, NodeLink.none()).start();
    try {
      // In one step, for somebody waits for it.
      Path half = Files.writeString(folder.resolve(ADDRESS + ".new"), server.address().toString());
      Files.move(half, folder.resolve(ADDRESS), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      server.close();
      throw new UncheckedIOException(e);
    }
    return server;
  }

  private static void awaitEnd() throws IOException {
    System.in.transferTo(OutputStream.nullOutputStream());
  }
}
