package io.jobyard.shell;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds a program's processes in /proc: by the run's number in their limits, by the mark in their
 * environment, by their session, and whatever descends from those. Without /proc only living
 * descendants are found.
 */
final class Census {
  private static final Path PROC = Path.of("/proc");
  private static final boolean LINUX = Files.isReadable(PROC.resolve("self/stat"));

  private final String limit;
  private final byte[] mark;
  private final boolean limited;
  private final boolean ownSession;
  private final Set<Long> groups = new HashSet<>();

  /** One line of the process table. */
  private record Entry(long pid, long parent, long group, long session) {}

  /**
   * @param number the run's, in the limit of file locks
   * @param mark {@code NAME=value} in the environment
   * @param launcher which of the marks there are
   */
  Census(long number, String mark, Launcher launcher) {
    this.limit = Long.toString(number);
    this.mark = (mark + '\0').getBytes(StandardCharsets.UTF_8);
    this.limited = launcher.marksLimit();
    this.ownSession = launcher.ownSession();
  }

  /** Those that are alive now. */
  synchronized List<ProcessHandle> members(Process root) {
    groups.clear();
    if (!LINUX) {
      return Stream.concat(Stream.of(root.toHandle()), root.descendants())
          .filter(ProcessHandle::isAlive)
          .toList();
    }
    List<Entry> table = table();
    Set<Long> members = new HashSet<>();
    for (Entry entry : table) {
      if (entry.pid == root.pid()
          || (ownSession && entry.session == root.pid())
          || isMarked(entry.pid)) {
        members.add(entry.pid);
      }
    }
    boolean grown = true;
    while (grown) {
      grown = false;
      for (Entry entry : table) {
        if (members.contains(entry.parent)) {
          grown |= members.add(entry.pid);
        }
      }
    }
    return alive(table, members, root);
  }

  /** The process groups of those that were last found; never this process's own. */
  synchronized List<Long> groups() {
    return List.copyOf(groups);
  }

  private List<ProcessHandle> alive(List<Entry> table, Set<Long> members, Process root) {
    Map<Long, Entry> byPid = new HashMap<>();
    table.forEach(entry -> byPid.put(entry.pid, entry));
    Entry self = byPid.get(ProcessHandle.current().pid());
    List<ProcessHandle> alive = new ArrayList<>();
    for (long pid : members) {
      Entry entry = byPid.get(pid);
      boolean gone = entry == null || (pid == root.pid() && !root.isAlive());
      Optional<ProcessHandle> handle = gone ? Optional.empty() : ProcessHandle.of(pid);
      handle
          .filter(ProcessHandle::isAlive)
          .ifPresent(process -> {
            alive.add(process);
            if (self != null && entry != null && entry.group != self.group && entry.group > 1) {
              groups.add(entry.group);
            }
          });
    }
    return alive;
  }

  private static List<Entry> table() {
    List<Entry> table = new ArrayList<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path process : processes) {
        Entry entry = entry(process);
        if (entry != null) {
          table.add(entry);
        }
      }
    } catch (IOException e) {
      return table; // what was seen so far
    }
    return table;
  }

  /** Null for one that is gone, or dead and waits for its parent to notice. */
  private static @Nullable Entry entry(Path process) {
    try {
      String stat =
          new String(Files.readAllBytes(process.resolve("stat")), StandardCharsets.ISO_8859_1);
      // The name in brackets may hold brackets and blanks itself.
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", 5);
      return fields[0].equals("Z") || fields[0].equals("X")
          ? null
          : new Entry(
              Long.parseLong(process.getFileName().toString()),
              Long.parseLong(fields[1]),
              Long.parseLong(fields[2]),
              Long.parseLong(fields[3]));
    } catch (IOException | RuntimeException e) {
      return null;
    }
  }

  private boolean isMarked(long pid) {
    Path process = PROC.resolve(Long.toString(pid));
    try {
      if (limited) {
        return lockLimit(Files.readAllBytes(process.resolve("limits")));
      }
      return contains(Files.readAllBytes(process.resolve("environ")));
    } catch (IOException e) {
      return false; // another user's, or gone meanwhile
    }
  }

  private boolean lockLimit(byte[] limits) {
    String text = new String(limits, StandardCharsets.ISO_8859_1);
    int line = text.indexOf("Max file locks");
    int end = text.indexOf('\n', line);
    return line >= 0 && text.substring(line, Math.max(line, end)).contains(" " + limit + " ");
  }

  private boolean contains(byte[] environment) {
    outer:
    for (int at = 0; at + mark.length <= environment.length; at++) {
      for (int i = 0; i < mark.length; i++) {
        if (environment[at + i] != mark[i]) {
          continue outer;
        }
      }
      return true;
    }
    return false;
  }
}
