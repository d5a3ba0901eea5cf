package io.jobyard.http;

import io.javalin.http.Context;
import io.jobyard.config.Role;
import org.jspecify.annotations.Nullable;

/**
 * Who asks.
 *
 * @param name for the audit: a user's, or which token
 * @param session the browser's session; null for whoever shows a token or password each time
 */
public record Caller(String name, Role role, @Nullable String session) {
  private static final String ATTRIBUTE = "jobyard.caller";

  /** Whoever is on this machine, where nobody is asked. */
  static final Caller LOCAL = new Caller("local", Role.ADMIN, null);

  /** Who asks for this. */
  public static Caller of(Context request) {
    Caller caller = request.attribute(ATTRIBUTE);
    if (caller == null) {
      throw Problem.stranger("nobody is logged in");
    }
    return caller;
  }

  void enter(Context request) {
    request.attribute(ATTRIBUTE, this);
  }
}
