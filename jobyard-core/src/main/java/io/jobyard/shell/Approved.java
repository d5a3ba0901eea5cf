package io.jobyard.shell;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A program that may run, all of it decided.
 *
 * @param program what runs, for messages and the audit
 * @param command the program's real path and its arguments
 * @param input for its standard input
 */
@SuppressWarnings("ArrayRecordComponent")
record Approved(
    String program, List<String> command, Path folder, Map<String, String> env, byte[] input) {}
