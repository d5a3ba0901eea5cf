package io.jobyard.faktory;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a client says of itself.
 *
 * @param wid empty for one that is no worker, or does not beat
 * @param version of the protocol
 */
record Hello(String wid, String hostname, long pid, int version, String passwordHash) {
  private static final String BEGIN = "HELLO ";
  private static final int LONGEST_NAME = 255;
  private static final JsonMapper JSON = new JsonMapper();

  /**
   * @throws Refused if the line is no HELLO
   */
  static Hello read(byte[] line) throws Refused {
    String text = new String(line, StandardCharsets.UTF_8);
    if (!text.startsWith(BEGIN)) {
      throw Refused.malformed("expected HELLO and a JSON object first; is this a Faktory client?");
    }
    JsonNode json;
    try {
      json = JSON.readTree(text.substring(BEGIN.length()));
    } catch (JacksonException e) {
      throw Refused.malformed("HELLO is followed by something that is not JSON");
    }
    if (!json.isObject()) {
      throw Refused.malformed("HELLO must be followed by a JSON object");
    }
    return new Hello(
        text(json, "wid"),
        text(json, "hostname"),
        json.path("pid").asLong(0),
        json.path("v").asInt(1),
        text(json, "pwdhash"));
  }

  private static String text(JsonNode json, String field) throws Refused {
    String text = json.path(field).asString("");
    if (text.length() > LONGEST_NAME) {
      throw new Refused(field + " has " + text.length() + " characters, the limit is 255");
    }
    return text;
  }

  /** What the server says first: the client must hash the password with it. */
  record Challenge(String salt, int iterations) {
    private static final int LEAST = 4_000;
    private static final int MORE = 4_096;

    static Challenge draw(byte[] random) {
      return new Challenge(
          HexFormat.of().formatHex(random), LEAST + ThreadLocalRandom.current().nextInt(MORE));
    }

    /** Whether the client knows the password. */
    boolean metBy(Hello hello, String password) {
      // The protocol's first version hashed once.
      byte[] expected = hash(password, hello.version < 2 ? 1 : iterations);
      return MessageDigest.isEqual(
          HexFormat.of().formatHex(expected).getBytes(StandardCharsets.US_ASCII),
          hello.passwordHash.getBytes(StandardCharsets.UTF_8));
    }

    private byte[] hash(String password, int times) {
      try {
        MessageDigest sha = MessageDigest.getInstance("SHA-256");
        byte[] hash = (password + salt).getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < times; i++) {
          hash = sha.digest(hash);
        }
        return hash;
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every Java has SHA-256", e);
      }
    }
  }
}
