package io.jobyard.node.process;

import io.jobyard.config.Config;
import io.jobyard.config.Pool;
import io.jobyard.node.frame.OwnStore;
import io.jobyard.node.generation.ClassCache;
import io.jobyard.node.generation.Footing;
import io.jobyard.node.generation.Generation;
import io.jobyard.node.worker.Rehearsal;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a generation's {@link ClassCache} in the background: a {@link Rehearsal} records it, at the
 * lowest priority, and only if another JVM then takes it as it is do workers get it. Where it
 * cannot be made nothing is lost. Closing ends what is being made.
 */
public final class CacheMaker implements Consumer<Generation>, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CacheMaker.class);
  private static final long PATIENCE_SECONDS = 120;

  private final Config config;
  private final List<Pool> pools;
  private final Path shortDir;
  private final List<String> startClasses;
  private volatile boolean closed;
  private volatile @Nullable Process making;

  /**
   * @param pools whose workers are to start from it; those in one mode share a cache
   * @param shortDir a private folder whose path leaves room for a socket's
   * @param startClasses on-start, on-failure
   */
  public CacheMaker(Config config, List<Pool> pools, Path shortDir, List<String> startClasses) {
    this.config = config;
    this.pools = List.copyOf(pools);
    this.shortDir = shortDir;
    this.startClasses = List.copyOf(startClasses);
  }

  /** Begins; returns at once. */
  @Override
  public void accept(Generation generation) {
    Thread.ofPlatform().daemon().name("jobyard-cache").start(() -> makeAll(generation));
  }

  private void makeAll(Generation generation) {
    try {
      // Where the modes share a class path, what taking jobs needs is in their cache too.
      boolean shared = generation.handed().equals(generation.grabbing());
      Optional<Pool> grabbing = pools.stream().filter(Pool::grabs).findFirst();
      if (grabbing.isPresent()) {
        OwnStore own = Team.own(config, grabbing.get());
        make(new Making(generation, generation.grabbing(), "grabbing", own));
      }
      boolean handed = pools.stream().anyMatch(pool -> !pool.grabs());
      if (handed && !(shared && grabbing.isPresent())) {
        make(new Making(generation, generation.handed(), "handed", null));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * One cache.
   *
   * @param name what its files begin with
   * @param own the store of those who take their jobs themselves; null for others
   */
  private record Making(
      Generation generation, Footing footing, String name, @Nullable OwnStore own) {
    Path file(String ending) {
      return generation.dir().resolve(name + ending);
    }
  }

  private void make(Making making) throws InterruptedException {
    Generation generation = making.generation;
    List<String> classPath = making.footing.classPath();
    if (classPath.stream().anyMatch(path -> !Files.isRegularFile(Path.of(path)))) {
      LOG.debug(
          "generation {}: no cache of classes, they are not all in jars", generation.number());
      return;
    }
    Path fresh = making.file(".making");
    Path cache = making.file(".cache");
    try {
      Path stage = shortDir.resolve(making.name.charAt(0) + "" + generation.number());
      var arguments = new ArrayList<String>();
      arguments.add(Files.createDirectories(stage).toString());
      arguments.add(generation.kindsFile().toString());
      arguments.addAll(startClasses);
      String said = run(making, List.of(ClassCache.recording(fresh)), arguments);
      if (!Files.exists(fresh)) {
        throw new IOException("the recording came to nothing: " + said);
      }
      Files.move(fresh, cache, StandardCopyOption.ATOMIC_MOVE);
      run(making, ClassCache.strictly(cache), List.of());
      making.footing.cache().made(cache, classPath);
    } catch (IOException e) {
      if (!closed && Files.isDirectory(generation.dir())) {
        LOG.warn(
            "generation {}: no cache of classes, workers start without: {}",
            generation.number(),
            e.getMessage());
      }
    }
  }

  /** Why the process failed, else what it said last; without arguments it only starts. */
  private String run(Making what, List<String> options, List<String> arguments)
      throws IOException, InterruptedException {
    var plan =
        new LaunchPlan(
            Path.of(System.getProperty("java.home")),
            pools.stream().mapToLong(Pool::memory).max().orElseThrow(),
            1,
            what.footing,
            config.base(),
            what.generation.dir(),
            null);
    var all = new ArrayList<>(options);
    all.addAll(List.of("-cp", String.join(File.pathSeparator, what.footing.classPath())));
    all.addAll(arguments.isEmpty() ? List.of("-version") : List.of(Rehearsal.class.getName()));
    all.addAll(arguments);
    ProcessBuilder builder = plan.builder(all);
    builder.command().addAll(0, lowPriority());
    Process process = builder.start();
    making = process;
    if (closed) {
      close();
    }
    try (OutputStream in = process.getOutputStream()) {
      if (what.own != null && !arguments.isEmpty()) {
        what.own.writeTo(in); // not on the command line: it holds a password
      }
    }
    var failed = new AtomicReference<@Nullable String>();
    var output =
        new OutputTail(line -> {
          LOG.debug("cache of classes: {}", line);
          if (line.startsWith(Rehearsal.FAILED)) {
            failed.compareAndSet(null, line);
          }
        });
    Thread reader =
        Thread.ofPlatform().daemon().start(() -> output.drain(process.getInputStream()));
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      end(process);
      throw new IOException("it took longer than " + PATIENCE_SECONDS + " s");
    }
    reader.join(TimeUnit.SECONDS.toMillis(1));
    String last = output.lines().isEmpty() ? "" : output.lines().getLast();
    String said = Objects.requireNonNullElse(failed.get(), last);
    if (process.exitValue() != 0) {
      throw new IOException("exit code " + process.exitValue() + ": " + said);
    }
    return said;
  }

  private static List<String> lowPriority() {
    return Stream.of("/usr/bin/nice", "/bin/nice")
        .filter(nice -> Files.isExecutable(Path.of(nice)))
        .findFirst()
        .map(nice -> List.of(nice, "-n", "19"))
        .orElse(List.of());
  }

  @Override
  public void close() {
    closed = true;
    Process process = making;
    if (process != null) {
      end(process);
    }
  }

  private static void end(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
