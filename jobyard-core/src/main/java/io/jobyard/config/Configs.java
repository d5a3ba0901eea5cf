package io.jobyard.config;

import java.nio.file.Path;

/**
 * Loads configurations. What wins: code, then the environment ({@code JOBYARD_STORE}, …), then
 * jobyard.yaml, then the defaults. Every method throws {@link ConfigInvalid} with all that is
 * wrong. {@link Configurer} is for a configuration in code.
 */
public final class Configs {
  /** What the file is called. */
  public static final String FILE = "jobyard.yaml";

  private Configs() {}

  /** jobyard.yaml of the working directory, or the defaults where there is none. */
  public static Config load() {
    return load(Path.of(""));
  }

  /**
   * A configuration file, or a folder: its jobyard.yaml, or the defaults where it has none.
   * Relative paths in it start from its folder.
   */
  public static Config load(Path folderOrFile) {
    return new Configurer().from(folderOrFile).build();
  }
}
