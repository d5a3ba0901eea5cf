package io.jobyard.store.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The scripts, each one step; see the file of that name for what it takes and answers. */
enum LuaScript {
  PUSH(true, true),
  ADOPT(true, true),
  OUTBOX(true, true),
  UNDELIVERED(true, true),
  HOLDS(true, true),
  LEASE(true, false),
  SETTLE(true, false),
  VIEWS(true, true),
  SELECT(true, true),
  CHANGE(true, false),
  PURGE(true, false),
  LEASED(true, true),
  STATUS(true, true),
  JOIN(false, false),
  BEAT(false, true),
  END(false, true),
  SESSIONS(false, true),
  QUEUES(false, true),
  RESERVE(false, true),
  RELEASE(false, true),
  SAMPLES(false, true);

  private final String text;
  private final String digest;
  private final boolean repeatable;

  LuaScript(boolean ofLines, boolean repeatable) {
    this.text = (ofLines ? read("common") : "") + read(name().toLowerCase(java.util.Locale.ROOT));
    this.digest = sha1(text);
    this.repeatable = repeatable;
  }

  String text() {
    return text;
  }

  /** What the server knows it by. */
  String digest() {
    return digest;
  }

  /** Whether it may be asked again when its answer was lost. */
  boolean repeatable() {
    return repeatable;
  }

  private static String read(String name) {
    String file = "lua/" + name + ".lua";
    try (InputStream in = LuaScript.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException(file + " is missing in the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String sha1(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
