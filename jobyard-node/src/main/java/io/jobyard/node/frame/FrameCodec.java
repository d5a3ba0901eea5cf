package io.jobyard.node.frame;

import io.jobyard.run.Finished;
import io.jobyard.store.Lease;
import io.jobyard.store.LeaseKey;
import io.jobyard.store.Session;
import io.jobyard.store.Signal;
import java.util.List;

/** A frame's body: one byte that says which, then its fields. The length before it is not ours. */
@SuppressWarnings("EnumOrdinal") // the frame version stands for the order of the constants
final class FrameCodec {
  /** First in a hello, so that a stranger on the socket is told from an old worker. */
  private static final int MAGIC = 0x4a59_5244;

  private static final Frame.Cause[] CAUSES = Frame.Cause.values();

  private FrameCodec() {}

  static void write(Writing out, Frame frame) {
    // What a worker says until it is ready; a JVM takes long to link a switch over types.
    if (frame instanceof Frame.Hello hello) {
      hello(out, hello);
    } else if (frame instanceof Frame.Ready) {
      out.u8(4);
    } else {
      further(out, frame);
    }
  }

  private static void hello(Writing out, Frame.Hello hello) {
    out.u8(1);
    out.i32(MAGIC);
    out.i32(hello.oldest());
    out.i32(hello.newest());
    out.string(hello.secret());
    out.i64(hello.pid());
  }

  private static void further(Writing out, Frame frame) {
    switch (frame) {
      case Frame.Hello hello -> hello(out, hello);
      case Frame.Refusal(String reason) -> {
        out.u8(2);
        out.string(reason);
      }
      case Frame.Welcome(int version, WorkerSettings settings) -> {
        out.u8(3);
        out.i32(version);
        SettingsWire.settings(out, settings);
      }
      case Frame.Ready() -> out.u8(4);
      case Frame.StartFailed(String reason) -> {
        out.u8(5);
        out.string(reason);
      }
      case Frame.Run(var batch) -> {
        out.u8(6);
        out.list(batch, JobWire::assignment);
      }
      case Frame.Cancel(int ticket) -> {
        out.u8(7);
        out.i32(ticket);
      }
      case Frame.Leases(long validUntil) -> {
        out.u8(8);
        out.i64(validUntil);
      }
      case Frame.Retire() -> out.u8(9);
      case Frame.Done(List<Finished> runs) -> {
        out.u8(10);
        out.list(runs, OutcomeWire::finished);
      }
      case Frame.Progress(int ticket, long done, long total, String note) -> {
        out.u8(11);
        out.i32(ticket);
        out.i64(done);
        out.i64(total);
        out.string(note);
      }
      case Frame.Log(int ticket, String line) -> {
        out.u8(12);
        out.i32(ticket);
        out.string(line);
      }
      case Frame.Push(long request, LeaseKey parent, var jobs) -> {
        out.u8(13);
        out.i64(request);
        JobWire.key(out, parent);
        out.list(jobs, JobWire::newJob);
      }
      case Frame.Find(long request, var ids) -> {
        out.u8(14);
        out.i64(request);
        out.list(ids, Writing::uuid);
      }
      case Frame.Pushed(long request, var ids) -> {
        out.u8(15);
        out.i64(request);
        out.list(ids, Writing::uuid);
      }
      case Frame.Found(long request, var jobs) -> {
        out.u8(16);
        out.i64(request);
        out.list(jobs, JobWire::view);
      }
      case Frame.Refused(long request, Frame.Cause cause, String message) -> {
        out.u8(17);
        out.i64(request);
        out.u8(cause.ordinal());
        out.string(message);
      }
      case Frame.Pulse(long heapUsed) -> {
        out.u8(18);
        out.i64(heapUsed);
      }
      case Frame.Waiting(int ticket, boolean waits) -> {
        out.u8(19);
        out.i32(ticket);
        out.flag(waits);
      }
      case Frame.Audit(String line) -> {
        out.u8(20);
        out.string(line);
      }
      case Frame.Serve(Session session, int slot, int quota) -> {
        out.u8(21);
        out.i64(session.number());
        out.string(session.node());
        out.i32(slot);
        out.i32(quota);
      }
      case Frame.Abandon() -> out.u8(22);
      case Frame.CancelJobs(var keys) -> {
        out.u8(23);
        out.list(keys, JobWire::key);
      }
      case Frame.TakeOver(Lease lease) -> {
        out.u8(24);
        JobWire.lease(out, lease);
      }
      case Frame.Drained() -> out.u8(25);
      case Frame.KillMe(String why) -> {
        out.u8(26);
        out.string(why);
      }
      case Frame.Idle() -> out.u8(27);
      case Frame.Worn(boolean now, String why) -> {
        out.u8(28);
        out.flag(now);
        out.string(why);
      }
      case Frame.Say(int ticket, Signal message) -> {
        out.u8(29);
        out.i32(ticket);
        SignalWire.signal(out, message);
      }
      case Frame.Hear(String topic, boolean on) -> {
        out.u8(30);
        out.string(topic);
        out.flag(on);
      }
      case Frame.Heard(Signal signal) -> {
        out.u8(31);
        SignalWire.signal(out, signal);
      }
      case Frame.Look(long request, var job) -> {
        out.u8(32);
        out.i64(request);
        out.uuid(job);
      }
      case Frame.Looked(long request, var sight) -> {
        out.u8(33);
        out.i64(request);
        SightWire.sight(out, sight);
      }
    }
  }

  static Frame read(Reading in) throws BadFrame {
    Frame frame = body(in);
    if (in.remaining() > 0) {
      throw new BadFrame("a frame has " + in.remaining() + " bytes after its end");
    }
    return frame;
  }

  private static Frame body(Reading in) throws BadFrame {
    int tag = in.u8();
    return switch (tag) {
      case 1 -> hello(in);
      case 2 -> new Frame.Refusal(in.string());
      case 3 -> new Frame.Welcome(in.i32(), SettingsWire.settings(in));
      case 4 -> new Frame.Ready();
      case 5 -> new Frame.StartFailed(in.string());
      case 6 -> new Frame.Run(in.list(JobWire::assignment));
      case 7 -> new Frame.Cancel(in.i32());
      case 8 -> new Frame.Leases(in.i64());
      case 9 -> new Frame.Retire();
      case 10 -> new Frame.Done(in.list(OutcomeWire::finished));
      case 11 -> new Frame.Progress(in.i32(), in.i64(), in.i64(), in.string());
      case 12 -> new Frame.Log(in.i32(), in.string());
      case 13 -> new Frame.Push(in.i64(), JobWire.key(in), in.list(JobWire::newJob));
      case 14 -> new Frame.Find(in.i64(), in.list(Reading::uuid));
      case 15 -> new Frame.Pushed(in.i64(), in.list(Reading::uuid));
      case 16 -> new Frame.Found(in.i64(), in.list(JobWire::view));
      case 17 -> new Frame.Refused(in.i64(), in.oneOf(CAUSES), in.string());
      case 18 -> new Frame.Pulse(in.i64());
      case 19 -> new Frame.Waiting(in.i32(), in.flag());
      case 20 -> new Frame.Audit(in.string());
      case 21 -> new Frame.Serve(new Session(in.i64(), in.string()), in.i32(), in.i32());
      case 22 -> new Frame.Abandon();
      case 23 -> new Frame.CancelJobs(in.list(JobWire::key));
      case 24 -> new Frame.TakeOver(JobWire.lease(in));
      case 25 -> new Frame.Drained();
      case 26 -> new Frame.KillMe(in.string());
      case 27 -> new Frame.Idle();
      case 28 -> new Frame.Worn(in.flag(), in.string());
      case 29 -> new Frame.Say(in.i32(), SignalWire.signal(in));
      case 30 -> new Frame.Hear(in.string(), in.flag());
      case 31 -> new Frame.Heard(SignalWire.signal(in));
      case 32 -> new Frame.Look(in.i64(), in.uuid());
      case 33 -> new Frame.Looked(in.i64(), SightWire.sight(in));
      default -> throw new BadFrame("an unknown frame, number " + tag);
    };
  }

  private static Frame hello(Reading in) throws BadFrame {
    int magic = in.i32();
    if (magic != MAGIC) {
      throw new BadFrame("a stranger: its hello does not begin as a Jobyard worker's does");
    }
    return new Frame.Hello(in.i32(), in.i32(), in.string(), in.i64());
  }
}
