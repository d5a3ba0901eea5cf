package io.jobyard.node;

import io.jobyard.Job;
import io.jobyard.JobContext;
import io.jobyard.JobHandle;
import io.jobyard.Kind;
import io.jobyard.PushOptions;
import io.jobyard.SharedTable;
import io.jobyard.Task;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** Jobs for tests of a node: what worker processes have to put up with. */
final class Misbehaving {
  private static final Collection<byte[]> LEAKED = new ConcurrentLinkedQueue<>();
  private static final Collection<ByteBuffer> HELD = new ConcurrentLinkedQueue<>();

  private Misbehaving() {}

  @Kind("nothing")
  record Nothing() implements Job {
    @Override
    public void run(JobContext job) {}
  }

  /** Counts in the node's shared table; halts its process after so many, if that is not 0. */
  @Kind("count")
  record Count(int times, int haltAfter) implements Job {
    @Override
    public void run(JobContext job) {
      SharedTable sums = job.table("sums");
      for (int i = 1; i <= times; i++) {
        sums.increment("all", "count");
        if (i == haltAfter) {
          Runtime.getRuntime().halt(9);
        }
      }
    }
  }

  @Kind("nap")
  record Nap(long millis) implements Job {
    @Override
    public void run(JobContext job) throws Exception {
      TimeUnit.MILLISECONDS.sleep(millis);
    }
  }

  /** Lets others begin beside it, then takes its process along. */
  @Kind("nap-and-halt")
  record NapAndHalt(long millis) implements Job {
    @Override
    public void run(JobContext job) throws Exception {
      System.out.println("about to halt");
      TimeUnit.MILLISECONDS.sleep(millis);
      Runtime.getRuntime().halt(9);
    }
  }

  /** Keeps for ever what it allocates, and says where it ran. */
  @Kind("leak")
  record Leak(String file, int kilobytes) implements Job {
    @Override
    public void run(JobContext job) throws Exception {
      LEAKED.add(new byte[kilobytes * 1024]);
      mark(file, Long.toString(ProcessHandle.current().pid()));
    }
  }

  /** Its process does not end before the file's name with ".go" is there. */
  @Kind("tarry")
  record Tarry(String file) implements Job {
    @Override
    public void run(JobContext job) throws Exception {
      Runtime.getRuntime().addShutdownHook(new Thread(this::tarry));
      mark(file, Long.toString(ProcessHandle.current().pid()));
    }

    private void tarry() {
      try {
        awaitGo(file);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Holds memory outside of the heap, every page of it, for ever. */
  @Kind("native")
  record Native(String file, int megabytes, int inHeap, long millis) implements Job {
    @Override
    public void run(JobContext job) throws Exception {
      hold(megabytes);
      LEAKED.add(new byte[inHeap << 20]);
      mark(file, "began " + ProcessHandle.current().pid());
      TimeUnit.MILLISECONDS.sleep(millis);
    }
  }

  /** Holds some, and far more once the file's name with ".go" is there. */
  @Kind("swell")
  record Swell(String file, int megabytes, int inHeap) implements Job {
    @Override
    public void run(JobContext job) throws Exception {
      hold(megabytes);
      awaitGo(file);
      hold(10);
      LEAKED.add(new byte[inHeap << 20]);
      TimeUnit.MINUTES.sleep(1);
    }
  }

  private static void awaitGo(String file) throws InterruptedException {
    while (!Files.exists(Path.of(file + ".go"))) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  private static void hold(int megabytes) {
    for (int i = 0; i < megabytes; i++) {
      ByteBuffer block = ByteBuffer.allocateDirect(1 << 20);
      for (int at = 0; at < block.capacity(); at += 1024) {
        block.put(at, (byte) 1);
      }
      HELD.add(block);
    }
  }

  /** Says that it runs, then waits; a line with its pid says where. */
  @Kind("sleep")
  record Sleep(String file, long millis) implements Job {
    @Override
    public void run(JobContext job) throws Exception {
      mark(file, "began " + ProcessHandle.current().pid());
      job.log("sleeping");
      job.progress(1, 2, "half way");
      TimeUnit.MILLISECONDS.sleep(millis);
      mark(file, "ended");
    }
  }

  @Kind("square")
  record Square(int number) implements Task<Integer> {
    @Override
    public Integer call(JobContext job) {
      return number * number;
    }
  }

  /** Pushes tasks to its own queue and waits for their values, its slot lent. */
  @Kind("sum")
  record SumOfSquares(String file, int upTo) implements Job {
    @Override
    public void run(JobContext job) throws Exception {
      var tasks = IntStream.rangeClosed(1, upTo).mapToObj(Square::new).toList();
      int sum = 0;
      for (JobHandle<Integer> square : job.yard().pushTasks(tasks, PushOptions.on(job.queue()))) {
        sum += square.await(Duration.ofSeconds(20));
      }
      mark(file, "sum " + sum);
    }
  }

  @Kind("spin")
  record Spin(String file) implements Job {
    @Override
    @SuppressWarnings("InfiniteLoopStatement")
    public void run(JobContext job) throws Exception {
      mark(file, "began " + ProcessHandle.current().pid());
      for (long i = 0; ; i++) {
        Math.abs(i);
      }
    }
  }

  @Kind("exit")
  record Exit(int code) implements Job {
    @Override
    public void run(JobContext job) {
      System.exit(code);
    }
  }

  @Kind("halt")
  record Halt(int code) implements Job {
    @Override
    public void run(JobContext job) {
      Runtime.getRuntime().halt(code);
    }
  }

  /** Sends its own process a signal. */
  @Kind("signal")
  record Signal(String name) implements Job {
    @Override
    public void run(JobContext job) throws Exception {
      String pid = Long.toString(ProcessHandle.current().pid());
      new ProcessBuilder("kill", "-" + name, pid).start().waitFor();
      TimeUnit.SECONDS.sleep(30);
    }
  }

  @Kind("hog")
  record Hog() implements Job {
    @Override
    @SuppressWarnings("InfiniteLoopStatement")
    public void run(JobContext job) {
      var hoard = new ArrayList<byte[]>();
      while (true) {
        hoard.add(new byte[1024 * 1024]);
      }
    }
  }

  /** Leaves a program running whose parent is gone, and dies. */
  @Kind("litter")
  record Litter(String file) implements Job {
    @Override
    public void run(JobContext job) throws Exception {
      new ProcessBuilder("sh", "-c", "sleep 300 & echo child $! >> " + file).start().waitFor();
      Runtime.getRuntime().halt(3);
    }
  }

  private static void mark(String file, String line) throws IOException {
    Files.writeString(
        Path.of(file), line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }
}
