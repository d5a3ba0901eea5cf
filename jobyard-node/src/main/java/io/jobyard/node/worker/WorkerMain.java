package io.jobyard.node.worker;

import io.jobyard.node.frame.Connection;
import io.jobyard.node.frame.Frame;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * A worker process: greets its manager, sets itself up, runs what it is given, and ends with its
 * manager. The main thread listens to the manager from the first moment on, also while {@code
 * on-start} still runs, so that no worker outlives its manager.
 */
public final class WorkerMain {
  /** Like EX_TEMPFAIL: through no fault of any job. */
  private static final int ORPHANED = 75;

  private static final int REFUSED = 78;

  private WorkerMain() {}

  /** Started by the manager, which writes the {@link Launch} to standard input. */
  public static void main(String[] args) throws IOException {
    Warmup warmup = new Warmup();
    Onlooker onlooker = Onlooker.install();
    Launch launch = Launch.readFrom(System.in);
    BoardFile board = BoardFile.open(launch.board());
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> board.farewell(Farewell.ofShutdown()), "farewell"));
    SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(launch.socket()));
    try (var manager = new Connection(channel, "jobyard-manager")) {
      manager.send(
          new Frame.Hello(
              Frame.OLDEST, Frame.NEWEST, launch.secret(), ProcessHandle.current().pid()));
      Frame answer = manager.receive();
      if (answer instanceof Frame.Welcome welcome) {
        var workshop =
            new Workshop(welcome.settings(), board, manager, onlooker, warmup, () -> leave(board));
        if (serve(workshop)) {
          return;
        }
      } else {
        refused(answer);
      }
    }
    leave(board);
  }

  /** Serves to the end; true if it leaves because it was asked to, and is about to exit. */
  private static boolean serve(Workshop workshop) {
    try {
      workshop.listen();
    } catch (IOException e) {
      if (!workshop.leaving()) {
        System.err.println("lost the manager: " + e.getMessage());
      }
    }
    return workshop.leaving();
  }

  private static void refused(@Nullable Frame answer) {
    String reason =
        switch (answer) {
          case null -> "it closed the connection";
          case Frame.Refusal refusal -> refusal.reason();
          case Frame other -> "it answered " + other.getClass().getSimpleName();
        };
    System.err.println("the manager does not take this worker: " + reason);
    Runtime.getRuntime().halt(REFUSED);
  }

  /**
   * At once: no shutdown hook may hold it up, and no job may go on. Even a halt first waits for a
   * safepoint, and for running compilations; a signal from outside does not.
   */
  private static void leave(BoardFile board) {
    board.farewell(Farewell.ORPHANED);
    Thread.ofPlatform().daemon().name("jobyard-last-resort").start(WorkerMain::killMyself);
    Runtime.getRuntime().halt(ORPHANED);
  }

  private static void killMyself() {
    try {
      new ProcessBuilder("kill", "-KILL", Long.toString(ProcessHandle.current().pid())).start();
    } catch (IOException e) {
      System.err.println("could not run kill, the halt must do: " + e.getMessage());
    }
  }
}
