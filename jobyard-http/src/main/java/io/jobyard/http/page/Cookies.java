package io.jobyard.http.page;

import io.javalin.http.Context;
import io.javalin.http.Cookie;
import io.javalin.http.SameSite;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/** Small things a browser keeps for the pages; none of them is a secret. */
final class Cookies {
  private Cookies() {}

  static Cookie of(String name, String value, int seconds, Context request) {
    Cookie cookie = new Cookie(name, value);
    cookie.setPath("/");
    cookie.setHttpOnly(true);
    cookie.setSecure(request.scheme().equals("https"));
    cookie.setSameSite(SameSite.STRICT);
    cookie.setMaxAge(seconds);
    return cookie;
  }

  /** What was encoded; empty where it is not well-formed. */
  static String decoded(String value) {
    try {
      return URLDecoder.decode(value, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return "";
    }
  }
}
