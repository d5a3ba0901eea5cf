package io.jobyard.http.page;

import io.javalin.http.Context;
import io.jobyard.config.Role;
import io.jobyard.http.Caller;
import io.jobyard.view.Json;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What every page is made with: who looks at it, in which language and colours. For one request.
 */
public final class Frame {
  private static final String FLASH = "jobyard_said";
  private static final List<String> THEMES = List.of("auto", "light", "dark");

  private final Words words;
  private final Assets assets;
  private final @Nullable Caller caller;
  private final @Nullable String csrf;
  private final String theme;
  private final String here;
  private final String active;
  private final @Nullable String flash;

  Frame(
      Context request,
      Assets assets,
      @Nullable Caller caller,
      @Nullable String csrf,
      String active) {
    this.words = Words.of(request.cookie("jobyard_lang"), request.header("Accept-Language"));
    this.assets = assets;
    this.caller = caller;
    this.csrf = csrf;
    String chosen = request.cookie("jobyard_theme");
    this.theme = chosen != null && THEMES.contains(chosen) ? chosen : "auto";
    String query = request.queryString();
    this.here = request.path() + (query == null ? "" : "?" + query);
    this.active = active;
    this.flash = takeFlash(request, words);
  }

  /** Has the next page say what came of this request. */
  static void say(Context request, String key, Object... values) {
    StringBuilder said = new StringBuilder(key);
    for (Object value : values) {
      said.append('|').append(value);
    }
    String encoded = URLEncoder.encode(said.toString(), StandardCharsets.UTF_8);
    request.cookie(Cookies.of(FLASH, encoded, 20, request));
  }

  private static @Nullable String takeFlash(Context request, Words words) {
    String said = request.cookie(FLASH);
    if (said == null || request.header("HX-Request") != null) {
      return null;
    }
    request.removeCookie(FLASH, "/");
    String[] parts = Cookies.decoded(said).split("\\|", -1);
    // Only keys of our own words: a cookie is somebody else's word.
    boolean ours = parts[0].startsWith("done.") || parts[0].startsWith("bulk.done.");
    if (!ours || !words.knows(parts[0])) {
      return null;
    }
    Object[] values = new Object[parts.length - 1];
    System.arraycopy(parts, 1, values, 0, values.length);
    String text = words.say(parts[0], values);
    boolean more = parts.length > 2 && parts[2].equals("more");
    return more ? text + " " + words.say("bulk.done.more") : text;
  }

  public Words words() {
    return words;
  }

  public String say(String key, Object... values) {
    return words.say(key, values);
  }

  public String theme() {
    return theme;
  }

  public List<String> themes() {
    return THEMES;
  }

  public String glyph(String themeName) {
    return switch (themeName) {
      case "light" -> "☀";
      case "dark" -> "☾";
      default -> "◐";
    };
  }

  public @Nullable String flash() {
    return flash;
  }

  public String asset(String name) {
    return assets.path(name);
  }

  /** No scripts made of text, no styles of its own: the content policy would refuse them. */
  public String htmx() {
    return Json.write(
        Json.object()
            .put("allowEval", false)
            .put("includeIndicatorStyles", false)
            .put("selfRequestsOnly", true)
            .put("historyCacheSize", 0)
            .put("defaultSettleDelay", 0));
  }

  public String headers() {
    return csrf == null ? "{}" : Json.write(Json.object().put("X-CSRF-Token", csrf));
  }

  public String csrf() {
    return csrf == null ? "" : csrf;
  }

  public boolean session() {
    return caller != null && caller.session() != null;
  }

  public String name() {
    return caller == null ? "" : caller.name();
  }

  public boolean operates() {
    return caller != null && caller.role().covers(Role.OPERATE);
  }

  public boolean administers() {
    return caller != null && caller.role().covers(Role.ADMIN);
  }

  public @Nullable String current(String page) {
    return page.equals(active) ? "page" : null;
  }

  public @Nullable String chosen(String is, String option) {
    return is.equals(option) ? "true" : null;
  }

  public String pref(String what, String value) {
    return "/prefs?" + what + "=" + value + "&back=" + encoded(here);
  }

  public List<String> spans() {
    return List.of("hour", "day", "week");
  }

  public String charts(String queue, String span) {
    return "/charts?queue=" + encoded(queue) + "&span=" + span;
  }

  public String queue(String queue) {
    return "/queues/" + encoded(queue);
  }

  public String number(long number) {
    return Figures.number(number);
  }

  public String millis(@Nullable Long millis) {
    return Figures.millis(millis);
  }

  public String mebi(long mebibytes) {
    return mebibytes < 0 ? "–" : Figures.number(mebibytes) + " MB";
  }

  /** Nothing is told in grey. */
  public String tone(long number) {
    return number == 0 ? "zero" : "";
  }

  /** What tells ids apart at a glance: their random end. */
  public String shortId(String id) {
    return id.length() > 12 ? "…" + id.substring(id.length() - 8) : id;
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
