package io.jobyard.codec;

import io.jobyard.config.ShippingKey;
import io.jobyard.store.Payload;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.NullNode;

/**
 * A payload that brings its code: the job's arguments, its classes, and a signature over both and
 * the kind. What is signed are the arguments as a JSON tree writes them, so that a store may format
 * them anew.
 *
 * @param args the job's own payload
 * @param call the method that is a lambda's body; null for a job class
 * @param classes class files by class name
 * @param signature by {@link ShippingKey}
 */
record Shipment(JsonNode args, @Nullable Body call, Map<String, byte[]> classes, String signature) {
  static final String CODEC = "shipped";

  private static final int VERSION = 1;
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  /**
   * A method.
   *
   * @param descriptor as in class files
   */
  record Body(String owner, String name, String descriptor) {}

  /** Whoever wrote it may have left things out: nothing is signed then, and nothing is missing. */
  Shipment {
    args = Objects.requireNonNullElse(args, NullNode.getInstance());
    classes =
        classes == null || classes.containsValue(null) ? new TreeMap<>() : new TreeMap<>(classes);
    signature = Objects.requireNonNullElse(signature, "");
  }

  /** A signed one. */
  static Shipment of(
      String kind, byte[] args, @Nullable Body call, Map<String, byte[]> classes, ShippingKey key) {
    JsonNode tree = MAPPER.readTree(args);
    var unsigned = new Shipment(tree, call, classes, "");
    return new Shipment(tree, call, unsigned.classes, key.sign(unsigned.content(kind)));
  }

  static boolean isIn(Payload payload) {
    return payload.codec().equals(CODEC);
  }

  /**
   * @throws PayloadMismatch if it is none
   */
  static Shipment read(String kind, Payload payload) {
    if (payload.version() != VERSION) {
      throw new PayloadMismatch(
          "payload of %s is written as %s %d, this version of Jobyard reads %s %d"
              .formatted(kind, CODEC, payload.version(), CODEC, VERSION),
          null);
    }
    try {
      return MAPPER.readValue(payload.bytes(), Shipment.class);
    } catch (JacksonException e) {
      throw Payloads.mismatch(kind, e);
    }
  }

  Payload payload() {
    return new Payload(MAPPER.writeValueAsBytes(this), CODEC, VERSION);
  }

  /** The arguments alone, as they were pushed. */
  Payload inner() {
    return Payload.json(MAPPER.writeValueAsBytes(args));
  }

  boolean signedBy(ShippingKey key, String kind) {
    byte[] right = key.sign(content(kind)).getBytes(StandardCharsets.UTF_8);
    return MessageDigest.isEqual(right, signature.getBytes(StandardCharsets.UTF_8));
  }

  /** Everything but the signature, each part with its length, so that none can pass for another. */
  private byte[] content(String kind) {
    var bytes = new ByteArrayOutputStream();
    try (var out = new DataOutputStream(bytes)) {
      out.writeUTF("jobyard shipment " + VERSION);
      out.writeUTF(kind);
      part(out, MAPPER.writeValueAsBytes(args));
      part(out, MAPPER.writeValueAsBytes(call));
      for (var file : new TreeMap<>(classes).entrySet()) {
        out.writeUTF(file.getKey());
        part(out, file.getValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
    return bytes.toByteArray();
  }

  private static void part(DataOutputStream out, byte[] part) throws IOException {
    out.writeInt(part.length);
    out.write(part);
  }
}
