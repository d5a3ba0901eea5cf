package io.jobyard.scenarios;

import io.jobyard.Failure;
import io.jobyard.Job;
import io.jobyard.JobContext;
import io.jobyard.Kind;
import io.jobyard.OnStart;
import io.jobyard.Services;
import io.jobyard.Task;
import io.jobyard.Verdict;
import io.jobyard.scenarios.Line.What;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** Jobs that write down what they do, and then work, hang, or take their process along. */
final class ChaosJobs {
  private static final long WORKER = ProcessHandle.current().pid();

  /** Asked for early: a process whose parent died is given another. */
  private static final long MANAGER =
      ProcessHandle.current().parent().map(ProcessHandle::pid).orElse(0L);

  private ChaosJobs() {}

  /** Makes sure that a worker knows its manager before its first job. */
  static final class Boot implements OnStart {
    @Override
    public void start(Services services) {
      services.put(Manager.class, new Manager(MANAGER));
    }
  }

  record Manager(long pid) {}

  /** One run's pen. */
  private record Diary(Ledger ledger, JobContext job, String run) {
    static Diary of(String ledger, JobContext job) {
      return new Diary(new Ledger(Path.of(ledger)), job, UUID.randomUUID().toString());
    }

    void note(What what) throws IOException {
      ledger.add(new Line(job.id(), run, job.attempt(), WORKER, MANAGER, what, System.nanoTime()));
    }
  }

  @Kind("chaos-work")
  record Work(String ledger, int millis) implements Job {
    @Override
    public void run(JobContext job) throws Exception {
      Diary diary = Diary.of(ledger, job);
      diary.note(What.START);
      TimeUnit.MILLISECONDS.sleep(millis);
      diary.note(What.END);
    }
  }

  /** As the one before; its value names the run, so that the store says whose it took. */
  @Kind("chaos-value")
  record Value(String ledger, int millis) implements Task<String> {
    @Override
    public String call(JobContext job) throws Exception {
      Diary diary = Diary.of(ledger, job);
      diary.note(What.START);
      TimeUnit.MILLISECONDS.sleep(millis);
      diary.note(What.END);
      return diary.run;
    }
  }

  /** Writes a line every 20 ms; its value names the run, so that the store says whose it took. */
  @Kind("chaos-tick")
  record Tick(String ledger, int millis) implements Task<String> {
    @Override
    public String call(JobContext job) throws Exception {
      Diary diary = Diary.of(ledger, job);
      diary.note(What.START);
      long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
      while (System.nanoTime() - end < 0) {
        TimeUnit.MILLISECONDS.sleep(20);
        diary.note(What.TICK);
      }
      diary.note(What.END);
      return diary.run;
    }
  }

  /** Fails, and its failure handler hangs until it is killed, or halts the JVM. */
  @Kind("chaos-fail")
  record Fail(String ledger, boolean halt) implements Job {
    @Override
    public void run(JobContext job) throws Exception {
      Diary.of(ledger, job).note(What.START);
      throw new IllegalStateException("on purpose");
    }

    @Override
    public Verdict failed(JobContext job, Failure failure) throws Exception {
      Diary.of(ledger, job).note(What.HANDLER);
      if (halt) {
        Runtime.getRuntime().halt(9);
      }
      TimeUnit.MINUTES.sleep(5);
      return Verdict.HANDLED;
    }
  }

  @Kind("chaos-spin")
  record Spin(String ledger) implements Job {
    @Override
    @SuppressWarnings("InfiniteLoopStatement")
    public void run(JobContext job) throws Exception {
      Diary.of(ledger, job).note(What.START);
      while (true) {}
    }
  }

  @Kind("chaos-exit")
  record Exit(int code) implements Job {
    @Override
    public void run(JobContext job) {
      System.exit(code);
    }
  }

  /** Halts its JVM once a file is there; at once where none is named. */
  @Kind("chaos-halt")
  record Halt(int code, String go) implements Job {
    @Override
    public void run(JobContext job) throws InterruptedException {
      while (!go.isEmpty() && !Files.exists(Path.of(go))) {
        TimeUnit.MILLISECONDS.sleep(5);
      }
      Runtime.getRuntime().halt(code);
    }
  }

  @Kind("chaos-hoard")
  record Hoard() implements Job {
    @Override
    @SuppressWarnings("InfiniteLoopStatement")
    public void run(JobContext job) {
      var hoard = new ArrayList<byte[]>();
      while (true) {
        hoard.add(new byte[1024 * 1024]);
      }
    }
  }

  /** Writes where no memory is, as faulty native code does. */
  @Kind("chaos-segfault")
  record Segfault() implements Job {
    @Override
    public void run(JobContext job) throws Exception {
      Class<?> unsafe = Class.forName("sun.misc.Unsafe");
      Field instance = unsafe.getDeclaredField("theUnsafe");
      instance.setAccessible(true);
      unsafe.getMethod("putLong", long.class, long.class).invoke(instance.get(null), 8L, 1L);
    }
  }
}
