package io.jobyard.http;

import io.javalin.http.Context;
import io.jobyard.shell.Audit;
import io.jobyard.shell.AuditLine;
import org.jspecify.annotations.Nullable;

/** Writes down what operators do, to the node's audit. */
public final class Trail {
  private final Audit audit;

  Trail(Audit audit) {
    this.audit = audit;
  }

  /** One line: who did what from where, and what came of it. */
  public void did(Context request, String what, @Nullable String about, String outcome) {
    Caller caller = Caller.of(request);
    audit.line(
        line(request, what, caller.name(), caller.role().word())
            .quoted("about", about)
            .quoted("outcome", outcome)
            .toString());
  }

  /** Somebody was not let in. */
  void refused(Context request, int status) {
    audit.line(
        line(request, "refused", "-", "-")
            .with("status", Integer.toString(status))
            .quoted("method", request.method().name())
            .quoted("path", request.path())
            .toString());
  }

  /** Somebody began or ended a session. */
  void session(Context request, Caller caller, String what) {
    audit.line(line(request, what, caller.name(), caller.role().word()).toString());
  }

  private static AuditLine line(Context request, String what, String who, String role) {
    return AuditLine.of("http." + what)
        .quoted("who", who)
        .with("role", role)
        .with("from", request.ip());
  }
}
