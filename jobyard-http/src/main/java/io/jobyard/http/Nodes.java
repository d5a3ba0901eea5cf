package io.jobyard.http;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.jobyard.store.JobStore;
import io.jobyard.view.Json;
import io.jobyard.view.NodeJson;
import tools.jackson.databind.node.ObjectNode;

/** Nodes and the workers of the one this runs beside. */
final class Nodes {
  private final JobStore store;
  private final NodeLink node;
  private final Trail trail;

  Nodes(JobStore store, NodeLink node, Trail trail) {
    this.store = store;
    this.node = node;
    this.trail = trail;
  }

  void addTo(RoutesConfig routes) {
    routes.get("/api/v1/nodes", this::list, Need.READ);
    routes.get("/api/v1/nodes/{node}", this::show, Need.READ);
    routes.post("/api/v1/nodes/{node}/reload", this::reload, Need.ADMIN);
    routes.post("/api/v1/nodes/{node}/workers/{pid}/drain", this::drain, Need.ADMIN);
    routes.post("/api/v1/nodes/{node}/workers/{pid}/kill", this::kill, Need.ADMIN);
  }

  private void list(Context request) {
    Params.allow(request);
    Answers.json(request, 200, NodeJson.document(store.nodes()));
  }

  private void show(Context request) {
    Params.allow(request);
    requireHere(request);
    ObjectNode status =
        node.status().orElseThrow(() -> Problem.unknown("the node does not answer any more"));
    Answers.json(request, 200, status);
  }

  private void reload(Context request) throws InterruptedException {
    Params.allow(request);
    requireHere(request);
    ObjectNode came = node.reload();
    trail.did(request, "reload", request.pathParam("node"), Json.write(came));
    Answers.json(request, 200, came);
  }

  private void drain(Context request) {
    Params.allow(request);
    requireHere(request);
    long pid = pid(request);
    requireWorker(node.drain(pid), pid);
    worker(request, "drain", pid);
  }

  private void kill(Context request) {
    Params.allow(request);
    requireHere(request);
    long pid = pid(request);
    requireWorker(node.kill(pid), pid);
    worker(request, "kill", pid);
  }

  private void worker(Context request, String what, long pid) {
    trail.did(request, what, Long.toString(pid), "done");
    Answers.json(request, 202, Json.object().put("pid", pid).put("asked", what));
  }

  private static void requireWorker(boolean there, long pid) {
    if (!there) {
      throw Problem.unknown("no worker of this node has the process number " + pid);
    }
  }

  private static long pid(Context request) {
    String text = request.pathParam("pid");
    if (!text.matches("[1-9][0-9]{0,17}")) {
      throw Problem.field("pid", "must be a process number, got '" + PushReader.shown(text) + "'");
    }
    return Long.parseLong(text);
  }

  /** Workers belong to their node: only it can tell of them, or change them. */
  private void requireHere(Context request) {
    String asked = request.pathParam("node");
    String here = node.name().orElse(null);
    if (asked.equals(here)) {
      return;
    }
    boolean elsewhere = store.nodes().stream().anyMatch(other -> other.node().equals(asked));
    throw elsewhere
        ? Problem.conflict(
            "node '"
                + asked
                + "' runs elsewhere; ask it at its own address, this is "
                + (here == null ? "no node" : "'" + here + "'"))
        : Problem.unknown("no node '" + PushReader.shown(asked) + "' takes jobs from this store");
  }
}
