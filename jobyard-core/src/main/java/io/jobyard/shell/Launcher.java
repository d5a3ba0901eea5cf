package io.jobyard.shell;

import io.jobyard.ShellRefused;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What stands before a program so that all its processes can be found and ended, each step by a
 * tool of util-linux that replaces itself with the next, so that the process stays the same:
 *
 * <ul>
 *   <li>{@code setsid}: a session and process group of its own, which can be killed in one stroke;
 *   <li>{@code prlimit}: the run's number as the limit of file locks, which the kernel has not used
 *       since 2.4, passes on to every descendant, and lets nobody raise again. It is there to be
 *       read in /proc, whatever a descendant does to its environment, session or parent;
 *   <li>{@code setpriv}: dies with the thread that started it, so that a worker which is killed
 *       does not leave it; and changes the user for {@code run-as}.
 * </ul>
 *
 * <p>Tools are taken from the system's folders, never from PATH. A step whose tool is missing is
 * left out, but for a change of user. Immutable.
 */
final class Launcher {
  private static final List<String> FOLDERS = List.of("/usr/bin", "/bin", "/usr/sbin", "/sbin");
  private static final Path LIMITS = Path.of("/proc/self/limits");
  private static final boolean LINUX = Files.isReadable(LIMITS);

  private final @Nullable String setsid = tool("setsid");
  private final @Nullable String prlimit = locksUnlimited() ? tool("prlimit") : null;
  private final @Nullable String setpriv = tool("setpriv");
  private final @Nullable String runAs;

  Launcher(@Nullable String runAs) {
    this.runAs = runAs;
  }

  /** Whether programs get a session of their own. */
  boolean ownSession() {
    return setsid != null;
  }

  /** Whether processes can be told by their limit. */
  boolean marksLimit() {
    return prlimit != null;
  }

  /** For the audit. */
  String user() {
    return runAs != null ? runAs : System.getProperty("user.name", "?");
  }

  /**
   * The whole command line.
   *
   * @throws ShellRefused if this node cannot change to the user of {@code run-as}
   */
  List<String> command(List<String> program, long number) {
    List<String> command = new ArrayList<>();
    if (setsid != null) {
      command.add(setsid);
    }
    if (prlimit != null) {
      command.addAll(List.of(prlimit, "--locks=" + number + ":" + number));
    }
    if (runAs != null) {
      command.addAll(changeUser(runAs));
    } else if (setpriv != null) {
      command.addAll(List.of(setpriv, "--pdeathsig", "KILL", "--"));
    }
    command.addAll(program);
    return command;
  }

  private List<String> changeUser(String user) {
    if (!"root".equals(System.getProperty("user.name"))) {
      throw new ShellRefused(
          "run-as "
              + user
              + " needs a node that runs as root; this one runs as "
              + System.getProperty("user.name"));
    }
    if (setpriv == null) {
      throw new ShellRefused("run-as " + user + " needs setpriv of util-linux, which is not here");
    }
    return List.of(
        setpriv,
        "--reuid=" + id("-u", user),
        "--regid=" + id("-g", user),
        "--init-groups",
        "--inh-caps=-all",
        "--no-new-privs",
        "--pdeathsig",
        "KILL",
        "--");
  }

  private static String id(String which, String user) {
    String id = tool("id");
    if (id == null) {
      throw new ShellRefused("run-as " + user + " needs the program id, which is not here");
    }
    try {
      Process asked =
          new ProcessBuilder(id, which, user)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String answer = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (asked.waitFor(5, TimeUnit.SECONDS) && asked.exitValue() == 0) {
        return answer.strip();
      }
    } catch (IOException e) {
      throw new ShellRefused("run-as " + user + ": id could not be run: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new ShellRefused("run-as " + user + ": there is no such user on this machine");
  }

  private static @Nullable String tool(String name) {
    if (!LINUX) {
      return null;
    }
    Optional<Path> found =
        FOLDERS.stream()
            .map(folder -> Path.of(folder, name))
            .filter(Files::isExecutable)
            .findFirst();
    return found.map(Path::toString).orElse(null);
  }

  /** Below a limit the number could not be set; a worker inside another Shell job, say. */
  private static boolean locksUnlimited() {
    if (!LINUX) {
      return false;
    }
    try (Stream<String> lines = Files.lines(LIMITS)) {
      return lines.anyMatch(line -> line.matches("Max file locks +unlimited +unlimited .*"));
    } catch (IOException e) {
      return false;
    }
  }
}
