package io.jobyard.cli;

import io.jobyard.http.Secrets;
import io.jobyard.view.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** Makes the hash of a password. */
@Command(
    name = "password",
    header = "Make the hash of a password for http.auth",
    description = "Reads the password from standard input: one line of at least 8 characters.",
    footer = {"", "Example:", "  jobyard auth password", "", "Exit codes: 0 done, 2 wrong use"})
final class AuthPassword implements Callable<Integer> {
  private static final int SHORTEST = 8;

  private final Common common;

  AuthPassword(Common common) {
    this.common = common;
  }

  @Override
  public Integer call() {
    char[] password = read();
    if (password.length < SHORTEST) {
      throw new WrongUse(
          "a password has at least " + SHORTEST + " characters, got " + password.length);
    }
    String hash = Secrets.passwordHash(password);
    Output out = common.output();
    if (out.json()) {
      out.document(Json.object().put("hash", hash));
    } else {
      out.line(hash);
    }
    return 0;
  }

  /** Without showing it, where somebody types. */
  @SuppressWarnings("SystemConsoleNull") // null before Java 22
  private char[] read() {
    if (common.shell.asks() && System.console() != null) {
      char[] typed = System.console().readPassword("Password: ");
      return typed == null ? new char[0] : typed;
    }
    try {
      String line =
          new BufferedReader(new InputStreamReader(common.shell.in(), StandardCharsets.UTF_8))
              .readLine();
      return chars(line);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the password from standard input", e);
    }
  }

  private static char[] chars(@Nullable String line) {
    return line == null ? new char[0] : line.toCharArray();
  }
}
