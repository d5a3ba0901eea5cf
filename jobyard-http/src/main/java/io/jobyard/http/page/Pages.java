package io.jobyard.http.page;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.jobyard.http.LoginRoutes;
import io.jobyard.http.Mask;
import io.jobyard.http.Need;
import io.jobyard.http.NodeLink;
import io.jobyard.http.Problem;
import io.jobyard.http.Search;
import io.jobyard.http.Trail;
import io.jobyard.store.JobStore;
import java.time.InstantSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The dashboard: its pages ({@link Looking}), what can be done on them ({@link Doing}), and the
 * events that keep them live ({@link Live}). Start once; closing twice is harmless.
 */
public final class Pages implements AutoCloseable {
  private final Site site;
  private final Looking looking;
  private final Doing doing;
  private final Live live;

  public Pages(
      JobStore store,
      NodeLink node,
      Search search,
      Mask mask,
      Trail trail,
      LoginRoutes logins,
      InstantSource clock) {
    site = new Site(store, node, search, mask, trail, logins, clock);
    looking = new Looking(site);
    doing = new Doing(site);
    live = new Live(site.board);
  }

  public void addTo(RoutesConfig routes) {
    site.assets.addTo(routes);
    looking.addTo(routes);
    doing.addTo(routes);
    live.addTo(routes);
    routes.get("/prefs", Pages::prefer, Need.NOTHING);
    routes.get("/login", request -> login(request, ""), Need.NOTHING);
    routes.post("/login", this::logIn, Need.NOTHING);
    routes.post("/logout", this::logOut, Need.READ);
  }

  public void start() {
    live.start();
  }

  /** Answers what went wrong as a page, where a browser asked for one; false where none did. */
  public boolean refused(Problem problem, Context request) {
    String accept = request.header("Accept");
    boolean part = request.header("HX-Request") != null;
    if (request.path().startsWith("/api/")
        || (!part && (accept == null || !accept.contains("text/html")))) {
      return false;
    }
    if (problem.status() == 401) {
      // Parts are asked for by a page that is open: the page itself must go.
      String back = part ? "/" : request.path();
      String login = "/login?back=" + Frame.encoded(back);
      if (part) {
        request.status(401).header("HX-Redirect", login);
      } else {
        request.redirect(login);
      }
      return true;
    }
    request.status(problem.status());
    Frame f = site.stranger(request);
    String text = String.valueOf(problem.getMessage());
    site.show(request, "error", Map.of("f", f, "status", problem.status(), "problem", text));
    return true;
  }

  private static void prefer(Context request) {
    int year = 365 * 24 * 3600;
    for (String what : new String[] {"lang", "theme"}) {
      String value = request.queryParam(what);
      if (value != null && value.matches("en|zh|auto|light|dark")) {
        request.cookie(Cookies.of("jobyard_" + what, value, year, request));
      }
    }
    request.redirect(local(request.queryParam("back")));
  }

  private void login(Context request, String problem) {
    Frame f = site.stranger(request);
    String back = local(request.queryParam("back"));
    site.show(request, "login", Map.of("f", f, "problem", problem, "back", back));
  }

  private void logIn(Context request) {
    try {
      site.logins.logIn(
          request, field(request, "token"), field(request, "user"), field(request, "password"));
    } catch (Problem e) {
      if (e.status() == 409) {
        request.redirect("/");
        return;
      }
      request.status(e.status());
      login(request, String.valueOf(e.getMessage()));
      return;
    }
    request.redirect(local(request.formParam("back")));
  }

  private void logOut(Context request) {
    site.logins.logOut(request);
    request.status(200).redirect("/login");
  }

  private static @Nullable String field(Context request, String name) {
    String value = request.formParam(name);
    return value == null || value.isEmpty() ? null : value;
  }

  /** A path of this very site: nobody is sent elsewhere. */
  static String local(@Nullable String path) {
    boolean ours =
        path != null
            && path.length() < 2_000
            && path.startsWith("/")
            && !path.startsWith("//")
            && path.chars().allMatch(c -> c > ' ' && c < 127 && c != '\\');
    return ours && path != null ? path : "/";
  }

  @Override
  public void close() {
    live.close();
    site.board.close();
  }
}
