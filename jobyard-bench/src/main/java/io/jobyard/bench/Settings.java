package io.jobyard.bench;

import io.jobyard.config.Configurer;
import java.util.Map;

/** The configuration of what is measured: the defaults, unless a measure says otherwise. */
final class Settings {
  static final long WORKER_MEMORY = 64L << 20;

  private Settings() {}

  static Configurer of(Ground.Place place) {
    return new Configurer()
        .environment(Map.of())
        .base(place.folder())
        .node("bench")
        .store(place.store())
        .httpPort(0);
  }
}
