package io.jobyard.http.page;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import io.javalin.http.Context;
import io.jobyard.JobyardException;
import io.jobyard.http.Caller;
import io.jobyard.http.LoginRoutes;
import io.jobyard.http.Mask;
import io.jobyard.http.NodeLink;
import io.jobyard.http.Search;
import io.jobyard.http.Trail;
import io.jobyard.stats.History;
import io.jobyard.stats.Span;
import io.jobyard.store.JobStore;
import io.jobyard.store.QueueStatus;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What all pages are made from. Safe for use by many threads. */
final class Site {
  final JobStore store;
  final NodeLink node;
  final Search search;
  final Mask mask;
  final Trail trail;
  final LoginRoutes logins;
  final History history;
  final Board board;
  final Assets assets = new Assets();

  private final TemplateEngine templates =
      TemplateEngine.createPrecompiled(
          null, ContentType.Html, Site.class.getClassLoader(), "io.jobyard.http.page.made");

  private volatile @Nullable String storeName;

  Site(
      JobStore store,
      NodeLink node,
      Search search,
      Mask mask,
      Trail trail,
      LoginRoutes logins,
      InstantSource clock) {
    this.store = store;
    this.node = node;
    this.search = search;
    this.mask = mask;
    this.trail = trail;
    this.logins = logins;
    this.history = new History(store, clock);
    this.board = new Board(store, node, history);
  }

  /** The frame of a page for who asks. */
  Frame frame(Context request, String active) {
    Caller caller = Caller.of(request);
    return new Frame(request, assets, caller, logins.csrf(caller), active);
  }

  /** The frame of a page for whoever has not said who they are. */
  Frame stranger(Context request) {
    return new Frame(request, assets, null, null, "");
  }

  void show(Context request, String template, Map<String, Object> model) {
    StringOutput out = new StringOutput(32 * 1024);
    templates.render(template + ".jte", model, out);
    request.contentType("text/html; charset=utf-8").result(out.toString());
  }

  /** The node beside these pages; null where none runs. */
  @Nullable String here() {
    return node.name().orElse(null);
  }

  /** Asked for once: a report looks at much more than the name. */
  String storeName() {
    String known = storeName;
    if (known == null) {
      try {
        known = store.report().url();
      } catch (JobyardException e) {
        return "";
      }
      storeName = known;
    }
    return known;
  }

  @Nullable QueueStatus queue(Board.Seen seen, String name) {
    return seen.queues().stream()
        .filter(queue -> queue.queue().equals(name))
        .findFirst()
        .orElse(null);
  }

  /** The span that a request names; an hour where it names none that is known. */
  static Span span(Context request, Span standard) {
    String text = request.queryParam("span");
    for (Span span : Span.values()) {
      if (Frame.lower(span).equals(text)) {
        return span;
      }
    }
    return standard;
  }

  static String word(Span span) {
    return span.name().toLowerCase(Locale.ROOT);
  }
}
