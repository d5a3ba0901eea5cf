package io.jobyard.store.redis;

import io.jobyard.Failure;
import io.jobyard.JobState;
import io.jobyard.PushRefused;
import io.jobyard.store.JobView;
import io.jobyard.store.Limits;
import io.jobyard.store.NewJob;
import io.jobyard.store.Phase;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Takes waiting jobs over from another store, with all that happened to them. Safe for any thread.
 */
final class Adopting {
  private final Link link;
  private final Lines lines;
  private final Externals externals;

  Adopting(Link link, Lines lines, Externals externals) {
    this.link = link;
    this.lines = lines;
    this.externals = externals;
  }

  int adopt(List<JobView> jobs) {
    for (JobView job : jobs) {
      if (job.state() != JobState.READY && job.state() != JobState.SCHEDULED) {
        throw new PushRefused(
            "job " + job.id() + " is " + job.state() + "; only waiting jobs can be moved");
      }
    }
    List<NewJob> pushes = jobs.stream().map(Body::push).toList();
    Limits.check(pushes);
    lines.register(pushes.stream().map(NewJob::queue).toList());
    reserve(pushes);
    Map<Line, Call> calls = new LinkedHashMap<>();
    for (int i = 0; i < jobs.size(); i++) {
      NewJob push = pushes.get(i);
      Line line = lines.of(push.queue(), push.id());
      add(calls.computeIfAbsent(line, this::begin), jobs.get(i), push);
    }
    int adopted = 0;
    for (List<Object> answer : link.calls(List.copyOf(calls.values()))) {
      adopted += (int) Replies.number(answer.getFirst());
    }
    calls.keySet().forEach(link::awaitReplicas);
    return adopted;
  }

  private void reserve(List<NewJob> jobs) {
    Map<UUID, UUID> owners = externals.reserve(jobs);
    List<byte[]> own = new ArrayList<>();
    NewJob refused = null;
    for (NewJob job : jobs) {
      UUID owner = owners.getOrDefault(job.id(), job.id());
      if (!owner.equals(job.id())) {
        refused = job;
      }
    }
    if (refused == null) {
      return;
    }
    for (NewJob job : jobs) {
      if (job.externalId() != null && job.id().equals(owners.get(job.id()))) {
        own.add(Call.bytes(job.externalId()));
        own.add(Ids.bytes(job.id()));
      }
    }
    externals.releaseUnused(own, jobs);
    throw new PushRefused(
        "external id "
            + refused.externalId()
            + " of job "
            + refused.id()
            + " is taken by job "
            + owners.get(refused.id())
            + "; forget one of them");
  }

  private Call begin(Line line) {
    return Call.of(LuaScript.ADOPT)
        .touching(line)
        .add(link.url().channel())
        .add(line.queue())
        .add(line.base())
        .add(line.shardDigits());
  }

  private static void add(Call call, JobView job, NewJob push) {
    String pushed = Long.toString(Pushing.millis(job.pushedAt()));
    call.add(Body.write(push)).add("0".repeat(13 - pushed.length()) + pushed);
    call.add(Pushing.millis(job.runAt()));
    call.add(job.startedAt() == null ? 0 : Pushing.millis(job.startedAt())).add(job.fence());
    call.add(job.counts().failed()).add(job.counts().crashed()).add(job.counts().lost());
    call.add(job.counts().handlerCrashes()).add(job.phase() == Phase.FAILING ? 1 : 0);
    call.add(job.errors().size());
    for (Failure error : job.errors()) {
      call.add(History.write(error));
    }
    call.add(job.log().size());
    job.log().forEach(call::add);
  }
}
