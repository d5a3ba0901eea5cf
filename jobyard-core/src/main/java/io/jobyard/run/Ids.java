package io.jobyard.run;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.impl.TimeBasedEpochGenerator;
import java.util.UUID;

/** Makes ids of jobs: UUIDv7, so that they sort by their time. Safe for use by many threads. */
public final class Ids {
  private final TimeBasedEpochGenerator generator = Generators.timeBasedEpochGenerator();

  public UUID next() {
    return generator.generate();
  }
}
