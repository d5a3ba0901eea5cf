package io.jobyard.http;

import io.jobyard.config.Role;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Browsers that have logged in. Kept in memory: a restart asks everybody again. A session ends
 * twelve hours after it began, or after two without a request. Safe for use by many threads.
 */
final class Sessions {
  static final Duration LONGEST = Duration.ofHours(12);
  private static final Duration IDLE = Duration.ofHours(2);
  private static final int MOST = 10_000;

  private final InstantSource clock;

  /** By the hash of the cookie, so that the time of a look-up tells nothing of it. */
  private final Map<String, Session> sessions =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Session> eldest) {
          return size() > MOST;
        }
      };

  private static final class Session {
    private final String name;
    private final Role role;
    private final String csrf = Secrets.token();
    private final Instant began;
    private Instant seen;

    Session(String name, Role role, Instant now) {
      this.name = name;
      this.role = role;
      this.began = now;
      this.seen = now;
    }
  }

  Sessions(InstantSource clock) {
    this.clock = clock;
  }

  /** Begins a session; gives what the browser's cookie shall hold. */
  synchronized String begin(Caller caller) {
    String cookie = Secrets.token();
    sessions.put(key(cookie), new Session(caller.name(), caller.role(), clock.instant()));
    return cookie;
  }

  /** Who shows this cookie; null if it is none, or over. */
  synchronized @Nullable Caller find(String cookie) {
    String key = key(cookie);
    Session session = sessions.get(key);
    if (session == null) {
      return null;
    }
    Instant now = clock.instant();
    boolean over =
        Duration.between(session.began, now).compareTo(LONGEST) > 0
            || Duration.between(session.seen, now).compareTo(IDLE) > 0;
    if (over) {
      sessions.remove(key);
      return null;
    }
    session.seen = now;
    return new Caller(session.name, session.role, key);
  }

  /** What a page of this session must send along with whatever changes something. */
  synchronized @Nullable String csrf(String key) {
    Session session = sessions.get(key);
    return session == null ? null : session.csrf;
  }

  synchronized void end(String key) {
    sessions.remove(key);
  }

  private static String key(String cookie) {
    return HexFormat.of().formatHex(Secrets.sha256(cookie));
  }
}
