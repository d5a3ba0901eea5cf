package io.jobyard.node.control;

import io.jobyard.JobyardException;
import io.jobyard.node.generation.Reloads;
import io.jobyard.node.process.JobSight;
import io.jobyard.node.process.LiveRuns;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Talks to the node that runs in a run directory. For one thread; close it after use. */
public final class NodeControl implements AutoCloseable {
  private final NodeFile node;
  private final Lines lines;

  private NodeControl(NodeFile node, Lines lines) {
    this.node = node;
    this.lines = lines;
  }

  /**
   * @throws JobyardException if no node runs there
   */
  public static NodeControl connect(Path runDir) {
    NodeFile node;
    try {
      node = NodeFile.readFrom(runDir);
    } catch (IOException e) {
      throw nothingThere("no node runs here: " + runDir + " holds no sign of one", e);
    }
    try {
      SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(node.control()));
      return new NodeControl(node, new Lines(channel));
    } catch (IOException e) {
      boolean alive = ProcessHandle.of(node.pid()).isPresent();
      throw nothingThere(
          "no node runs here: "
              + node.node()
              + " (pid "
              + node.pid()
              + (alive ? ") does not answer" : ") is gone"),
          e);
    }
  }

  private static JobyardException nothingThere(String what, IOException e) {
    return new JobyardException(what + "; start one with jobyard worker start", e);
  }

  /** The node's name. */
  public String name() {
    return node.node();
  }

  /** The node's process. */
  public long pid() {
    return node.pid();
  }

  public StatusView status() {
    return ask(new Request.Status(), Answer.Status.class).status();
  }

  /** Begins to stop the node; it ends once running jobs have, or {@code stop-timeout} is over. */
  public void stop() {
    ask(new Request.Stop(), Answer.Stopping.class);
  }

  /** Changes to the jobs' code as it is now; waits for what comes of it. */
  public Reloads reload() {
    return ask(new Request.Reload(), Answer.Reloaded.class).reloads();
  }

  /**
   * What a job that runs on this node said so far.
   *
   * @param from the number of the first line wanted; 0 is the oldest
   */
  public Optional<LiveRuns.Said> said(UUID job, long from) {
    return Optional.ofNullable(ask(new Request.Said(job, from), Answer.Said.class).said());
  }

  /** Where a job stands that runs on this node; empty if it does not. May take two seconds. */
  public Optional<JobSight> look(UUID job) {
    return Optional.ofNullable(ask(new Request.Look(job), Answer.Looked.class).sight());
  }

  /** Lets a worker finish what it runs and replaces it; false if there is no such worker. */
  public boolean drain(long pid) {
    return ask(new Request.Drain(pid), Answer.Worker.class).there();
  }

  /** Kills a worker, which is replaced; false if there is no such worker. */
  public boolean kill(long pid) {
    return ask(new Request.Kill(pid), Answer.Worker.class).there();
  }

  private <T extends Answer> T ask(Request request, Class<T> type) {
    Answer answer = exchange(request);
    if (answer instanceof Answer.Refused(String reason)) {
      throw new JobyardException("node " + node.node() + " could not answer: " + reason);
    }
    if (!type.isInstance(answer)) {
      throw new JobyardException("node " + node.node() + " went away before it answered");
    }
    return type.cast(answer);
  }

  private @Nullable Answer exchange(Request request) {
    try {
      lines.write(request);
      return lines.read(Answer.class);
    } catch (IOException e) {
      throw new JobyardException(
          "node " + node.node() + " (pid " + node.pid() + ") went away: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    try {
      lines.close();
    } catch (IOException e) {
      throw new JobyardException("could not hang up: " + e.getMessage(), e);
    }
  }
}
