package io.jobyard.shell;

import io.jobyard.Failure;
import io.jobyard.JobContext;
import io.jobyard.Shell;
import io.jobyard.ShellFailed;
import io.jobyard.ShellRefused;
import io.jobyard.Verdict;
import io.jobyard.codec.PayloadMismatch;
import io.jobyard.codec.ShellCodec;
import io.jobyard.codec.Work;
import io.jobyard.config.Commands;
import io.jobyard.store.JobSettings;
import io.jobyard.store.Payload;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The work behind {@link Shell#KIND}: asks this node's configuration, runs the program, and writes
 * both down. Safe for use by many threads.
 */
public final class ShellWork implements Work {
  /** In the environment of all that a program starts. */
  private static final String MARK = "JOBYARD_RUN";

  private final Permits permits;
  private final Launcher launcher;
  private final Duration killGrace;
  private final Audit audit;

  /**
   * @param base where programs work unless they choose a folder
   * @param killGrace how long the worker waits for a run that it has interrupted
   */
  public ShellWork(Commands commands, Path base, Duration killGrace, Audit audit) {
    this.permits = new Permits(commands, base);
    this.launcher = new Launcher(commands.runAs());
    this.killGrace = killGrace;
    this.audit = audit;
  }

  @Override
  public JobSettings settings() {
    return JobSettings.NONE;
  }

  @Override
  public boolean handlesFailure() {
    return false;
  }

  @Override
  public byte @Nullable [] run(Payload payload, JobContext job) throws Throwable {
    Shell shell = read(payload, job);
    String mark = UUID.randomUUID().toString();
    long number = ThreadLocalRandom.current().nextLong(1L << 48, 1L << 62);
    Launch launch;
    try {
      Approved approved = permits.approve(shell, job, Map.entry(MARK, mark));
      launch = new Launch(approved, launcher.command(approved.command(), number));
    } catch (ShellRefused e) {
      refused(shell, job, e);
      throw e;
    }
    return OnDemand.CODEC.write(run(launch, new Census(number, MARK + '=' + mark, launcher), job));
  }

  /** Most workers never run a program, and what JSON needs takes a start some time. */
  private static final class OnDemand {
    static final ShellCodec CODEC = new ShellCodec();
  }

  private record Launch(Approved approved, List<String> command) {}

  private Shell.Result run(Launch launch, Census census, JobContext job)
      throws ShellFailed, InterruptedException {
    Approved approved = launch.approved;
    ProgramRun run = new ProgramRun(approved, killGrace, job::log);
    long begin = System.nanoTime();
    String end = "interrupted";
    try {
      Shell.Result result =
          run.run(launch.command, census, pid -> audit.line(begun(approved, job, pid)));
      end = "0";
      return result;
    } catch (ShellFailed e) {
      end = e.exitCode() < 0 ? "not-started" : Integer.toString(e.exitCode());
      throw e;
    } finally {
      audit.line(
          new AuditLine("end", job)
              .quoted("program", approved.program())
              .with("exit", end)
              .with("ms", Long.toString((System.nanoTime() - begin) / 1_000_000))
              .toString());
    }
  }

  private String begun(Approved approved, JobContext job, long pid) {
    return new AuditLine("run", job)
        .with("pid", Long.toString(pid))
        .quoted("user", launcher.user())
        .quoted("program", approved.program())
        .args(approved.command().subList(1, approved.command().size()))
        .quoted("cwd", approved.folder().toString())
        .toString();
  }

  private Shell read(Payload payload, JobContext job) {
    try {
      return OnDemand.CODEC.read(payload);
    } catch (PayloadMismatch e) {
      audit.line(new AuditLine("refused", job).quoted("why", e.getMessage()).toString());
      throw new ShellRefused("this is no Shell job: " + e.getMessage(), e);
    }
  }

  private void refused(Shell shell, JobContext job, ShellRefused e) {
    audit.line(
        new AuditLine("refused", job)
            .quoted("user", launcher.user())
            .quoted("program", shell.program())
            .quoted("script", shell.script())
            .args(shell.args())
            .quoted("why", e.getMessage())
            .toString());
  }

  @Override
  public Verdict failed(Payload payload, JobContext job, Failure failure) {
    return Verdict.PASS;
  }
}
