package io.jobyard.http;

import io.javalin.config.RoutesConfig;
import io.jobyard.config.HttpConfig;
import io.jobyard.http.page.Pages;
import io.jobyard.shell.Audit;
import io.jobyard.store.JobStore;
import java.time.InstantSource;

/** All that a server consists of, put together once. */
final class Parts implements AutoCloseable {
  private final SiteGuard guard;
  private final Access access;
  private final Trail trail;
  private final Waiting waiting;
  private final Jobs jobs;
  private final Bulk bulk;
  private final Queues queues;
  private final Nodes nodes;
  private final LoginRoutes logins;
  private final About about;
  private final Pages pages;
  private final EventHub hub;
  private final Events events;

  Parts(HttpConfig config, JobStore store, NodeLink node, InstantSource clock, Audit audit) {
    Bodies bodies = new Bodies(config.maxBody());
    Search search = new Search(store);
    guard = new SiteGuard(config);
    trail = new Trail(audit);
    access = new Access(new Logins(config.auth()), new Sessions(clock), new Tries(clock));
    waiting = new Waiting(store);
    jobs =
        new Jobs(
            store,
            search,
            node,
            waiting,
            bodies,
            new Receipts(clock),
            new Mask(config.mask()),
            trail);
    bulk = new Bulk(store, search, bodies, trail);
    queues = new Queues(store, bodies, trail);
    nodes = new Nodes(store, node, trail);
    logins = new LoginRoutes(access, bodies, trail, config.tls() != null);
    pages = new Pages(store, node, search, new Mask(config.mask()), trail, logins, clock);
    about = new About(store, node);
    hub = new EventHub(store, node, clock);
    events = new Events(store, hub);
  }

  void addTo(RoutesConfig routes) {
    about.addTo(routes);
    bulk.addTo(routes);
    jobs.addTo(routes);
    queues.addTo(routes);
    nodes.addTo(routes);
    logins.addTo(routes);
    pages.addTo(routes);
    events.addTo(routes);
  }

  SiteGuard guard() {
    return guard;
  }

  Access access() {
    return access;
  }

  Trail trail() {
    return trail;
  }

  Pages pages() {
    return pages;
  }

  void start() {
    pages.start();
  }

  @Override
  public void close() {
    hub.close();
    waiting.close();
    pages.close();
  }
}
