package io.jobyard.http;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.jobyard.store.JobStore;
import io.jobyard.store.StoreReport;
import io.jobyard.view.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import tools.jackson.databind.node.ObjectNode;

/** What this is: its description, its store, and whether it is well. */
final class About {
  private static final long WELL_NANOS = 1_000_000_000;

  private final JobStore store;
  private final NodeLink node;
  private final byte[] description = description();
  private volatile long wellAt = System.nanoTime() - 2 * WELL_NANOS;

  About(JobStore store, NodeLink node) {
    this.store = store;
    this.node = node;
  }

  void addTo(RoutesConfig routes) {
    routes.get("/api/v1", this::show, Need.READ);
    routes.get("/api/v1/openapi.json", this::describe, Need.NOTHING);
    routes.get("/api/v1/health", this::health, Need.NOTHING);
  }

  private void show(Context request) {
    Params.allow(request);
    StoreReport report = store.report();
    ObjectNode answer = Json.object();
    answer.put("node", node.name().orElse(null));
    ObjectNode about = answer.putObject("store");
    about.put("url", report.url());
    about.put("product", report.product());
    about.put("env", report.env());
    about.put("durability", report.durability());
    Answers.json(request, 200, answer);
  }

  private void describe(Context request) {
    request.contentType("application/json").result(description);
  }

  /** For probes: asks the store, once a second at most, and tells nothing else. */
  private void health(Context request) {
    long now = System.nanoTime();
    if (now - wellAt > WELL_NANOS) {
      store.nodes();
      wellAt = now;
    }
    Answers.json(request, 200, Json.object().put("status", "ok"));
  }

  private static byte[] description() {
    try (InputStream in = About.class.getResourceAsStream("openapi.json")) {
      return Objects.requireNonNull(in, "openapi.json is not in this jar").readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
