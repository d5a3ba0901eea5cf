package io.jobyard.cli.demo;

import io.jobyard.JobHandle;
import io.jobyard.Pusher;
import io.jobyard.cli.demo.jobs.CountWords;
import io.jobyard.cli.demo.jobs.Greedy;
import io.jobyard.cli.demo.jobs.Halts;
import io.jobyard.cli.demo.jobs.NeverEnds;
import io.jobyard.cli.demo.jobs.SendMail;
import io.jobyard.cli.demo.jobs.ThirdTime;
import io.jobyard.cli.demo.jobs.Throws;
import java.util.List;
import java.util.Map;

/**
 * The handles of the jobs that were pushed.
 *
 * @param at when the first was, as {@link System#nanoTime} counts
 */
record Pushed(
    long at,
    List<JobHandle<?>> mails,
    List<JobHandle<Map<String, Integer>>> parts,
    JobHandle<?> throwing,
    JobHandle<Integer> third,
    JobHandle<?> endless,
    JobHandle<?> greedy,
    JobHandle<?> halting) {
  private static final int MEGABYTE = 1024 * 1024;

  /** Pushes everything; what misbehaves goes first, so that the others have it beside them. */
  static Pushed all(Pusher yard, List<Person> people, int smtpPort, List<CountWords> parts) {
    long at = System.nanoTime();
    JobHandle<?> throwing = yard.push(new Throws("A-7"));
    JobHandle<Integer> third = yard.push(new ThirdTime("billing"));
    JobHandle<?> endless = yard.push(new NeverEnds(1));
    JobHandle<?> greedy = yard.push(new Greedy(MEGABYTE));
    JobHandle<?> halting = yard.push(new Halts(42));
    List<JobHandle<?>> mails =
        yard.pushAll(
            people.stream().map(person -> new SendMail(person.name(), person.email(), smtpPort)));
    return new Pushed(at, mails, yard.pushTasks(parts), throwing, third, endless, greedy, halting);
  }
}
