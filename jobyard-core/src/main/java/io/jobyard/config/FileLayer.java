package io.jobyard.config;

import io.jobyard.config.Value.Entries;
import io.jobyard.config.Value.Entry;
import io.jobyard.config.Value.Scalar;
import io.jobyard.config.Value.Shape;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Reads jobyard.yaml into a draft. For one thread. */
final class FileLayer {
  private static final long LARGEST = 1 << 20;

  private final Draft draft;
  private final Problems problems;

  FileLayer(Draft draft, Problems problems) {
    this.draft = draft;
    this.problems = problems;
  }

  /** Reads the file; whatever is wrong with it becomes a problem. */
  void read(Path file) {
    try {
      if (Files.size(file) > LARGEST) {
        problems.add(file.toString(), "is larger than 1 MiB; is it the right file?");
        return;
      }
      read(file.toString(), Files.readString(file));
    } catch (CharacterCodingException e) {
      problems.add(file.toString(), "is not text in UTF-8");
    } catch (IOException e) {
      problems.add(file.toString(), "cannot be read: " + e);
    }
  }

  void read(String name, String text) {
    Value root = YamlTree.read(name, text, problems);
    if (root != null) {
      entries("", root, List.of("log", "http", "faktory", "queues"), Keys.TOP, this::top);
    }
  }

  private void top(Entry entry) {
    switch (entry.key()) {
      case "log" -> section("log.", Keys.LOG, draft.log, entry);
      case "http" -> section("http.", Keys.HTTP, draft.http, entry);
      case "faktory" -> section("faktory.", Keys.FAKTORY, draft.faktory(), entry);
      case "queues" -> entries("queues.", entry.value(), List.of(), List.of(), this::queue);
      default -> set("", Keys.TOP, draft.top, entry);
    }
  }

  private void queue(Entry entry) {
    String name = entry.key();
    try {
      Keys.NAME.check(name);
    } catch (IllegalArgumentException e) {
      problems.add(entry.place(), "queues: a queue's name " + e.getMessage());
      return;
    }
    String path = "queues." + name + ".";
    Settings settings = draft.queue(name);
    entries(
        path,
        entry.value(),
        List.of("deliver"),
        QueueKeys.QUEUE,
        e -> {
          if (e.key().equals("deliver")) {
            section(path + "deliver.", QueueKeys.DELIVER, draft.delivery(name), e);
          } else {
            set(path, QueueKeys.QUEUE, settings, e);
          }
        });
  }

  private void section(String path, List<Key<?>> keys, Settings settings, Entry entry) {
    entries(path, entry.value(), List.of(), keys, e -> set(path, keys, settings, e));
  }

  private void set(String path, List<Key<?>> keys, Settings settings, Entry entry) {
    for (Key<?> key : keys) {
      if (key.name().equals(entry.key())) {
        settings.read(key, path, entry.value(), problems);
      }
    }
  }

  /** Goes through a map. With neither sections nor keys given, any key is one of the user's own. */
  private void entries(
      String path, Value value, List<String> sections, List<Key<?>> keys, Consumer<Entry> each) {
    if (value instanceof Scalar scalar && scalar.shape() == Shape.NOTHING) {
      return; // "mail:" alone is a queue with nothing but defaults
    }
    if (!(value instanceof Entries map)) {
      String what = path.isEmpty() ? "the file" : path.substring(0, path.length() - 1);
      problems.add(value.place(), what + " must be a map of keys, got " + value.shown());
      return;
    }
    List<String> known = new ArrayList<>(sections);
    keys.forEach(key -> known.add(key.name()));
    Map<String, String> seen = new HashMap<>();
    for (Entry entry : map.entries()) {
      String before = seen.putIfAbsent(entry.key(), entry.place());
      if (before != null) {
        problems.add(
            entry.place(), path + entry.key() + " stands here a second time, after " + before);
      } else if (!known.isEmpty() && !known.contains(entry.key())) {
        problems.add(
            entry.place(), path + entry.key() + " is not a key" + Nearest.hint(entry.key(), known));
      } else {
        each.accept(entry);
      }
    }
  }
}
