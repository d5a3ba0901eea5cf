package io.jobyard.cli;

import io.jobyard.http.Secrets;
import io.jobyard.view.Json;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Makes a token. */
@Command(
    name = "token",
    header = "Make a token for http.auth",
    description = {
      "Prints the token, which is kept nowhere, and what to put under http.auth, which does not"
          + " tell it."
    },
    footer = {
      "",
      "Example:",
      "  jobyard auth token --role operate",
      "",
      "Exit codes: 0 done, 2 wrong use"
    })
final class AuthToken implements Callable<Integer> {
  private final Common common;

  @Option(
      names = "--role",
      paramLabel = "ROLE",
      defaultValue = "read",
      description = "read, operate or admin. Default: ${DEFAULT-VALUE}.")
  private String role = "read";

  AuthToken(Common common) {
    this.common = common;
  }

  @Override
  public Integer call() {
    if (!role.matches("read|operate|admin")) {
      throw new WrongUse("--role must be read, operate or admin, got " + role);
    }
    String token = Secrets.token();
    String hash = Secrets.hashed(token);
    Output out = common.output();
    if (out.json()) {
      out.document(Json.object().put("token", token).put("hash", hash).put("role", role));
    } else {
      out.line(token);
      out.line("");
      out.line("http:");
      out.line("  auth:");
      out.line("    - {role: " + role + ", token: \"" + hash + "\"}");
    }
    return 0;
  }
}
