package io.jobyard.node.process;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class TroublesTest {
  private final Logger log = (Logger) LoggerFactory.getLogger(Troubles.class);
  private final ListAppender<ILoggingEvent> said = new ListAppender<>();
  private final Troubles troubles = new Troubles("of-this-test");

  @BeforeEach
  void listen() {
    said.start();
    log.addAppender(said);
  }

  @AfterEach
  void stopListening() {
    log.detachAppender(said);
  }

  @Test
  void aReasonIsSaidOnceWhateverNumbersItHolds() {
    for (int pid = 4711; pid < 4714; pid++) {
      troubles.notUp(
          "the worker's JVM crashed: SIGSEGV (0xb) at pc=0x00007f%x, pid=%d, tid=%d; its error log is /run/hs_err_pid%d.log"
              .formatted(pid, pid, pid + 1, pid));
    }
    assertSaid("pid=4711");
    assertThat(troubles.current()).contains("pid=4713");
  }

  @Test
  void whatAProcessSaidLastMakesNoOtherReason() {
    troubles.diedUnused("the worker exited with code 1; it said: 10:15 no such host");
    troubles.diedUnused("the worker exited with code 1; it said: later, no such host at all");

    assertSaid("10:15");
    assertThat(troubles.current()).contains("later");
  }

  @Test
  void anotherReasonIsSaid() {
    troubles.notUp("the file 'a' is missing");
    troubles.notUp("the file 'b' is missing");
    troubles.notUp("the file 'b' is missing");

    assertSaid("'a'", "'b'");
  }

  private void assertSaid(String... parts) {
    assertThat(said.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .filteredOn(line -> line.contains("of-this-test"))
        .hasSize(parts.length)
        .zipSatisfy(List.of(parts), (line, part) -> assertThat(line).contains(part));
  }
}
