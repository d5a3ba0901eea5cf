package io.jobyard.http;

import io.javalin.http.Context;
import io.jobyard.view.Json;
import tools.jackson.databind.JsonNode;

/** How answers are written. */
final class Answers {
  private Answers() {}

  static void json(Context request, int status, JsonNode document) {
    request.status(status).contentType("application/json").result(Json.bytes(document));
  }

  static void problem(Context request, Problem problem) {
    if (problem.retryAfter() > 0) {
      request.header("Retry-After", Integer.toString(problem.retryAfter()));
    }
    if (problem.status() == 401) {
      request.header("WWW-Authenticate", "Bearer realm=\"jobyard\"");
    }
    request.status(problem.status()).contentType(Problem.TYPE).result(problem.json());
  }
}
