package io.jobyard.node.frame;

import io.jobyard.Failure;
import io.jobyard.FailureType;
import io.jobyard.run.Finished;
import io.jobyard.run.Outcome;
import java.time.Duration;

/** How outcomes and failures are written and read: each pair of methods mirrors the other. */
@SuppressWarnings("EnumOrdinal") // the frame version stands for the order of the constants
final class OutcomeWire {
  private static final FailureType[] TYPES = FailureType.values();

  private OutcomeWire() {}

  static void finished(Writing out, Finished run) {
    out.i32(run.ticket());
    outcome(out, run.outcome());
    out.list(run.log(), Writing::string);
    out.flag(run.stuck());
  }

  static Finished finished(Reading in) throws BadFrame {
    return new Finished(in.i32(), outcome(in), in.list(Reading::string), in.flag());
  }

  private static void outcome(Writing out, Outcome outcome) {
    switch (outcome) {
      case Outcome.Succeeded(byte[] result) -> {
        out.u8(0);
        out.bytesOrNull(result);
      }
      case Outcome.Failed(Failure failure, boolean handlers) -> {
        out.u8(1);
        failure(out, failure);
        out.flag(handlers);
      }
      case Outcome.TimedOut(Failure failure, boolean handlers) -> {
        out.u8(2);
        failure(out, failure);
        out.flag(handlers);
      }
      case Outcome.Crashed(Failure failure) -> {
        out.u8(3);
        failure(out, failure);
      }
      case Outcome.Lost(Failure failure) -> {
        out.u8(4);
        failure(out, failure);
      }
      case Outcome.Released(Duration delay) -> {
        out.u8(5);
        out.duration(delay);
      }
      case Outcome.Cancelled() -> out.u8(6);
      case Outcome.NotStarted() -> out.u8(7);
      case Outcome.Handled(var errors) -> {
        out.u8(8);
        out.list(errors, OutcomeWire::failure);
      }
      case Outcome.Refused(Failure failure, boolean handlers) -> {
        out.u8(9);
        failure(out, failure);
        out.flag(handlers);
      }
    }
  }

  private static Outcome outcome(Reading in) throws BadFrame {
    int tag = in.u8();
    return switch (tag) {
      case 0 -> new Outcome.Succeeded(in.bytesOrNull());
      case 1 -> new Outcome.Failed(failure(in), in.flag());
      case 2 -> new Outcome.TimedOut(failure(in), in.flag());
      case 3 -> new Outcome.Crashed(failure(in));
      case 4 -> new Outcome.Lost(failure(in));
      case 5 -> new Outcome.Released(in.duration());
      case 6 -> new Outcome.Cancelled();
      case 7 -> new Outcome.NotStarted();
      case 8 -> new Outcome.Handled(in.list(OutcomeWire::failure));
      case 9 -> new Outcome.Refused(failure(in), in.flag());
      default -> throw new BadFrame("a frame holds an unknown outcome, number " + tag);
    };
  }

  static void failure(Writing out, Failure failure) {
    out.u8(failure.type().ordinal());
    out.string(failure.className());
    out.string(failure.message());
    out.string(failure.stack());
    out.instant(failure.at());
    out.string(failure.node());
    out.i64(failure.workerPid());
    out.stringOrNull(failure.threadDump());
  }

  static Failure failure(Reading in) throws BadFrame {
    return new Failure(
        in.oneOf(TYPES),
        in.string(),
        in.string(),
        in.string(),
        in.instant(),
        in.string(),
        in.i64(),
        in.stringOrNull());
  }
}
