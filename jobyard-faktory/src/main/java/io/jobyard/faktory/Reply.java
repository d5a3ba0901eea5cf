package io.jobyard.faktory;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** What a command is answered with, as Redis's protocol writes it. */
sealed interface Reply {
  /** Done. */
  static Reply ok() {
    return new Simple("OK");
  }

  /** Nothing there. */
  static Reply none() {
    return new None();
  }

  /** One line. */
  record Simple(String text) implements Reply {}

  /** See {@link #none}. */
  record None() implements Reply {}

  /** Bytes of any kind. */
  @SuppressWarnings("ArrayRecordComponent")
  record Bulk(byte[] bytes) implements Reply {}

  /** A job, which goes back to its queue where it cannot be sent. */
  @SuppressWarnings("ArrayRecordComponent")
  record Job(byte[] json, Reservation reservation) implements Reply {}

  /**
   * @param code the first word, which clients look at
   */
  record Failed(String code, String message) implements Reply {
    private static final int LONGEST = 500;

    /** In one line of bearable length. */
    String line() {
      String plain = message.replaceAll("\\p{Cntrl}+", " ").strip();
      return code + " " + (plain.length() <= LONGEST ? plain : plain.substring(0, LONGEST) + "…");
    }
  }

  /** The last one, before the connection is closed. */
  record Last(Reply reply) implements Reply {}

  /** Writes it and sends it off. */
  default void writeTo(OutputStream out) throws IOException {
    switch (this) {
      case Simple(String text) -> line(out, "+" + text);
      case None() -> line(out, "$-1");
      case Bulk(byte[] bytes) -> bulk(out, bytes);
      case Job(byte[] json, Reservation reservation) -> bulk(out, json);
      case Failed failed -> line(out, "-" + failed.line());
      case Last(Reply reply) -> reply.writeTo(out);
    }
    out.flush();
  }

  private static void bulk(OutputStream out, byte[] bytes) throws IOException {
    line(out, "$" + bytes.length);
    out.write(bytes);
    line(out, "");
  }

  private static void line(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.write('\r');
    out.write('\n');
  }
}
