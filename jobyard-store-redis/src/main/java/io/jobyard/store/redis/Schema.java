package io.jobyard.store.redis;

import io.jobyard.JobyardException;
import io.jobyard.store.Environment;
import io.jobyard.store.Script;
import io.jobyard.store.StoreOptions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The layout of the keys: its version, the oldest Jobyard that may use it, and whose environment
 * this is. There is one layout so far, so a migration only writes that down.
 */
final class Schema {
  static final int VERSION = 1;

  private final Link link;
  private final byte[] key;

  Schema(Link link) {
    this.link = link;
    this.key = Call.bytes(link.url().root() + "schema");
  }

  /** Refuses a store that is another's; writes the layout down in an empty one. */
  void open(StoreOptions options) {
    String oldest = get("oldest");
    if (oldest == null) {
      if (!options.migrate()) {
        throw new JobyardException(
            link.url()
                + " has no Jobyard in it yet; run 'jobyard migrate', or allow migrate: auto");
      }
      create();
    } else if (Integer.parseInt(oldest) > VERSION) {
      throw new JobyardException(
          "%s is laid out for newer versions of Jobyard (%s, at least %s; this one knows %d); update"
              .formatted(link.url(), get("version"), oldest, VERSION));
    }
    checkEnv(options);
  }

  private void create() {
    set("version", Integer.toString(VERSION));
    set("oldest", Integer.toString(VERSION));
  }

  private void checkEnv(StoreOptions options) {
    String own = options.env();
    if (own == null) {
      return;
    }
    if (options.claims()) {
      set("env", own);
    }
    String theirs = env();
    if (theirs != null) {
      Environment.require(own, theirs, link.url().toString());
    }
  }

  @Nullable String env() {
    return get("env");
  }

  int version() {
    String version = get("version");
    return version == null ? VERSION : Integer.parseInt(version);
  }

  /** What a migration does, or did. */
  List<Script> migrate(StoreOptions options, boolean dryRun) {
    checkEnv(dryRun ? options.looking() : options);
    if (get("version") != null) {
      return List.of();
    }
    if (!dryRun) {
      create();
    }
    String name = new String(key, java.nio.charset.StandardCharsets.UTF_8);
    return List.of(
        new Script(
            "0001-keys",
            "HSETNX %s version %d%nHSETNX %s oldest %d%n".formatted(name, VERSION, name, VERSION)));
  }

  /** The first word counts, whoever says it. */
  private void set(String field, String value) {
    Boolean unused = link.plain(redis -> redis.hsetnx(key, Call.bytes(field), Call.bytes(value)));
  }

  private @Nullable String get(String field) {
    byte[] value = link.plain(redis -> redis.hget(key, Call.bytes(field)));
    return value == null ? null : new String(value, java.nio.charset.StandardCharsets.UTF_8);
  }
}
