package io.jobyard.node;

import io.jobyard.Address;
import io.jobyard.Job;
import io.jobyard.JobContext;
import io.jobyard.JobHandle;
import io.jobyard.Kind;
import io.jobyard.OnStart;
import io.jobyard.PushOptions;
import io.jobyard.Services;
import io.jobyard.Subscription;
import io.jobyard.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Jobs and workers that talk, for tests of a node. */
@SuppressWarnings("try") // listening needs no more than to be there
final class Talking {
  private Talking() {}

  record Step(int number, String text) {}

  /** Writes what it hears to a file of its process, in the folder of its node. */
  static final class Scribe implements OnStart {
    @Override
    public void start(Services services) {
      services.onMessage(message -> {
        throw new IllegalStateException("a listener that is broken");
      });
      Path file = Path.of("heard-" + ProcessHandle.current().pid()).toAbsolutePath();
      services.onMessage(message ->
          append(
              file, message.as(Step.class).number() + " " + message.node() + " " + message.pid()));
    }
  }

  /** Waits for the file, then tells its producer so many steps. */
  @Kind("tell")
  record Tell(String gate, int steps, int haltAfter) implements Job {
    @Override
    public void run(JobContext job) throws Exception {
      Gate.await(gate);
      for (int i = 1; i <= steps; i++) {
        job.progress(i, steps, "step " + i);
        job.send(new Step(i, "at " + job.attempt()));
        if (i == haltAfter) {
          TimeUnit.SECONDS.sleep(1);
          Runtime.getRuntime().halt(9);
        }
      }
    }
  }

  @Kind("tell-all")
  record TellAll(String queue, int first, int count, int characters) implements Job {
    @Override
    public void run(JobContext job) {
      for (int i = first; i < first + count; i++) {
        job.send(Address.allOf(queue), new Step(i, "x".repeat(characters)));
      }
    }
  }

  @Kind("tell-one")
  record TellOne(String node, long pid, int number) implements Job {
    @Override
    public void run(JobContext job) {
      job.send(Address.worker(node, pid), new Step(number, ""));
    }
  }

  @Kind("tell-slot")
  record TellSlot(String queue, int slot, int number) implements Job {
    @Override
    public void run(JobContext job) {
      job.send(Address.slot(queue, slot), new Step(number, ""));
    }
  }

  @Kind("tell-too-much")
  record TellTooMuch() implements Job {
    @Override
    public void run(JobContext job) {
      job.send("x".repeat(70_000));
    }
  }

  /** Says how far it is, very often; its value is how long that took, in milliseconds. */
  @Kind("chatter")
  record Chatter(String gate, int words) implements Task<Long> {
    @Override
    public Long call(JobContext job) throws Exception {
      Gate.await(gate);
      long start = System.nanoTime();
      for (int i = 1; i <= words; i++) {
        job.progress(i, words, "");
      }
      return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    }
  }

  /** Sends zeros until the file is there, for whoever begins to listen; then so many steps. */
  @Kind("beckon")
  record Beckon(String gate, int steps) implements Job {
    @Override
    public void run(JobContext job) throws Exception {
      Gate.await(gate, () -> job.send(new Step(0, "")));
      for (int i = 1; i <= steps; i++) {
        job.send(new Step(i, ""));
      }
    }
  }

  /** Listens to a job of its own, from within a worker. */
  @Kind("parent")
  record Parent(String gate) implements Task<List<Integer>> {
    private static final int STEPS = 20;

    @Override
    public List<Integer> call(JobContext job) throws Exception {
      List<Integer> heard = new CopyOnWriteArrayList<>();
      CountDownLatch listens = new CountDownLatch(1);
      CountDownLatch all = new CountDownLatch(STEPS);
      JobHandle<Void> child = job.yard().push(new Beckon(gate, STEPS), PushOptions.on(job.queue()));
      try (Subscription subscription =
          child.onMessage(message -> {
            int number = message.as(Step.class).number();
            listens.countDown();
            if (number > 0) {
              heard.add(number);
              all.countDown();
            }
          })) {
        boolean began = listens.await(10, TimeUnit.SECONDS);
        Files.createFile(Path.of(gate));
        child.await(Duration.ofSeconds(10));
        return began && all.await(10, TimeUnit.SECONDS) ? heard : List.of();
      }
    }
  }

  private static void append(Path file, String line) {
    try {
      Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
