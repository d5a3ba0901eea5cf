package io.jobyard.node.process;

import io.jobyard.node.generation.Footing;
import io.jobyard.node.worker.WorkerMain;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the workers of a queue are started.
 *
 * @param javaHome whose JVM to take: the manager's own, never one from PATH
 * @param memory the heap's limit, in bytes
 * @param threads jobs that run at once
 * @param footing the jobs' code, then Jobyard's
 * @param workDir the working directory
 * @param dir where the workers' boards and error logs go
 * @param heapDumps where the heaps of those go that ran out of memory; null for none
 */
record LaunchPlan(
    Path javaHome,
    long memory,
    int threads,
    Footing footing,
    Path workDir,
    Path dir,
    @Nullable Path heapDumps) {
  private static final String OWN_SETTINGS = "JOBYARD_";
  private static final long FIRST_HEAP_KIB = 16 * 1024;
  private static final long FIRST_NURSERY_KIB = 8 * 1024;

  ProcessBuilder builder(String tag) {
    var arguments = new ArrayList<>(footing.cache().options());
    arguments.addAll(List.of("-cp", String.join(File.pathSeparator, footing.classPath())));
    arguments.add(WorkerMain.class.getName());
    ProcessBuilder builder = builder(arguments);
    builder.environment().put(Strays.MARK, tag);
    return builder;
  }

  /** A JVM just like a worker's, with these further options, main class and arguments. */
  ProcessBuilder builder(List<String> arguments) {
    var command = new ArrayList<>(options());
    command.addAll(arguments);
    var builder = new ProcessBuilder(command);
    builder.directory(workDir.toFile());
    builder.redirectErrorStream(true);
    Map<String, String> environment = builder.environment();
    // A worker needs no store, and a program that a job starts must not inherit its password.
    environment.keySet().removeIf(key -> key.startsWith(OWN_SETTINGS));
    environment.putIfAbsent("MALLOC_ARENA_MAX", "2");
    return builder;
  }

  /** The JVM's error log of a worker with this pid. */
  Path errorFile(long pid) {
    return dir.resolve("hs_err_" + pid + ".log");
  }

  private List<String> options() {
    var command = new ArrayList<String>();
    command.add(javaHome.resolve("bin").resolve("java").toString());
    command.add("-Xmx" + Math.max(memory / 1024, 1) + "k");
    // Small and quick to start: many workers share a machine.
    command.add("-XX:+UseSerialGC");
    command.add("-Xms" + Math.min(Math.max(memory / 1024, 1), FIRST_HEAP_KIB) + "k");
    // Pages once touched stay: most jobs leave little behind, so a small nursery will do. One that
    // is too small at first is collected again and again while the worker starts.
    long nursery = Math.max(memory / 8 / 1024, 2 * 1024);
    command.add("-XX:MaxNewSize=" + nursery + "k");
    command.add("-XX:NewSize=" + Math.min(nursery, FIRST_NURSERY_KIB) + "k");
    // What the compilers took at the start is given back: 30 MB in a busy worker on Linux.
    command.add("-XX:+IgnoreUnrecognizedVMOptions"); // not in every 21
    command.add("-XX:+UnlockExperimentalVMOptions");
    command.add("-XX:TrimNativeHeapInterval=9000");
    command.add("-Xss512k");
    command.add("-XX:ReservedCodeCacheSize=48m");
    // A fifth of the processor time of a start went into compiling what runs but then; what jobs
    // run often is still compiled, three times as many calls later.
    command.add("-XX:CompileThresholdScaling=3");
    command.add("-XX:-UsePerfData");
    // One carrier each, and one to spare: jobs that spin must not keep others from running.
    command.add("-Djdk.virtualThreadScheduler.parallelism=" + (threads + 1));
    command.add("-Djdk.virtualThreadScheduler.maxPoolSize=" + Math.max(256, threads + 1));
    // By default every JVM looks for idle monitors four times a second, also when it is idle.
    command.add("-XX:+UnlockDiagnosticVMOptions");
    command.add("-XX:AsyncDeflationInterval=5000");
    // A counted loop must not keep the JVM from the safepoint that a thread dump or an exit needs.
    command.add("-XX:+UseCountedLoopSafepoints");
    command.add("-XX:LoopStripMiningIter=1000");
    command.add("-XX:+ExitOnOutOfMemoryError");
    if (heapDumps != null) {
      command.add("-XX:+HeapDumpOnOutOfMemoryError");
      command.add("-XX:HeapDumpPath=" + heapDumps);
    }
    command.add("-XX:-CreateCoredumpOnCrash");
    command.add("-XX:ErrorFile=" + dir.resolve("hs_err_%p.log"));
    command.add("--enable-native-access=ALL-UNNAMED");
    return command;
  }
}
