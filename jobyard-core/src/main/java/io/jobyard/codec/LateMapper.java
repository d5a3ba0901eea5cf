package io.jobyard.codec;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * A {@link Json#mapper} that is made when it is first needed, for it takes a JVM that has just
 * started a good part of its start. Safe for use by many threads.
 */
final class LateMapper {
  private volatile @Nullable JsonMapper made;

  /** Two threads may make one each at first; that harms nothing. */
  JsonMapper get() {
    JsonMapper mapper = made;
    if (mapper == null) {
      mapper = Json.mapper();
      made = mapper;
    }
    return mapper;
  }
}
