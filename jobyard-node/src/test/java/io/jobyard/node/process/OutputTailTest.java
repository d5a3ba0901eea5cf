package io.jobyard.node.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class OutputTailTest {
  private final List<String> passedOn = new ArrayList<>();
  private final OutputTail tail = new OutputTail(passedOn::add);

  @Test
  void passesOnEveryLineAndKeepsTheLast() {
    drain(IntStream.range(0, 100).mapToObj(i -> "line " + i).collect(Collectors.joining("\r\n")));

    assertThat(passedOn).hasSize(100).startsWith("line 0");
    assertThat(tail.lines()).hasSize(40).startsWith("line 60").endsWith("line 99");
  }

  @Test
  void cutsAFloodWithoutLineBreaks() {
    drain("x".repeat(10_000));

    assertThat(passedOn).extracting(String::length).containsExactly(4096, 4096, 1808);
  }

  private void drain(String text) {
    tail.drain(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
  }
}
