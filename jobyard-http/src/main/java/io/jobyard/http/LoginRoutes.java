package io.jobyard.http;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.Cookie;
import io.javalin.http.SameSite;
import io.jobyard.view.Json;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** A browser's session: log in, who am I, log out. */
public final class LoginRoutes {
  private static final Set<String> FIELDS = Set.of("token", "user", "password");

  private final Access access;
  private final Bodies bodies;
  private final Trail trail;
  private final boolean secure;

  LoginRoutes(Access access, Bodies bodies, Trail trail, boolean secure) {
    this.access = access;
    this.bodies = bodies;
    this.trail = trail;
    this.secure = secure;
  }

  void addTo(RoutesConfig routes) {
    routes.post("/api/v1/session", this::logIn, Need.NOTHING);
    routes.get("/api/v1/session", this::show, Need.READ);
    routes.delete("/api/v1/session", this::logOut, Need.READ);
  }

  private void logIn(Context request) throws Exception {
    Params.allow(request);
    bodies.json(
        request,
        body -> {
          ObjectNode said = Bulk.object(body);
          Params.requireKnown(said, "", FIELDS);
          logIn(
              request,
              Params.text(said, "", "token"),
              Params.text(said, "", "user"),
              Params.text(said, "", "password"));
          request.status(204);
        });
  }

  /**
   * Begins a session and sets its cookie, for a page's own form as well.
   *
   * @throws Problem if the token, or the user and password, are not known
   */
  public void logIn(
      Context request, @Nullable String token, @Nullable String user, @Nullable String password) {
    if (access.open()) {
      throw Problem.conflict("nobody needs to log in here: http.auth names nobody");
    }
    Caller caller;
    if (token != null && user == null && password == null) {
      caller = access.byToken(request, token);
    } else if (token == null && user != null && password != null) {
      caller = access.byPassword(request, user, password);
    } else {
      throw Problem.bad("give either token, or user and password");
    }
    Cookie cookie = new Cookie(Access.COOKIE, access.begin(caller));
    cookie.setPath("/");
    cookie.setHttpOnly(true);
    cookie.setSecure(secure);
    cookie.setSameSite(SameSite.STRICT);
    cookie.setMaxAge((int) Sessions.LONGEST.toSeconds());
    request.cookie(cookie);
    trail.session(request, caller, "login");
  }

  private void show(Context request) {
    Params.allow(request);
    Caller caller = Caller.of(request);
    ObjectNode answer = Json.object();
    answer.put("name", caller.name());
    answer.put("role", caller.role().word());
    answer.put("csrf", csrf(caller));
    Answers.json(request, 200, answer);
  }

  /** What a page must send along with what changes something; null where it need not. */
  public @Nullable String csrf(Caller caller) {
    return access.csrf(caller);
  }

  public void logOut(Context request) {
    Params.allow(request);
    Caller caller = Caller.of(request);
    String session = caller.session();
    if (session != null) {
      access.end(session);
      trail.session(request, caller, "logout");
    }
    request.removeCookie(Access.COOKIE, "/");
    request.status(204);
  }
}
