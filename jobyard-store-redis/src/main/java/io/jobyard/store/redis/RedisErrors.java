package io.jobyard.store.redis;

import io.jobyard.JobyardException;
import io.jobyard.StoreUnavailable;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.cluster.PartitionException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** What errors of Redis mean to a caller. */
final class RedisErrors {
  /** The server refused before it did anything: the same may be asked again. */
  private static final List<String> NOT_NOW =
      List.of(
          "LOADING",
          "BUSY",
          "CLUSTERDOWN",
          "TRYAGAIN",
          "MASTERDOWN",
          "READONLY",
          "MOVED",
          "ASK",
          "NOREPLICAS");

  /** Nothing more can be stored until somebody helps. */
  private static final List<String> FULL = List.of("OOM", "MISCONF");

  private final RedisUrl url;

  RedisErrors(RedisUrl url) {
    this.url = url;
  }

  static Throwable cause(Throwable thrown) {
    Throwable cause = thrown;
    while ((cause instanceof CompletionException || cause instanceof ExecutionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  /** Whether the server does not know the script. */
  static boolean isNoScript(Throwable cause) {
    return code(cause).equals("NOSCRIPT");
  }

  /** Whether nothing was done, and it may work soon. */
  static boolean refused(Throwable cause) {
    return NOT_NOW.contains(code(cause)) || isNotSent(cause);
  }

  /** Whether there was no connection to send it through, or nobody known to send it to. */
  private static boolean isNotSent(Throwable cause) {
    return cause instanceof PartitionException
        || (cause instanceof RedisException
            && cause.getMessage() != null
            && cause.getMessage().startsWith("Currently not connected"));
  }

  /** Whether the connection, and not the server, failed: it may or may not have been done. */
  static boolean unknown(Throwable cause) {
    return !(cause instanceof RedisCommandExecutionException);
  }

  /** Whether this connection leads to a server that is no master any more. */
  static boolean isReplica(Throwable cause) {
    return code(cause).equals("READONLY");
  }

  RuntimeException translate(Throwable thrown) {
    Throwable cause = cause(thrown);
    if (cause instanceof JobyardException own) {
      return own;
    }
    String code = code(cause);
    if (FULL.contains(code)) {
      return new StoreUnavailable(
          url
              + " takes nothing more ("
              + since(code, message(cause))
              + "); give it memory or disk, or let workers finish jobs",
          cause);
    }
    if (unknown(cause) || NOT_NOW.contains(code)) {
      return new StoreUnavailable(url + " does not answer: " + message(cause), cause);
    }
    return new JobyardException(
        url + " refused: " + message(cause) + "; run 'jobyard doctor'", cause);
  }

  /** There is no connection at all yet. */
  StoreUnavailable unreachable(Throwable thrown) {
    return new StoreUnavailable(
        url + " cannot be reached: " + deepest(thrown) + "; " + advice(thrown), thrown);
  }

  private static String advice(Throwable thrown) {
    boolean refused = deepest(thrown).matches("(NOAUTH|WRONGPASS|NOPERM) .*");
    for (Throwable cause = thrown; refused && cause != null; cause = cause.getCause()) {
      if (String.valueOf(cause.getMessage()).contains("Redis Sentinel")) {
        return "that is the Sentinels' answer: check sentinel-password= (and sentinel-user=) in the"
            + " address";
      }
    }
    return "check the address and that it runs";
  }

  private static String deepest(Throwable thrown) {
    Throwable cause = thrown;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }

  private static String message(Throwable cause) {
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }

  /** Without what a script puts before the server's own words. */
  private static String since(String code, String message) {
    return message.substring(Math.max(0, message.indexOf(code)));
  }

  /** The first word of a server's error; scripts put theirs behind some of their own. */
  private static String code(@Nullable Throwable cause) {
    if (!(cause instanceof RedisCommandExecutionException) || cause.getMessage() == null) {
      return "";
    }
    String message = cause.getMessage();
    String first = message.split(" ", 2)[0].toUpperCase(Locale.ROOT);
    if (!first.equals("ERR")) {
      return first.replace("-", "");
    }
    if (message.contains("WAIT cannot be used with replica")) {
      return "READONLY"; // the master of a moment ago was replaced
    }
    for (String code : List.of("READONLY", "OOM", "MISCONF", "NOREPLICAS", "CLUSTERDOWN")) {
      if (message.contains("-" + code) || message.contains(" " + code + " ")) {
        return code;
      }
    }
    return "";
  }
}
