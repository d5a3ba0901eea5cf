package io.jobyard.node.worker;

import io.jobyard.Failure;
import io.jobyard.JobContext;
import io.jobyard.Verdict;
import io.jobyard.codec.Work;
import io.jobyard.node.frame.WorkerSettings;
import io.jobyard.shell.Audit;
import io.jobyard.shell.ShellWork;
import io.jobyard.store.JobSettings;
import io.jobyard.store.Payload;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Shell jobs of several queues in one process: each by what its own queue allows. */
final class ShellMembers implements Work {
  private final Map<String, ShellWork> byQueue = new HashMap<>();

  ShellMembers(WorkerSettings settings, Audit audit) {
    Path here = Path.of("").toAbsolutePath();
    for (WorkerSettings.Member member : settings.members()) {
      byQueue.put(
          member.queue(), new ShellWork(member.commands(), here, settings.killGrace(), audit));
    }
  }

  @Override
  public JobSettings settings() {
    return any().settings();
  }

  @Override
  public boolean handlesFailure() {
    return any().handlesFailure();
  }

  @Override
  public byte @Nullable [] run(Payload payload, JobContext job) throws Throwable {
    return of(job).run(payload, job);
  }

  @Override
  public Verdict failed(Payload payload, JobContext job, Failure failure) throws Throwable {
    return of(job).failed(payload, job, failure);
  }

  private ShellWork any() {
    return byQueue.values().iterator().next();
  }

  private ShellWork of(JobContext job) {
    ShellWork own = byQueue.get(job.queue());
    if (own == null) {
      throw new IllegalStateException("queue " + job.queue() + " is none of this worker's");
    }
    return own;
  }
}
