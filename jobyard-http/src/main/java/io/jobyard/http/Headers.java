package io.jobyard.http;

import io.javalin.http.Context;

/** What every answer says to browsers: run nothing, frame nothing, keep nothing, guess nothing. */
final class Headers {
  /** Scripts, styles, pictures and events from here and nowhere else; nothing inline. */
  static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src"
          + " 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors"
          + " 'none'";

  private Headers() {}

  static void add(Context request, boolean secure) {
    request.header("Content-Security-Policy", POLICY);
    request.header("X-Content-Type-Options", "nosniff");
    request.header("X-Frame-Options", "DENY");
    request.header("Referrer-Policy", "same-origin");
    request.header("Cross-Origin-Opener-Policy", "same-origin");
    request.header("Cross-Origin-Resource-Policy", "same-origin");
    request.header("Permissions-Policy", "camera=(), geolocation=(), microphone=()");
    request.header("Cache-Control", "no-store");
    if (secure) {
      request.header("Strict-Transport-Security", "max-age=31536000");
    }
  }
}
