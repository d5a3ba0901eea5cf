package io.jobyard.config;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The secret that producers and workers share so that workers run code which came with a job: it is
 * signed by HMAC-SHA256 (RFC 2104). Immutable.
 *
 * @param secret at least 16 characters
 */
public record ShippingKey(String secret) {
  private static final String ALGORITHM = "HmacSHA256";

  /** The signature, in base 64. */
  public String sign(byte[] content) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM));
      return Base64.getEncoder().encodeToString(mac.doFinal(content));
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("every Java has " + ALGORITHM, e);
    }
  }

  /** Not the secret: this stands in logs. */
  @Override
  public String toString() {
    return "ShippingKey[secret=***]";
  }
}
