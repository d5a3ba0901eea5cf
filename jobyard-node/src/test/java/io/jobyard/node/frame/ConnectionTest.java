package io.jobyard.node.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobyard.Backoff;
import io.jobyard.Failure;
import io.jobyard.FailureType;
import io.jobyard.JobState;
import io.jobyard.config.Commands;
import io.jobyard.config.Delivery;
import io.jobyard.config.Pool;
import io.jobyard.config.QueueConfig;
import io.jobyard.config.ShippingKey;
import io.jobyard.run.Assignment;
import io.jobyard.run.Finished;
import io.jobyard.run.Outcome;
import io.jobyard.store.Counts;
import io.jobyard.store.JobSettings;
import io.jobyard.store.JobView;
import io.jobyard.store.Lease;
import io.jobyard.store.LeaseKey;
import io.jobyard.store.NewJob;
import io.jobyard.store.Payload;
import io.jobyard.store.Phase;
import io.jobyard.store.Session;
import io.jobyard.store.Signal;
import io.jobyard.store.Standing;
import io.jobyard.store.StoreOptions;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ConnectionTest {
  private static final UUID ID = UUID.fromString("0190f3c0-0000-7000-8000-000000000001");
  private static final LeaseKey KEY = new LeaseKey(ID, 7, 2, -3);
  private static final Failure FAILURE =
      new Failure(
          FailureType.TIMEOUT, "C", "ünïcode", "stack", Instant.ofEpochSecond(5, 6), "n", 9, null);
  private static final JobSettings SETTINGS =
      new JobSettings(
          4, Backoff.steps(Duration.ofMillis(5), Duration.ofHours(1)), Duration.ofSeconds(8), true);
  private static final byte[] NO_BYTES = new byte[0];

  @TempDir private Path dir;
  private SocketChannel far;
  private Connection left;
  private Connection right;

  @BeforeEach
  void connect() throws IOException {
    try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(dir.resolve("s")));
      left = new Connection(SocketChannel.open(server.getLocalAddress()), "left");
      far = server.accept();
      right = new Connection(far, "right");
    }
  }

  @AfterEach
  void disconnect() {
    left.close();
    right.close();
  }

  static List<Frame> frames() {
    return List.of(
        new Frame.Hello(1, 3, "secret", 12),
        new Frame.Refusal("no"),
        new Frame.Welcome(
            1,
            new WorkerSettings(
                "node",
                "mail",
                2,
                1,
                4,
                Duration.ofMillis(1500),
                List.of("a.B"),
                List.of(
                    new WorkerSettings.Member(
                        "mail",
                        null,
                        new Commands(
                            List.of(new Commands.Allowed("/a/*", "x+")),
                            true,
                            "app",
                            List.of("A_*")))),
                "/k.json",
                "/run/tables",
                new ShippingKey("a secret of sixteen"),
                null,
                null)),
        new Frame.Welcome(
            1,
            new WorkerSettings(
                "node",
                "mail",
                2,
                1,
                4,
                Duration.ZERO,
                List.of(),
                List.of(
                    new WorkerSettings.Member("mail", "a.C", Commands.NONE),
                    new WorkerSettings.Member("news", null, Commands.NONE)),
                "/k.json",
                "",
                null,
                new OwnStore(
                    "postgresql://u:p@h/db",
                    new StoreOptions(
                        Path.of("/srv"), false, Duration.ofSeconds(5), "prod", Map.of("mail", 4)),
                    Duration.ofSeconds(15),
                    Duration.ofDays(7),
                    new Pool(
                        "post", List.of(QueueConfig.named("mail"), QueueConfig.named("news")))),
                new Delivery(
                    URI.create("https://example.org/jobs"),
                    "0123456789abcdef",
                    true,
                    Duration.ofHours(1)))),
        new Frame.Serve(new Session(9, "node"), 2, 100),
        new Frame.Idle(),
        new Frame.Worn(true, "full"),
        new Frame.Look(7, KEY.id()),
        new Frame.Looked(7, null),
        new Frame.Looked(8, new RunSight(null, null, null)),
        new Frame.Looked(9, new RunSight("at x", "at y", new RunSight.CpuUse(1, 2))),
        new Frame.Abandon(),
        new Frame.CancelJobs(List.of(KEY, KEY)),
        new Frame.TakeOver(assignment(Phase.RUN, List.of()).lease()),
        new Frame.Drained(),
        new Frame.KillMe("stuck"),
        new Frame.Ready(),
        new Frame.StartFailed("why"),
        new Frame.Cancel(-5),
        new Frame.Leases(Long.MIN_VALUE),
        new Frame.Retire(),
        new Frame.Progress(1, 2, 3, "note"),
        new Frame.Log(1, ""),
        new Frame.Waiting(3, true),
        new Frame.Say(4, new Signal("job/x", new byte[] {1, 2})),
        new Frame.Hear("queue/mail", true),
        new Frame.Heard(new Signal("queue/mail", NO_BYTES)),
        new Frame.Find(8, List.of(ID)),
        new Frame.Pushed(8, List.of(ID, ID)),
        new Frame.Found(8, List.of(view())),
        new Frame.Refused(8, Frame.Cause.STALE_LEASE, "gone"),
        new Frame.Pulse(1 << 20),
        new Frame.Run(List.of(assignment(Phase.FAILING, List.of(FAILURE)))),
        new Frame.Push(
            9,
            KEY,
            List.of(
                new NewJob(
                    ID,
                    "ext",
                    "q",
                    "k",
                    new Payload(NO_BYTES, "json", 1),
                    new NewJob.Due.At(Instant.ofEpochSecond(77)),
                    -10,
                    7,
                    true,
                    SETTINGS,
                    "u",
                    "p",
                    ID,
                    "{}"))),
        done(new Outcome.Succeeded(null)),
        done(new Outcome.Succeeded(NO_BYTES)),
        done(new Outcome.Failed(FAILURE, true)),
        done(new Outcome.TimedOut(FAILURE, false)),
        done(new Outcome.Crashed(FAILURE)),
        done(new Outcome.Lost(FAILURE)),
        done(new Outcome.Released(Duration.ofNanos(1))),
        done(new Outcome.Cancelled()),
        done(new Outcome.NotStarted()),
        done(new Outcome.Handled(List.of(FAILURE, FAILURE))));
  }

  @ParameterizedTest
  @MethodSource("frames")
  void whatIsSentArrives(Frame frame) throws IOException {
    left.send(frame);

    assertThat(right.receive()).usingRecursiveComparison().isEqualTo(frame);
  }

  @Test
  void manyGoTogetherAndArriveInOrder() throws IOException {
    for (int i = 0; i < 5_000; i++) {
      left.send(new Frame.Cancel(i), false);
    }
    for (int i = 0; i < 5_000; i++) {
      assertThat(right.receive()).isEqualTo(new Frame.Cancel(i));
    }
    assertThat(right.more()).isFalse();
  }

  @Test
  void theLargestPayloadPassesAndTheNextFrameFollows() throws IOException {
    byte[] large = new byte[16 * 1024 * 1024];
    large[large.length - 1] = 1;
    left.send(done(new Outcome.Succeeded(large)));
    left.send(new Frame.Ready());

    assertThat(right.receive())
        .isInstanceOfSatisfying(
            Frame.Done.class,
            done ->
                assertThat(done.runs().getFirst().outcome())
                    .isInstanceOfSatisfying(
                        Outcome.Succeeded.class,
                        end -> assertThat(Arrays.equals(end.result(), large)).isTrue()));
    assertThat(right.receive()).isEqualTo(new Frame.Ready());
  }

  @Test
  void aFrameAboveTheLimitIsRefusedAndTheConnectionLivesOn() throws IOException {
    Frame tooLarge = done(new Outcome.Succeeded(new byte[Connection.MAX_FRAME]));

    assertThatThrownBy(() -> left.send(tooLarge))
        .isInstanceOf(FrameTooLarge.class)
        .hasMessageContaining("limit of " + Connection.MAX_FRAME);
    left.send(new Frame.Ready());
    assertThat(right.receive()).isEqualTo(new Frame.Ready());
  }

  @Test
  void whatWasSentBeforeACloseArrives() throws IOException {
    left.send(new Frame.Ready(), false);
    left.close();
    left.send(new Frame.Retire());

    assertThat(right.receive()).isEqualTo(new Frame.Ready());
    assertThat(right.receive()).isNull();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Connection.MAX_FRAME + 1, 0x47455420})
  void anImpossibleLengthIsNoFrame(int length) throws IOException {
    raw(ByteBuffer.allocate(4).putInt(length).flip());

    assertThatThrownBy(left::receive)
        .isInstanceOf(BadFrame.class)
        .hasMessageContaining(length + " bytes");
  }

  @Test
  void aWildCountReservesNothing() throws IOException {
    raw(ByteBuffer.allocate(9).putInt(5).put((byte) 10).putInt(Integer.MAX_VALUE).flip());

    assertThatThrownBy(left::receive)
        .isInstanceOf(BadFrame.class)
        .hasMessageContaining("ends too early");
  }

  @Test
  void anUnknownFrameAndBytesTooManyAreNoFrames() throws IOException {
    raw(ByteBuffer.allocate(5).putInt(1).put((byte) 99).flip());
    assertThatThrownBy(left::receive).hasMessageContaining("number 99");

    raw(ByteBuffer.allocate(6).putInt(2).put((byte) 4).put((byte) 0).flip());
    assertThatThrownBy(left::receive).isInstanceOf(IOException.class);
  }

  private void raw(ByteBuffer bytes) throws IOException {
    far.write(bytes);
  }

  private static Frame done(Outcome outcome) {
    return new Frame.Done(List.of(new Finished(5, outcome, List.of("a", "b"), true)));
  }

  private static Assignment assignment(Phase phase, List<Failure> errors) {
    var standing = new Standing(KEY, "q", true, SETTINGS, new Counts(1, 2, 3, 4), phase);
    return new Assignment(
        6,
        new Lease(standing, "k", Payload.json(NO_BYTES), 3, 2, Instant.EPOCH, errors, null),
        Duration.ofSeconds(3),
        true);
  }

  private static JobView view() {
    return new JobView(
        ID,
        1,
        null,
        "q",
        "k",
        JobState.FAILED,
        Payload.json(NO_BYTES),
        0,
        null,
        true,
        new JobSettings(
            null, Backoff.doubling(Duration.ofSeconds(1), Duration.ofSeconds(9)), null, null),
        Counts.ZERO,
        Phase.RUN,
        2,
        Instant.EPOCH,
        Instant.EPOCH,
        Instant.EPOCH,
        null,
        null,
        false,
        List.of(FAILURE),
        List.of("line"),
        NO_BYTES,
        null,
        null);
  }
}
