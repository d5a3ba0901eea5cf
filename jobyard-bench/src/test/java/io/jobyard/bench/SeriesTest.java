package io.jobyard.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SeriesTest {
  private final Series series = new Series();

  @Test
  void takesTheMiddleOfAnOddNumber() {
    series.add(9);
    series.add(1);
    series.add(2);
    assertThat(series.median()).isEqualTo(2);
    assertThat(series.least()).isEqualTo(1);
    assertThat(series.most()).isEqualTo(9);
  }

  @Test
  void takesTheMeanOfTheTwoInTheMiddleOfAnEvenNumber() {
    series.add(4);
    series.add(1);
    assertThat(series.median()).isEqualTo(2.5);
  }
}
