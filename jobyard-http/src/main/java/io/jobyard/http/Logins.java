package io.jobyard.http;

import io.jobyard.config.Login;
import io.jobyard.config.Role;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Knows the configured tokens and users. Safe for use by many threads. */
final class Logins {
  private static final int MOST_KNOWN = 1_000;
  private static final int PATIENCE_SECONDS = 5;

  /** A password costs a tenth of a second of processor; jobs need the rest of it. */
  private final Semaphore passwords = new Semaphore(1);

  private final List<Known> tokens = new ArrayList<>();
  private final Map<String, Login.User> users = new LinkedHashMap<>();

  /** Passwords that were right, hashed with a salt of this process, so that each costs once. */
  private final Map<String, String> right =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
          return size() > MOST_KNOWN;
        }
      };

  private final String salt = Secrets.token();
  private final String stranger = Secrets.passwordHash(Secrets.token().toCharArray());

  @SuppressWarnings("ArrayRecordComponent")
  private record Known(byte[] digest, Role role, String name) {}

  Logins(List<Login> logins) {
    for (Login login : logins) {
      switch (login) {
        case Login.Token token -> {
          byte[] digest = Secrets.digest(token.secret());
          // Its first digits tell tokens apart in the audit and help nobody to guess one.
          String name = "token:" + HexFormat.of().formatHex(digest, 0, 4);
          tokens.add(new Known(digest, token.role(), name));
        }
        case Login.User user -> users.put(user.name(), user);
      }
    }
  }

  /** Whether nobody is asked. */
  boolean none() {
    return tokens.isEmpty() && users.isEmpty();
  }

  /** Who has this token; null if nobody. Compares with every one, so that time tells nothing. */
  @Nullable Caller token(String token) {
    byte[] digest = Secrets.sha256(token);
    Known found = null;
    for (Known known : tokens) {
      if (MessageDigest.isEqual(known.digest, digest)) {
        found = known;
      }
    }
    return found == null ? null : new Caller(found.name, found.role, null);
  }

  /** The user of this name and password; null if there is none. */
  @Nullable Caller user(String name, String password) {
    if (users.isEmpty()) {
      return null;
    }
    Login.User user = users.get(name);
    // An unknown name costs as much as a wrong password.
    String hash = user == null ? stranger : user.password();
    boolean fits = (user != null && knownRight(name, password)) || slowly(hash, password);
    if (user == null || !fits) {
      return null;
    }
    synchronized (right) {
      right.put(name, salted(name, password));
    }
    return new Caller("user:" + name, user.role(), null);
  }

  private boolean slowly(String hash, String password) {
    try {
      if (!passwords.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw Problem.busy("too many passwords are being checked; try again", PATIENCE_SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Problem.busy("the node stops", PATIENCE_SECONDS);
    }
    try {
      return Secrets.matches(hash, password.toCharArray());
    } finally {
      passwords.release();
    }
  }

  private boolean knownRight(String name, String password) {
    String known;
    synchronized (right) {
      known = right.get(name);
    }
    return known != null && MessageDigest.isEqual(utf8(known), utf8(salted(name, password)));
  }

  private String salted(String name, String password) {
    return HexFormat.of().formatHex(Secrets.sha256(salt + '\n' + name + '\n' + password));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
