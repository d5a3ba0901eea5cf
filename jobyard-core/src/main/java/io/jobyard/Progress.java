package io.jobyard;

/**
 * How far a job is, by its own word.
 *
 * @param total the whole; 0 where it is not known
 * @param note one line; may be empty
 */
public record Progress(long done, long total, String note) {
  private static final int LONGEST_NOTE = 1_000;

  /** A longer note is cut. */
  public Progress {
    if (note.length() > LONGEST_NOTE) {
      note = note.substring(0, LONGEST_NOTE);
    }
  }
}
