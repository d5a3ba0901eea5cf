package io.jobyard.shell;

import io.jobyard.JobContext;
import io.jobyard.ShellRefused;
import io.jobyard.config.Commands;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A program's environment: what its job chose and a few of Jobyard's own. Of the node's it inherits
 * nothing, so that no password leaks.
 */
final class Variables {
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,127}");
  private static final String OWN = "JOBYARD_";

  /**
   * Globs of what changes which code a program loads or runs. No such list is ever whole: {@code
   * command-env} names what is allowed instead.
   */
  private static final List<String> LOADERS =
      List.of(
          "PATH",
          "IFS",
          "ENV",
          "BASH*",
          "SHELLOPTS",
          "PS4",
          "PROMPT_COMMAND",
          "FPATH",
          "ZDOTDIR",
          "LD_*",
          "DYLD_*",
          "GLIBC_*",
          "GCONV_PATH",
          "LOCPATH",
          "NLSPATH",
          "MALLOC_*",
          "TZDIR",
          "HOSTALIASES",
          "RES_OPTIONS",
          "PYTHON*",
          "PERL*",
          "RUBY*",
          "GEM_*",
          "NODE_*",
          "NPM_*",
          "npm_*",
          "PHP*",
          "LUA_*",
          "CLASSPATH",
          "JAVA_*",
          "JDK_*",
          "_JAVA_OPTIONS",
          "CLR_*",
          "DOTNET_*",
          "COMPlus_*",
          "GIT_*",
          "SSH_*",
          "OPENSSL_*",
          "SSL*",
          "CURL_HOME",
          "EDITOR",
          "VISUAL",
          "PAGER",
          "LESSOPEN",
          "LESSCLOSE",
          "BROWSER",
          "HOME",
          "TAR_OPTIONS",
          "MAKEFLAGS",
          "MAKEFILES",
          "GREP_OPTIONS",
          "TERMINFO*",
          "TERMCAP",
          "XDG_*");

  private static final List<Pattern> LOADING = LOADERS.stream().map(Variables::pattern).toList();

  private Variables() {}

  /**
   * @param mark the name and value by which the program's processes are known
   * @throws ShellRefused naming the variable that may not be set
   */
  static Map<String, String> of(
      Map<String, String> chosen,
      Commands commands,
      JobContext job,
      Map.Entry<String, String> mark) {
    Map<String, String> variables = new HashMap<>();
    variables.put("PATH", "/usr/local/bin:/usr/bin:/bin");
    for (String name : chosen.keySet()) {
      check(name, commands);
    }
    variables.putAll(chosen);
    variables.put("JOBYARD_JOB", job.id().toString());
    variables.put("JOBYARD_QUEUE", job.queue());
    variables.put("JOBYARD_ATTEMPT", Integer.toString(job.attempt()));
    // A manager ends what its worker left behind by this one.
    String worker = System.getenv("JOBYARD_WORKER");
    if (worker != null) {
      variables.put("JOBYARD_WORKER", worker);
    }
    variables.put(mark.getKey(), mark.getValue());
    return variables;
  }

  private static void check(String name, Commands commands) {
    if (!NAME.matcher(name).matches()) {
      throw new ShellRefused(
          "a variable's name has letters, digits and _, got '" + Printable.of(name) + "'");
    }
    if (name.startsWith(OWN)) {
      throw new ShellRefused("variable " + name + " is Jobyard's own");
    }
    List<String> allowed = commands.env();
    if (allowed == null) {
      if (matches(LOADING, name)) {
        throw new ShellRefused(
            "variable "
                + name
                + " can change which code the program loads; where that is wanted, name it in the"
                + " queue's command-env");
      }
    } else if (!matches(allowed.stream().map(Variables::pattern).toList(), name)) {
      throw new ShellRefused("variable " + name + " is not one of the queue's command-env");
    }
  }

  private static boolean matches(List<Pattern> patterns, String name) {
    return patterns.stream().anyMatch(pattern -> pattern.matcher(name).matches());
  }

  private static Pattern pattern(String glob) {
    return Pattern.compile(Pattern.quote(glob).replace("*", "\\E.*\\Q"));
  }
}
