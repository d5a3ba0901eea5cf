package io.jobyard;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A program as a job: {@code yard.push(Shell.of("/srv/app/bin/flush-mail", "--all"))}. It succeeds
 * with exit code 0 and fails with any other. Without a shell in between, an argument is one
 * argument whatever it holds.
 *
 * <p>Which programs may run is decided by the node that runs the job ({@code commands} in
 * jobyard.yaml; none by default), never by the job. Immutable: every method returns a new object.
 *
 * @param program an absolute path; null where there is a script
 * @param args what the program is given after its own name
 * @param script a command line for {@code /bin/sh -c}, which only a queue with {@code shell: true}
 *     runs; null where there is a program
 * @param cwd an absolute folder to work in; null is the node's own
 * @param env variables for the program, which inherits none of the node's
 * @param stdin text for its standard input; null for none
 * @param stdinBase64 the same where it is not text; null for none
 */
@Kind(Shell.KIND)
public record Shell(
    @Nullable String program,
    List<String> args,
    @Nullable String script,
    @Nullable String cwd,
    Map<String, String> env,
    @Nullable String stdin,
    @Nullable String stdinBase64)
    implements Task<Shell.Result> {
  /** The kind of every Shell job; no class can take it. */
  public static final String KIND = "jobyard:shell";

  /**
   * What came of a program that ended well; kept for {@code result-ttl}.
   *
   * @param exit its exit code
   * @param output the last 64 KiB of what it printed, standard error included
   * @param printed how many bytes it printed in all
   */
  public record Result(int exit, String output, long printed) {}

  /**
   * @throws IllegalArgumentException unless there is either a program or a script
   */
  @SuppressWarnings("DuplicatedCode")
  public Shell(
      @Nullable String program,
      @Nullable List<String> args,
      @Nullable String script,
      @Nullable String cwd,
      @Nullable Map<String, String> env,
      @Nullable String stdin,
      @Nullable String stdinBase64) {
    if ((program == null) == (script == null)) {
      throw new IllegalArgumentException(
          "a Shell job has either a program or a script, got "
              + (program == null ? "neither" : "both"));
    }
    if (stdin != null && stdinBase64 != null) {
      throw new IllegalArgumentException("give stdin or stdinBase64, not both");
    }
    this.program = program;
    this.args = args == null ? List.of() : List.copyOf(args);
    this.script = script;
    this.cwd = cwd;
    this.env = env == null ? Map.of() : Map.copyOf(env);
    this.stdin = stdin;
    this.stdinBase64 = stdinBase64;
  }

  /** A program by its absolute path, with its arguments; no shell takes part. */
  public static Shell of(String program, String... args) {
    return new Shell(program, List.of(args), null, null, null, null, null);
  }

  /** A command line for {@code /bin/sh -c}; the arguments are its {@code $1}, {@code $2} … */
  public static Shell script(String script, String... args) {
    return new Shell(null, List.of(args), script, null, null, null, null);
  }

  /** With these arguments after those it has. */
  public Shell args(List<String> more) {
    List<String> all = new ArrayList<>(args);
    all.addAll(more);
    return new Shell(program, all, script, cwd, env, stdin, stdinBase64);
  }

  /** In this folder. */
  public Shell cwd(String folder) {
    return new Shell(program, args, script, folder, env, stdin, stdinBase64);
  }

  /** With this variable in its environment. */
  public Shell env(String name, String value) {
    Map<String, String> all = new LinkedHashMap<>(env);
    all.put(name, value);
    return new Shell(program, args, script, cwd, all, stdin, stdinBase64);
  }

  /** With this text on its standard input. */
  public Shell stdin(String text) {
    return new Shell(program, args, script, cwd, env, text, null);
  }

  /** With these bytes on its standard input. */
  public Shell stdin(byte[] bytes) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return stdin(text);
    } catch (CharacterCodingException e) {
      String coded = Base64.getEncoder().encodeToString(bytes);
      return new Shell(program, args, script, cwd, env, null, coded);
    }
  }

  /**
   * What comes on its standard input; empty for nothing.
   *
   * @throws IllegalArgumentException if {@link #stdinBase64} is not Base64
   */
  public byte[] input() {
    if (stdinBase64 != null) {
      return Base64.getDecoder().decode(stdinBase64);
    }
    return stdin == null ? new byte[0] : stdin.getBytes(StandardCharsets.UTF_8);
  }

  /** Never called: {@link #KIND} is run by the worker itself, which asks its configuration. */
  @Override
  public Result call(JobContext job) {
    throw new ShellRefused(
        "a Shell job runs under its own kind only, where the node's commands are asked");
  }

  /** Without the environment and the input, which may be secret. */
  @Override
  public String toString() {
    return "Shell[" + (program == null ? "script" : program) + ", " + args.size() + " arguments]";
  }
}
