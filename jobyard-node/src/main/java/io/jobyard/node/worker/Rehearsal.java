package io.jobyard.node.worker;

import io.jobyard.codec.KindIndex;
import io.jobyard.config.Commands;
import io.jobyard.node.frame.Connection;
import io.jobyard.node.frame.Frame;
import io.jobyard.node.frame.OwnStore;
import io.jobyard.node.frame.WorkerSettings;
import io.jobyard.run.Assignment;
import io.jobyard.run.Equipment;
import io.jobyard.run.Outcome;
import io.jobyard.run.RunBoard;
import io.jobyard.store.Counts;
import io.jobyard.store.JobSettings;
import io.jobyard.store.JobStore;
import io.jobyard.store.Lease;
import io.jobyard.store.LeaseKey;
import io.jobyard.store.LeaseRequest;
import io.jobyard.store.Leased;
import io.jobyard.store.Phase;
import io.jobyard.store.Session;
import io.jobyard.store.Standing;
import io.jobyard.store.Stores;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A worker that only shows which classes a start needs, for the cache that later ones start from:
 * it comes up as every worker does, opposite a manager of its own in the same process, and leaves.
 * It runs nothing of the user's: no on-start, no job but a {@link Warmup.Cue}; their classes are
 * loaded, not initialised.
 */
public final class Rehearsal {
  /** As {@link KindIndex} writes it. */
  private static final String CUE =
      """
      {"form": "JOB", "className": "%s", "member": "", "options": {"name": "", "aliases": [],
       "queue": "", "timeout": "", "retries": -1, "backoff": ""}}\
      """
          .formatted(Warmup.Cue.class.getName());

  /** What a line that says why it failed begins with. */
  public static final String FAILED = "the rehearsal came to nothing: ";

  private Rehearsal() {}

  /**
   * Standard input tells the store of workers that take their jobs themselves; nothing for others.
   *
   * @param args a private folder with a short name; the file that holds the index of kinds; further
   *     classes that workers load
   */
  public static void main(String[] args) throws IOException {
    OwnStore own = OwnStore.readFrom(System.in);
    Path dir = Path.of(args[0]);
    Path boardFile = dir.resolve("board");
    RunBoard board = BoardFile.create(boardFile).board();
    Path kinds =
        Files.writeString(dir.resolve("kinds"), withCue(Files.readString(Path.of(args[1]))));
    Path socket = dir.resolve("s");
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    Thread.ofPlatform()
        .daemon()
        .name("jobyard-rehearsal")
        .start(() -> manage(server, board, kinds, own, args));
    var launch = new ByteArrayOutputStream();
    new Launch(socket, "", boardFile).writeTo(launch);
    System.setIn(new ByteArrayInputStream(launch.toByteArray()));
    WorkerMain.main(new String[0]);
  }

  private static String withCue(String index) {
    String entries = index.strip();
    return "[" + CUE + (entries.equals("[]") ? "" : ",") + entries.substring(1);
  }

  private static void manage(
      ServerSocketChannel server,
      RunBoard board,
      Path kinds,
      @Nullable OwnStore own,
      String[] args) {
    try (var worker = new Connection(server.accept(), "jobyard-rehearsal")) {
      worker.receive();
      worker.send(new Frame.Welcome(Frame.NEWEST, settings(kinds)));
      worker.send(new Frame.Leases(System.nanoTime() + Duration.ofMinutes(10).toNanos()));
      for (Frame said = worker.receive(); said != null; said = worker.receive()) {
        switch (said) {
          case Frame.Ready ready -> {
            load(Files.readAllBytes(Path.of(args[1])), args);
            Assignment job = job();
            board.hand(job, System.nanoTime());
            worker.send(new Frame.Run(List.of(job)));
          }
          case Frame.Done(var runs) -> {
            if (!(runs.getFirst().outcome() instanceof Outcome.Succeeded)) {
              System.err.println(FAILED + runs);
            }
            if (own != null) {
              take(server, own, kinds, Path.of(args[0]));
            }
            worker.send(new Frame.Retire());
          }
          case Frame.StartFailed(String reason) -> System.err.println(FAILED + reason);
          default -> {} // what any worker says now and then
        }
      }
    } catch (IOException | RuntimeException e) {
      System.err.println(FAILED + e);
      Runtime.getRuntime().halt(1);
    }
  }

  /**
   * Sets up once more, as one that takes its jobs itself; its session is nobody's, so gets none.
   */
  private static void take(ServerSocketChannel server, OwnStore own, Path kinds, Path dir) {
    // Nobody hears what it says to its manager.
    try (var deaf = new Connection(SocketChannel.open(server.getLocalAddress()), "jobyard-deaf")) {
      BoardFile board = BoardFile.create(dir.resolve("b"));
      KindIndex index = KindIndex.fromJson(Files.readAllBytes(kinds));
      ClassLoader loader = Rehearsal.class.getClassLoader();
      var guard = new LeaseGuard(() -> false, () -> {});
      guard.extend(System.nanoTime() + Duration.ofMinutes(10).toNanos());
      var bench = new GrabBench(settings(kinds), own, board, deaf, guard);
      bench.open(Equipment.of(index, loader, List.of(), Map.of()), index);
      Session nobodys = new Session(-1, "rehearsal");
      bench.hear(new Frame.Serve(nobodys, 0, Integer.MAX_VALUE));
      ask(own, nobodys);
      bench.leave();
    } catch (Exception e) {
      System.err.println("what taking jobs needs is not in the cache: " + e);
    }
  }

  /** Whether the bench comes to asking before it leaves is not certain. */
  private static void ask(OwnStore own, Session nobodys) {
    String queue = own.pool().queues().getFirst().name();
    try (JobStore store = Stores.open(own.url(), own.options())) {
      Leased unused = store.lease(new LeaseRequest(nobodys, queue, 1, 1, Set.of()));
    }
  }

  private static WorkerSettings settings(Path kinds) {
    return new WorkerSettings(
        "rehearsal",
        "default",
        0,
        1,
        1,
        Duration.ofSeconds(2),
        List.of(),
        List.of(new WorkerSettings.Member("default", null, Commands.NONE)),
        kinds.toString(),
        "",
        null,
        null,
        null);
  }

  private static Assignment job() {
    LeaseKey key = new LeaseKey(new UUID(0, 0), 0, 1, 0);
    Standing standing =
        new Standing(key, "default", false, JobSettings.NONE, Counts.ZERO, Phase.RUN);
    Lease lease =
        new Lease(
            standing,
            Warmup.Cue.class.getName(),
            Warmup.payload(),
            0,
            null,
            Instant.EPOCH,
            List.of(),
            null);
    return new Assignment(1, lease, Duration.ofMinutes(1), true);
  }

  private static void load(byte[] kinds, String[] args) {
    ClassLoader loader = Rehearsal.class.getClassLoader();
    var names = new ArrayList<>(KindIndex.fromJson(kinds).classNames());
    names.addAll(Arrays.asList(args).subList(2, args.length));
    for (String name : names) {
      try {
        Class.forName(name, false, loader);
      } catch (ClassNotFoundException | LinkageError e) {
        System.err.println("not in the cache: " + e);
      }
    }
  }
}
