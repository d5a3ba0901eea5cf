package io.jobyard.http;

import io.javalin.http.Context;
import io.jobyard.view.Json;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import tools.jackson.databind.JsonNode;

/** How answers are written. */
final class Answers {
  private static final String JSON = "application/json";

  private Answers() {}

  static void json(Context request, int status, JsonNode document) {
    request.status(status).contentType(JSON).result(Json.bytes(document));
  }

  static void json(HttpServletResponse response, int status, JsonNode document) throws IOException {
    write(response, status, JSON, Json.bytes(document));
  }

  static void problem(Context request, Problem problem) {
    headers(request.res(), problem);
    request.status(problem.status()).contentType(Problem.TYPE).result(problem.json());
  }

  static void problem(HttpServletResponse response, Problem problem) throws IOException {
    headers(response, problem);
    write(response, problem.status(), Problem.TYPE, problem.json());
  }

  private static void headers(HttpServletResponse response, Problem problem) {
    if (problem.retryAfter() > 0) {
      response.setHeader("Retry-After", Integer.toString(problem.retryAfter()));
    }
    if (problem.status() == 401) {
      response.setHeader("WWW-Authenticate", "Bearer realm=\"jobyard\"");
    }
  }

  private static void write(HttpServletResponse response, int status, String type, byte[] body)
      throws IOException {
    response.setStatus(status);
    response.setContentType(type);
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
  }
}
