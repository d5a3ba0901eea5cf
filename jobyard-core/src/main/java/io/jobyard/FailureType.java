package io.jobyard;

/** What kind of end a failed attempt had. */
public enum FailureType {
  /** The job's code threw. */
  EXCEPTION("exception"),
  /** The run outlived its timeout. */
  TIMEOUT("timeout"),
  /** The worker process exited while the job ran. */
  CRASH("crash"),
  /** The worker process ran out of memory while the job ran. */
  OUT_OF_MEMORY("out-of-memory"),
  /** The node that ran the job went away. */
  LOST("lost"),
  /** The worker process was killed by a signal from outside while the job ran. */
  KILLED("killed");

  private final String word;

  FailureType(String word) {
    this.word = word;
  }

  /** The word used in JSON and on pages. */
  public String word() {
    return word;
  }

  /** The type with this word. */
  public static FailureType of(String word) {
    for (FailureType type : values()) {
      if (type.word.equals(word)) {
        return type;
      }
    }
    throw new IllegalArgumentException("no failure type is called '" + word + "'");
  }
}
