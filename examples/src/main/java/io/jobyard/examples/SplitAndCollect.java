package io.jobyard.examples;

import io.jobyard.JobContext;
import io.jobyard.JobHandle;
import io.jobyard.Jobyard;
import io.jobyard.Task;
import io.jobyard.run.LocalNode;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** A task is a job that returns a value. One may push others and wait for theirs. */
public final class SplitAndCollect {
  private static final Duration SOON = Duration.ofSeconds(30);

  private SplitAndCollect() {}

  /** Counts the primes of a range. */
  public record PrimesBetween(int from, int to) implements Task<Integer> {
    @Override
    public Integer call(JobContext job) {
      return (int) IntStream.range(from, to).filter(PrimesBetween::prime).count();
    }

    private static boolean prime(int number) {
      return number > 1
          && IntStream.rangeClosed(2, (int) Math.sqrt(number)).noneMatch(i -> number % i == 0);
    }
  }

  /** Splits the work; while it waits, its slot is lent to the parts. */
  public record PrimesBelow(int limit, int parts) implements Task<Integer> {
    @Override
    public Integer call(JobContext job) throws Exception {
      int size = limit / parts;
      List<JobHandle<Integer>> pushed =
          job.yard()
              .pushTasks(
                  IntStream.range(0, parts)
                      .mapToObj(part -> new PrimesBetween(part * size, (part + 1) * size))
                      .toList());
      int primes = 0;
      for (JobHandle<Integer> part : pushed) {
        primes += part.await(SOON);
      }
      return primes;
    }
  }

  /** Waits for the value of the whole. */
  public static void main(String[] arguments) throws Exception {
    try (Jobyard yard = Jobyard.open("memory:");
        LocalNode node = yard.work("default")) {
      int primes = yard.push(new PrimesBelow(10_000, 10)).await(SOON);
      System.out.println(primes + " primes below 10000");
    }
  }
}
