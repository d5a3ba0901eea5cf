package io.jobyard.http;

import io.javalin.http.Context;
import io.javalin.security.RouteRole;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Asks everybody who they are and whether they may: {@code Authorization: Bearer TOKEN}, {@code
 * Basic} with user and password, or a session's cookie. A session must show its CSRF token with
 * whatever changes something. Safe for use by many threads.
 */
final class Access {
  static final String COOKIE = "jobyard_session";
  static final String CSRF_HEADER = "X-CSRF-Token";
  static final String CSRF_FIELD = "csrf";

  private static final int LONGEST_SECRET = 1_000;

  private final Logins logins;
  private final Sessions sessions;
  private final Tries tries;

  Access(Logins logins, Sessions sessions, Tries tries) {
    this.logins = logins;
    this.sessions = sessions;
    this.tries = tries;
  }

  /** Lets a request to a route in, or not. */
  void check(Context request) {
    Need need = need(request);
    if (need == Need.NOTHING) {
      return;
    }
    Caller caller = caller(request);
    if (caller == null) {
      throw Problem.stranger(
          "say who you are: send 'Authorization: Bearer TOKEN', or a user and password by Basic");
    }
    if (!need.metBy(caller.role())) {
      throw Problem.forbidden(
          "this needs the role "
              + need.name().toLowerCase(Locale.ROOT)
              + ", "
              + caller.name()
              + " has "
              + caller.role().word());
    }
    requireCsrf(request, caller);
    caller.enter(request);
  }

  /** The strictest a route asks for; one that asks for nothing said so. */
  private static Need need(Context request) {
    Need strictest = null;
    for (RouteRole role : request.routeRoles()) {
      if (role instanceof Need need && (strictest == null || need.compareTo(strictest) > 0)) {
        strictest = need;
      }
    }
    return strictest == null ? Need.ADMIN : strictest;
  }

  /** Who asks; null where nobody has said so. */
  @Nullable Caller caller(Context request) {
    if (logins.none()) {
      return Caller.LOCAL;
    }
    String said = request.header("Authorization");
    if (said != null) {
      return proven(request, said);
    }
    String cookie = request.cookie(COOKIE);
    return cookie == null || cookie.length() > LONGEST_SECRET ? null : sessions.find(cookie);
  }

  private Caller proven(Context request, String said) {
    int space = said.indexOf(' ');
    String scheme = (space < 0 ? said : said.substring(0, space)).toLowerCase(Locale.ROOT);
    String rest = space < 0 ? "" : said.substring(space + 1).strip();
    return switch (scheme) {
      case "bearer" -> byToken(request, rest);
      case "basic" -> byBasic(request, rest);
      default ->
          throw Problem.stranger("Authorization must be 'Bearer TOKEN' or 'Basic', got neither");
    };
  }

  Caller byToken(Context request, String token) {
    return counted(request, token.length(), () -> logins.token(token));
  }

  Caller byPassword(Context request, String user, String password) {
    return counted(request, password.length(), () -> logins.user(user, password));
  }

  private Caller byBasic(Context request, String encoded) {
    String pair;
    try {
      pair =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(Base64.getDecoder().decode(encoded)))
              .toString();
    } catch (IllegalArgumentException | CharacterCodingException e) {
      throw Problem.stranger("Authorization: Basic must be Base64 of user:password in UTF-8");
    }
    int colon = pair.indexOf(':');
    if (colon < 0) {
      throw Problem.stranger("Authorization: Basic must be Base64 of user:password");
    }
    String user = pair.substring(0, colon);
    String password = pair.substring(colon + 1);
    // Programs that can only send Basic may send a token as the password of a nameless user.
    return user.isEmpty() ? byToken(request, password) : byPassword(request, user, password);
  }

  /** How to find a caller by a secret. */
  private interface Search {
    @Nullable Caller find();
  }

  private Caller counted(Context request, int length, Search search) {
    tries.check(request.ip());
    Caller found = length > LONGEST_SECRET ? null : search.find();
    if (found == null) {
      tries.failed(request.ip());
      throw Problem.stranger("this token, or user and password, is not one that may come in");
    }
    return found;
  }

  private void requireCsrf(Context request, Caller caller) {
    String method = request.method().name();
    boolean changes = !method.equals("GET") && !method.equals("HEAD");
    String session = caller.session();
    if (session == null || !changes) {
      return;
    }
    String expected = sessions.csrf(session);
    String shown = request.header(CSRF_HEADER);
    if (shown == null && request.isFormUrlencoded()) {
      shown = request.formParam(CSRF_FIELD);
    }
    if (expected == null
        || shown == null
        || !MessageDigest.isEqual(
            expected.getBytes(StandardCharsets.UTF_8), shown.getBytes(StandardCharsets.UTF_8))) {
      throw Problem.forbidden(
          "a request of a logged-in browser that changes something needs the header "
              + CSRF_HEADER
              + " with the session's token; GET /api/v1/session tells it");
    }
  }

  /** Begins a session for whoever is proven to be somebody. */
  String begin(Caller caller) {
    return sessions.begin(caller);
  }

  void end(String session) {
    sessions.end(session);
  }

  @Nullable String csrf(Caller caller) {
    return caller.session() == null ? null : sessions.csrf(caller.session());
  }

  /** Whether everybody who reaches this may do everything. */
  boolean open() {
    return logins.none();
  }
}
