package io.jobyard.config;

import io.jobyard.Backoff;
import io.jobyard.config.Value.Entries;
import io.jobyard.config.Value.Entry;
import io.jobyard.config.Value.Items;
import io.jobyard.config.Value.Scalar;
import io.jobyard.config.Value.Shape;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a key's value may be: how it is read, checked and described. Both methods throw {@link
 * IllegalArgumentException} with the rest of a sentence that begins with the key: "must be at least
 * 1ms, got 0s".
 *
 * @param <T> what it becomes
 */
sealed interface Type<T> {
  /** Reads and checks what somebody wrote. */
  T read(Value value);

  /** Checks a value that code brought. */
  void check(T value);

  /** What is allowed, for the reference. */
  String allowed();

  /** A whole number. */
  record Whole(int least, int most) implements Type<Integer> {
    @Override
    public Integer read(Value value) {
      String text = text(value, allowed(), Shape.NUMBER);
      int number;
      try {
        number = Integer.parseInt(text);
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException("must be " + allowed() + ", got " + value.shown(), e);
      }
      check(number);
      return number;
    }

    @Override
    public void check(Integer number) {
      require(number >= least, "must be at least " + least, number);
      require(number <= most, "must be at most " + most, number);
    }

    @Override
    public String allowed() {
      return "a whole number from " + least + " to " + most;
    }
  }

  /** A number of processes, or from how many to how many. */
  record Crowd(int most) implements Type<Processes> {
    @Override
    public Processes read(Value value) {
      Processes processes;
      if (value instanceof Entries(List<Entry> entries, String place)) {
        Map<String, Integer> ends = new HashMap<>();
        for (Entry entry : entries) {
          boolean fits = entry.key().equals("min") || entry.key().equals("max");
          require(fits && !ends.containsKey(entry.key()), "must be " + allowed(), entry.key());
          ends.put(entry.key(), new Whole(0, most).read(entry.value()));
        }
        Integer least = ends.get("min");
        Integer highest = ends.get("max");
        if (least == null || highest == null) {
          throw new IllegalArgumentException(
              "must be " + allowed() + ", got no " + (least == null ? "min" : "max"));
        }
        processes = new Processes(least, highest);
      } else {
        processes = Processes.fixed(new Whole(1, most).read(value));
      }
      check(processes);
      return processes;
    }

    @Override
    public void check(Processes processes) {
      require(processes.most() >= 1, "must be at least 1", processes);
      require(processes.most() <= most, "must be at most " + most, processes);
      require(processes.least() >= 0, "must have a min of at least 0", processes);
      require(processes.least() <= processes.most(), "must have min <= max", processes);
    }

    @Override
    public String allowed() {
      return "a whole number from 1 to " + most + ", or {min: 0, max: 10}";
    }
  }

  /** A span of time. */
  record Span(Duration least) implements Type<Duration> {
    @Override
    public Duration read(Value value) {
      Duration span = span(value);
      require(span.compareTo(least) >= 0, "must be at least " + Durations.format(least), value);
      return span;
    }

    @Override
    public void check(Duration span) {
      String got = Durations.format(span);
      require(span.compareTo(least) >= 0, "must be at least " + Durations.format(least), got);
      String most = Durations.format(Durations.LONGEST);
      require(span.compareTo(Durations.LONGEST) <= 0, "must be at most " + most, got);
    }

    @Override
    public String allowed() {
      return "a duration" + (least.isZero() ? "" : ", at least " + Durations.format(least));
    }
  }

  /** An amount of memory, in bytes. */
  record Size(long least) implements Type<Long> {
    @Override
    public Long read(Value value) {
      long bytes = Sizes.parse(text(value, "a size such as 64m or 1g", Shape.TEXT));
      check(bytes);
      return bytes;
    }

    @Override
    public void check(Long bytes) {
      require(bytes >= least, "must be at least " + Sizes.format(least), Sizes.format(bytes));
    }

    @Override
    public String allowed() {
      return "a size, at least " + Sizes.format(least);
    }
  }

  /** Yes or no. */
  record Flag() implements Type<Boolean> {
    @Override
    public Boolean read(Value value) {
      String text = text(value, allowed(), Shape.FLAG);
      require(text.equals("true") || text.equals("false"), "must be " + allowed(), value);
      return text.equals("true");
    }

    @Override
    public void check(Boolean value) {}

    @Override
    public String allowed() {
      return "true or false";
    }
  }

  /** One of a few words. */
  record Word(List<String> words) implements Type<String> {
    @Override
    public String read(Value value) {
      String word = text(value, allowed(), Shape.TEXT);
      check(word);
      return word;
    }

    @Override
    public void check(String word) {
      if (!words.contains(word)) {
        String near = Nearest.to(word, words).map(w -> "; did you mean " + w + "?").orElse("");
        throw new IllegalArgumentException("must be " + allowed() + ", got '" + word + "'" + near);
      }
    }

    @Override
    public String allowed() {
      return String.join(" or ", words);
    }
  }

  /** Text of a certain form. */
  record Text(String form, String pattern) implements Type<String> {
    @Override
    public String read(Value value) {
      String text = text(value, form, Shape.TEXT);
      check(text);
      return text;
    }

    @Override
    public void check(String text) {
      require(Pattern.matches(pattern, text), "must be " + form, "'" + text + "'");
    }

    @Override
    public String allowed() {
      return form;
    }
  }

  /** Text that no message shows. */
  record Secret(int least) implements Type<String> {
    @Override
    public String read(Value value) {
      if (value instanceof Scalar scalar && scalar.shape() != Shape.NOTHING) {
        check(scalar.text());
        return scalar.text();
      }
      throw new IllegalArgumentException("must be " + allowed());
    }

    @Override
    public void check(String secret) {
      require(secret.length() >= least, "must be " + allowed(), secret.length() + " characters");
    }

    @Override
    public String allowed() {
      return "a text of at least " + least + (least == 1 ? " character" : " characters");
    }
  }

  /** One text or a list of them; in the environment separated by colons. */
  record Texts(String form) implements Type<List<String>> {
    @Override
    public List<String> read(Value value) {
      List<String> texts = new ArrayList<>();
      if (value instanceof Items(List<Value> values, String place)) {
        for (Value item : values) {
          texts.add(text(item, form, Shape.TEXT));
        }
      } else {
        String text = text(value, form, Shape.TEXT);
        boolean many = value instanceof Scalar scalar && scalar.shape() == Shape.UNTYPED;
        texts.addAll(many ? List.of(text.split(":", -1)) : List.of(text));
      }
      check(texts);
      return List.copyOf(texts);
    }

    @Override
    public void check(List<String> texts) {
      require(texts.stream().noneMatch(String::isBlank), "must be " + form, "an empty one");
    }

    @Override
    public String allowed() {
      return form;
    }
  }

  /** Programs that Shell jobs may run. */
  record Programs() implements Type<List<Commands.Allowed>> {
    @Override
    public List<Commands.Allowed> read(Value value) {
      List<Value> values =
          value instanceof Items(List<Value> items, String place) ? items : List.of(value);
      return values.stream().map(this::program).toList();
    }

    private Commands.Allowed program(Value value) {
      if (!(value instanceof Entries)) {
        return new Commands.Allowed(text(value, allowed(), Shape.TEXT), null);
      }
      Map<String, String> parts = parts(value, Set.of("path", "args"), allowed());
      String path = parts.get("path");
      if (path == null) {
        throw new IllegalArgumentException("must be " + allowed() + ", got no path");
      }
      return new Commands.Allowed(path, parts.get("args"));
    }

    @Override
    public void check(List<Commands.Allowed> programs) {}

    @Override
    public String allowed() {
      return "a list of absolute paths or globs, or of {path: GLOB, args: REGEX}";
    }
  }

  /** Tables that the processes of a node share. */
  record Tables() implements Type<List<TableConfig>> {
    private static final Whole ROWS = new Whole(1, TableConfig.MOST_ROWS);

    @Override
    public List<TableConfig> read(Value value) {
      return entries(value).stream().map(entry -> table(entry.key(), entry.value())).toList();
    }

    private TableConfig table(String name, Value value) {
      Integer rows = null;
      List<TableConfig.Column> columns = new ArrayList<>();
      for (Entry part : entries(value)) {
        switch (part.key()) {
          case "rows" -> rows = ROWS.read(part.value());
          case "columns" -> {
            for (Entry column : entries(part.value())) {
              String type = text(column.value(), "int, float or string(BYTES)", Shape.TEXT);
              columns.add(TableConfig.Column.parse(column.key(), type));
            }
          }
          default -> require(false, "must be " + allowed(), part.key() + " in " + name);
        }
      }
      if (rows == null) {
        throw new IllegalArgumentException(
            "must be " + allowed() + ", got no rows for table " + name);
      }
      return new TableConfig(name, rows, columns);
    }

    private List<Entry> entries(Value value) {
      if (value instanceof Entries(List<Entry> entries, String place)) {
        long names = entries.stream().map(Entry::key).distinct().count();
        require(names == entries.size(), "must have each name once", "one twice");
        return entries;
      }
      throw new IllegalArgumentException("must be " + allowed() + ", got " + value.shown());
    }

    @Override
    public void check(List<TableConfig> tables) {}

    @Override
    public String allowed() {
      return "a map such as {visits: {rows: 1024, columns: {count: int, rate: float, page:"
          + " string(64)}}}";
    }
  }

  /** The key of code that travels with jobs; empty where it is not enabled. */
  record Shipped() implements Type<Optional<ShippingKey>> {
    private static final Flag ENABLED = new Flag();
    private static final Text KEY = new Text("a key of at least 16 characters", "(?s).{16,}");

    @Override
    public Optional<ShippingKey> read(Value value) {
      if (value instanceof Scalar scalar && scalar.shape() == Shape.UNTYPED) {
        return Optional.of(new ShippingKey(secret(scalar)));
      }
      if (!(value instanceof Entries(List<Entry> entries, String place))) {
        throw new IllegalArgumentException("must be " + allowed());
      }
      boolean enabled = false;
      String key = null;
      for (Entry entry : entries) {
        switch (entry.key()) {
          case "enabled" -> enabled = ENABLED.read(entry.value());
          case "key" -> key = secret(entry.value());
          default -> require(false, "must be " + allowed(), entry.key());
        }
      }
      if (enabled && key == null) {
        throw new IllegalArgumentException("must be " + allowed() + ", got no key");
      }
      return enabled ? Optional.ofNullable(key).map(ShippingKey::new) : Optional.empty();
    }

    /** Errors must not repeat it. */
    private static String secret(Value value) {
      try {
        return KEY.read(value);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("must have " + KEY.form());
      }
    }

    @Override
    public void check(Optional<ShippingKey> key) {}

    @Override
    public String allowed() {
      return "{enabled: true, key: SECRET}";
    }
  }

  /** Who may ask over HTTP. */
  record Logins() implements Type<List<Login>> {
    private static final Set<String> PARTS = Set.of("role", "token", "user", "password");

    @Override
    public List<Login> read(Value value) {
      List<Login> logins =
          switch (value) {
            case Items(List<Value> items, String place) -> items.stream().map(this::login).toList();
            case Scalar scalar when scalar.shape() == Shape.UNTYPED ->
                Stream.of(scalar.text().split(",", -1)).map(this::token).toList();
            case Scalar scalar -> throw unfit(scalar.shown());
            case Entries one -> List.of(login(one));
          };
      check(logins);
      return logins;
    }

    private Login login(Value value) {
      Map<String, String> parts = parts(value, PARTS, allowed());
      String token = parts.get("token");
      String user = parts.get("user");
      String password = parts.get("password");
      Role role = Role.of(parts.get("role"));
      if (token != null && user == null && password == null) {
        return new Login.Token(role, token);
      }
      if (token == null && user != null && password != null) {
        return new Login.User(user, role, password);
      }
      throw unfit("one with " + new TreeSet<>(parts.keySet()));
    }

    private Login token(String text) {
      int sign = text.indexOf('=');
      if (sign < 0) {
        throw unfit("one without ="); // not quoted: it may be a secret
      }
      return new Login.Token(
          Role.of(text.substring(0, sign).strip()), text.substring(sign + 1).strip());
    }

    private IllegalArgumentException unfit(String got) {
      return new IllegalArgumentException("must be " + allowed() + ", got " + got);
    }

    @Override
    public void check(List<Login> logins) {
      Set<String> names = new HashSet<>();
      for (Login login : logins) {
        if (login instanceof Login.User user) {
          require(names.add(user.name()), "must name each user once", user.name());
        }
      }
    }

    @Override
    public String allowed() {
      return "a list of {role: ROLE, token: TOKEN} and {role: ROLE, user: NAME, password: HASH}";
    }
  }

  /** A certificate and its key. */
  record Certificate() implements Type<Tls> {
    private static final Set<String> PARTS = Set.of("certificate", "key", "keystore", "password");

    @Override
    public Tls read(Value value) {
      if (value instanceof Scalar scalar && scalar.shape() == Shape.UNTYPED) {
        String[] files = scalar.text().split(":", -1);
        require(files.length == 2, "must be CERTIFICATE:KEY in the environment", scalar);
        return new Tls.Pem(Path.of(files[0]), Path.of(files[1]));
      }
      Map<String, String> parts = parts(value, PARTS, allowed());
      String certificate = parts.get("certificate");
      String key = parts.get("key");
      String keystore = parts.get("keystore");
      if (certificate != null && key != null && keystore == null) {
        return new Tls.Pem(Path.of(certificate), Path.of(key));
      }
      if (certificate == null && key == null && keystore != null) {
        return new Tls.Pkcs12(Path.of(keystore), parts.getOrDefault("password", ""));
      }
      throw new IllegalArgumentException(
          "must be " + allowed() + ", got one with " + new TreeSet<>(parts.keySet()));
    }

    @Override
    public void check(Tls tls) {}

    @Override
    public String allowed() {
      return "{certificate: PEM, key: PEM} or {keystore: PKCS12, password: PASSWORD}";
    }
  }

  /** A map of texts, each of these names at most once. */
  private static Map<String, String> parts(Value value, Set<String> names, String allowed) {
    if (!(value instanceof Entries(List<Entry> entries, String place))) {
      throw new IllegalArgumentException("must be " + allowed + ", got " + value.shown());
    }
    Map<String, String> parts = new HashMap<>();
    for (Entry entry : entries) {
      boolean fits = names.contains(entry.key()) && !parts.containsKey(entry.key());
      require(fits, "must be " + allowed, entry.key());
      parts.put(entry.key(), text(entry.value(), allowed, Shape.TEXT));
    }
    return parts;
  }

  /** Waits between attempts. */
  record Waits() implements Type<Backoff> {
    @Override
    public Backoff read(Value value) {
      return switch (value) {
        case Scalar scalar -> Backoff.fixed(span(scalar));
        case Items(List<Value> values, String place) -> {
          require(!values.isEmpty(), "must be " + allowed(), "an empty list");
          yield Backoff.steps(values.stream().map(item -> span(item)).toArray(Duration[]::new));
        }
        case Entries(List<Entry> entries, String place) -> doubling(entries);
      };
    }

    private Backoff doubling(List<Entry> entries) {
      Map<String, Duration> ends = new HashMap<>();
      for (Entry entry : entries) {
        boolean fits = entry.key().equals("from") || entry.key().equals("to");
        require(fits && !ends.containsKey(entry.key()), "must be " + allowed(), entry.key());
        ends.put(entry.key(), span(entry.value()));
      }
      Duration from = ends.get("from");
      Duration to = ends.get("to");
      if (from == null || to == null) {
        throw new IllegalArgumentException(
            "must be " + allowed() + ", got no " + (from == null ? "from" : "to"));
      }
      require(
          !from.isZero() && from.compareTo(to) <= 0,
          "must have 0 < from <= to",
          "from " + Durations.format(from) + " to " + Durations.format(to));
      return Backoff.doubling(from, to);
    }

    @Override
    public void check(Backoff backoff) {}

    @Override
    public String allowed() {
      return "3s, or [1s, 5s, 30s], or {from: 3s, to: 10m}";
    }
  }

  private static Duration span(Value value) {
    // A bare 0 needs no unit; every other number does.
    if (value instanceof Scalar scalar && scalar.text().equals("0")) {
      return Duration.ZERO;
    }
    String form = "a duration with its unit, such as 500ms, 3s, 2m or 1h30m";
    String text = text(value, form, Shape.TEXT);
    try {
      return Durations.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("must be " + form + ", got '" + text + "'", e);
    }
  }

  /** The text of a value that must be of this shape. */
  private static String text(Value value, String allowed, Shape shape) {
    if (value instanceof Scalar scalar) {
      if (scalar.shape() == Shape.NOTHING) {
        throw new IllegalArgumentException("has no value; give it one or remove the line");
      }
      if (scalar.shape() == shape || scalar.shape() == Shape.UNTYPED) {
        return scalar.text();
      }
      boolean quotable = shape == Shape.TEXT && scalar.shape() == Shape.NUMBER;
      if (quotable && !allowed.startsWith("a duration") && !allowed.startsWith("a size")) {
        throw new IllegalArgumentException(
            "must be " + allowed + ", got " + value.shown() + "; put it in quotes");
      }
    }
    throw new IllegalArgumentException("must be " + allowed + ", got " + value.shown());
  }

  private static void require(boolean fits, String rule, Object got) {
    if (!fits) {
      String shown =
          switch (got) {
            case Scalar scalar -> scalar.text();
            case Value other -> other.shown();
            default -> got.toString();
          };
      throw new IllegalArgumentException(rule + ", got " + shown);
    }
  }
}
