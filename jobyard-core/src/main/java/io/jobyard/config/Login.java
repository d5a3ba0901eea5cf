package io.jobyard.config;

import java.util.regex.Pattern;

/** Somebody who may ask over HTTP. None of them says its secret in {@code toString}. */
public sealed interface Login {
  Role role();

  /**
   * Whoever shows this token.
   *
   * @param secret the token itself, or {@code sha256:} and its hash in hexadecimal
   */
  record Token(Role role, String secret) implements Login {
    private static final Pattern HASHED = Pattern.compile("sha256:[0-9a-f]{64}");
    private static final int SHORTEST = 20;

    /**
     * @throws IllegalArgumentException with the rest of a sentence that began with the key
     */
    public Token {
      if (secret.startsWith("sha256:") && !HASHED.matcher(secret).matches()) {
        throw new IllegalArgumentException(
            "has a token whose sha256 is not 64 hexadecimal digits; make one with"
                + " 'jobyard auth token'");
      }
      if (secret.length() < SHORTEST || !secret.matches("[\\x21-\\x7e]+")) {
        throw new IllegalArgumentException(
            "has a token that can be guessed or is not plain text: it needs at least "
                + SHORTEST
                + " characters without spaces; make one with 'jobyard auth token'");
      }
    }

    @Override
    public String toString() {
      return "token for " + role.word();
    }
  }

  /**
   * A person with a password.
   *
   * @param password its hash, as {@code jobyard auth password} prints it
   */
  record User(String name, Role role, String password) implements Login {
    private static final Pattern HASH =
        Pattern.compile("pbkdf2-sha256:[0-9]{1,8}:[A-Za-z0-9+/=]{16,200}:[A-Za-z0-9+/=]{16,200}");

    /**
     * @throws IllegalArgumentException with the rest of a sentence that began with the key
     */
    public User {
      if (!name.matches("[^:\\p{Cntrl}]{1,100}")) {
        throw new IllegalArgumentException(
            "must name its users with 1 to 100 characters without a colon, got '" + name + "'");
      }
      if (!HASH.matcher(password).matches()) {
        throw new IllegalArgumentException(
            "has for user '"
                + name
                + "' a password that is not a hash; make it with 'jobyard auth password'");
      }
    }

    @Override
    public String toString() {
      return "user " + name + " for " + role.word();
    }
  }
}
