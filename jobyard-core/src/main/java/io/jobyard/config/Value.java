package io.jobyard.config;

import java.util.List;

/** A value as somebody wrote it, and where. */
sealed interface Value {
  /** {@code jobyard.yaml:12}, or the environment variable's name. */
  String place();

  /** How an error message names it. */
  String shown();

  /** A single value. */
  record Scalar(String text, Shape shape, String place) implements Value {
    @Override
    public String shown() {
      return switch (shape) {
        case TEXT, UNTYPED -> "'" + text + "'";
        case NUMBER -> "the number " + text;
        case FLAG -> text;
        case NOTHING -> "nothing";
      };
    }
  }

  /** What YAML takes a single value for. */
  enum Shape {
    TEXT,
    NUMBER,
    FLAG,
    NOTHING,
    /** From the environment, where everything is text: any type may read it. */
    UNTYPED
  }

  /** A list. */
  record Items(List<Value> values, String place) implements Value {
    public Items {
      values = List.copyOf(values);
    }

    @Override
    public String shown() {
      return "a list";
    }
  }

  /** A map; a key may stand in it twice, which is for the reader to refuse. */
  record Entries(List<Entry> entries, String place) implements Value {
    public Entries {
      entries = List.copyOf(entries);
    }

    @Override
    public String shown() {
      return "a map";
    }
  }

  /** One line of a map. */
  record Entry(String key, String place, Value value) {}
}
