package io.jobyard.shell;

import io.jobyard.ShellRefused;
import io.jobyard.config.Commands;
import io.jobyard.config.Commands.Allowed;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides which file a job's program is, and whether {@code commands} lets it run.
 *
 * <p>Both the path as it was asked for and the one without links must be allowed, and the latter is
 * what runs. Between the check and the start only somebody who may write to the program's folders
 * could put another file in its place; folders that everybody may write to are therefore refused,
 * and whoever else could, could as well have written the program itself.
 */
final class ProgramPath {
  private static final int WORLD_WRITABLE = 0002;
  private static final int STICKY = 01000;
  private static final int SET_ID = 06000;

  /** What makes of text whatever it likes; a glob such as /usr/bin/* must not let them in. */
  private static final Set<String> SHELLS =
      Set.of(
          "sh", "ash", "bash", "rbash", "busybox", "csh", "dash", "elvish", "fish", "ksh", "ksh93",
          "mksh", "lksh", "nu", "oksh", "posh", "pwsh", "tcsh", "toybox", "xonsh", "yash", "zsh");

  private ProgramPath() {}

  /**
   * The program's real path, which the entry allows.
   *
   * @param entry what allows it, with a rule for its arguments
   */
  record Found(Path real, Allowed entry) {}

  /**
   * @throws ShellRefused naming the rule that is against it
   */
  static Found find(String asked, Commands commands) {
    Path path = plain("the program", asked);
    Path real = real("the program", path);
    Allowed entry = allowing(commands, path, real);
    if (entry == null) {
      throw new ShellRefused(
          "commands does not allow "
              + Printable.of(asked)
              + (real.equals(path) ? "" : ", which is " + real)
              + "; the queue's commands name what may run, links resolved");
    }
    checkFile(real);
    if (!commands.shell() && SHELLS.contains(String.valueOf(real.getFileName()))) {
      throw new ShellRefused(
          real + " is a shell, and runs only on a queue with shell: true, whatever commands allow");
    }
    return new Found(real, entry);
  }

  /** An absolute path without detours. */
  static Path plain(String what, String asked) {
    if (!asked.startsWith("/")) {
      throw new ShellRefused(what + " must be an absolute path, got '" + Printable.of(asked) + "'");
    }
    for (String part : asked.split("/", -1)) {
      if (part.equals("..") || part.equals(".")) {
        throw new ShellRefused(
            what + " must be a path without '" + part + "', got '" + Printable.of(asked) + "'");
      }
    }
    try {
      return Path.of(asked);
    } catch (InvalidPathException e) {
      throw new ShellRefused(what + " is no path: '" + Printable.of(asked) + "'", e);
    }
  }

  /** Without links. */
  static Path real(String what, Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      throw new ShellRefused(what + " " + Printable.of(path.toString()) + " does not exist", e);
    }
  }

  private static @Nullable Allowed allowing(Commands commands, Path asked, Path real) {
    for (Allowed entry : commands.allowed()) {
      String glob = entry.path();
      if (matches(glob, asked) && (matches(glob, real) || matches(realFolder(glob), real))) {
        return entry;
      }
    }
    return null;
  }

  private static boolean matches(String glob, Path path) {
    PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + glob);
    return matcher.matches(path);
  }

  /** The glob with the links in its fixed folders resolved, since /bin may be /usr/bin. */
  private static String realFolder(String glob) {
    int magic = 0;
    while (magic < glob.length() && "*?[{\\".indexOf(glob.charAt(magic)) < 0) {
      magic++;
    }
    int end = glob.lastIndexOf('/', magic - 1);
    Path folder = Path.of(glob.substring(0, Math.max(end, 1)));
    try {
      String resolved = folder.toRealPath().toString();
      boolean magicInIt = resolved.chars().anyMatch(c -> "*?[{\\".indexOf(c) >= 0);
      return magicInIt
          ? glob
          : resolved + (resolved.equals("/") ? "" : "/") + glob.substring(end + 1);
    } catch (IOException e) {
      return glob;
    }
  }

  private static void checkFile(Path real) {
    if (!Files.isRegularFile(real, LinkOption.NOFOLLOW_LINKS)) {
      throw new ShellRefused(
          real + " is " + (Files.isDirectory(real) ? "a folder" : "no file") + ", not a program");
    }
    if (!Files.isExecutable(real)) {
      throw new ShellRefused(real + " is not executable for this node's user; chmod +x it");
    }
    int mode = mode(real);
    if ((mode & WORLD_WRITABLE) != 0) {
      throw new ShellRefused(real + " can be written to by everybody; chmod o-w it");
    }
    if ((mode & SET_ID) != 0) {
      throw new ShellRefused(
          real + " changes its user or group (set-id); allow a plain program, and use run-as");
    }
    checkFolders(real);
  }

  /** The sticky bit keeps others from replacing what is in a folder, not from adding to it. */
  private static void checkFolders(Path real) {
    Path own = real.getParent();
    for (Path folder = own; folder != null; folder = folder.getParent()) {
      int mode = mode(folder);
      boolean replaceable = folder.equals(own) || (mode & STICKY) == 0;
      if ((mode & WORLD_WRITABLE) != 0 && replaceable) {
        throw new ShellRefused(
            "%s lies in %s, which everybody can write to; chmod o-w it".formatted(real, folder));
      }
    }
  }

  private static int mode(Path path) {
    try {
      return (Integer) Files.getAttribute(path, "unix:mode");
    } catch (IOException | UnsupportedOperationException e) {
      throw new ShellRefused("the permissions of " + path + " cannot be read", e);
    }
  }
}
