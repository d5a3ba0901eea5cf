package io.jobyard.cli;

import picocli.CommandLine.Command;

/** Commands that make what {@code http.auth} asks for. */
@Command(
    name = "auth",
    header = "Tokens and passwords for HTTP",
    subcommands = {AuthToken.class, AuthPassword.class})
final class AuthGroup {}
