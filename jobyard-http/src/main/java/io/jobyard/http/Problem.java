package io.jobyard.http;

import io.jobyard.view.Json;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * An answer that is an error, as RFC 9457 has it: what, which value, what to do. Without a stack,
 * which would be nobody's business and cost time in a flood of bad requests.
 */
public final class Problem extends RuntimeException {
  static final String TYPE = "application/problem+json";

  private final int status;
  private final String title;
  private final @Nullable String field;
  private final int retryAfter;

  private Problem(int status, String title, String detail, @Nullable String field, int retryAfter) {
    super(detail, null, false, false);
    this.status = status;
    this.title = title;
    this.field = field;
    this.retryAfter = retryAfter;
  }

  private static Problem of(int status, String title, String detail) {
    return new Problem(status, title, detail, null, 0);
  }

  /** Something in the request is not as it must be; the detail begins with the field. */
  public static Problem field(String field, String rest) {
    return new Problem(400, "Bad request", field + " " + rest, field, 0);
  }

  public static Problem bad(String detail) {
    return of(400, "Bad request", detail);
  }

  public static Problem unknown(String detail) {
    return of(404, "Not found", detail);
  }

  public static Problem conflict(String detail) {
    return of(409, "Not possible now", detail);
  }

  /** Where nobody has said who they are, or not truly. */
  public static Problem stranger(String detail) {
    return of(401, "Who are you?", detail);
  }

  public static Problem forbidden(String detail) {
    return of(403, "Not allowed", detail);
  }

  public static Problem tooLarge(String detail) {
    return of(413, "Too large", detail);
  }

  public static Problem unsupported(String detail) {
    return of(415, "Not understood", detail);
  }

  /** The request is well-formed and cannot be done as it is. */
  public static Problem refused(String detail) {
    return of(422, "Refused", detail);
  }

  public static Problem tooMany(String detail, int retryAfterSeconds) {
    return new Problem(429, "Too many requests", detail, null, retryAfterSeconds);
  }

  public static Problem busy(String detail, int retryAfterSeconds) {
    return new Problem(503, "Not available now", detail, null, retryAfterSeconds);
  }

  /** Jobyard's own fault; what happened is in the log only. */
  public static Problem internal() {
    return of(500, "Internal error", "this request failed here; the node's log says why");
  }

  /** Whatever else HTTP has a number for. */
  public static Problem status(int status, String title, String detail) {
    return of(status, title, detail);
  }

  public int status() {
    return status;
  }

  /** Seconds after which to try again; 0 where that is not known. */
  int retryAfter() {
    return retryAfter;
  }

  /** The document. */
  byte[] json() {
    ObjectNode node = Json.object();
    node.put("type", "about:blank");
    node.put("title", title);
    node.put("status", status);
    node.put("detail", getMessage());
    if (field != null) {
      node.put("field", field);
    }
    return Json.bytes(node);
  }
}
