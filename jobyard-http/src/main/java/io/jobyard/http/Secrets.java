package io.jobyard.http;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/** Tokens and passwords: makes them, and compares them in constant time. */
public final class Secrets {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int ITERATIONS = 310_000;
  private static final int TOKEN_BYTES = 32;
  private static final int SALT_BYTES = 16;
  private static final int HASH_BITS = 256;

  private Secrets() {}

  /** A new token that nobody can guess, of letters, digits, - and _. */
  public static String token() {
    byte[] bytes = new byte[TOKEN_BYTES];
    RANDOM.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** How a configuration may keep a token without knowing it. */
  public static String hashed(String token) {
    return "sha256:" + HexFormat.of().formatHex(sha256(token));
  }

  /** How a configuration keeps a password. */
  public static String passwordHash(char[] password) {
    byte[] salt = new byte[SALT_BYTES];
    RANDOM.nextBytes(salt);
    Base64.Encoder text = Base64.getEncoder();
    return "pbkdf2-sha256:%d:%s:%s"
        .formatted(
            ITERATIONS,
            text.encodeToString(salt),
            text.encodeToString(derive(password, salt, ITERATIONS)));
  }

  /** Whether a password is the one this hash was made of. Takes a tenth of a second on purpose. */
  static boolean matches(String hash, char[] password) {
    String[] parts = hash.split(":", -1);
    byte[] salt = Base64.getDecoder().decode(parts[2]);
    byte[] expected = Base64.getDecoder().decode(parts[3]);
    return MessageDigest.isEqual(
        expected, derive(password, salt, Math.max(1, Integer.parseInt(parts[1]))));
  }

  /** The digest of a configured token, in whatever way it is kept. */
  static byte[] digest(String secret) {
    return secret.startsWith("sha256:")
        ? HexFormat.of().parseHex(secret.substring("sha256:".length()))
        : sha256(secret);
  }

  static byte[] sha256(String text) {
    return sha256(text.getBytes(StandardCharsets.UTF_8));
  }

  static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }

  private static byte[] derive(char[] password, byte[] salt, int iterations) {
    try {
      return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
          .generateSecret(new PBEKeySpec(password, salt, iterations, HASH_BITS))
          .getEncoded();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no PBKDF2WithHmacSHA256", e);
    }
  }
}
