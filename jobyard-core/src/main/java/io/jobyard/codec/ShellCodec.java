package io.jobyard.codec;

import io.jobyard.Shell;
import io.jobyard.store.Payload;
import tools.jackson.databind.json.JsonMapper;

/** Shell jobs and their results, to and from JSON. Safe for use by many threads. */
public final class ShellCodec {
  private final PayloadReader<Shell> reader;
  private final ValueType result;

  public ShellCodec() {
    JsonMapper mapper = Json.mapper();
    this.reader = new PayloadReader<>(Shell.class, mapper);
    this.result =
        ValueType.of(Shell.class.getSimpleName(), mapper, mapper.constructType(Shell.Result.class));
  }

  /**
   * The job that a payload describes.
   *
   * @throws PayloadMismatch if it describes none; names the field
   */
  public Shell read(Payload payload) {
    return reader.read(payload);
  }

  /** The JSON of a result. */
  public byte[] write(Shell.Result value) {
    return result.write(value);
  }
}
