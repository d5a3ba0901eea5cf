package io.jobyard.node.generation;

import java.util.List;

/**
 * What worker processes stand on.
 *
 * @param classPath where they find classes
 * @param cache what may spare them the loading of classes; good for this class path only
 */
public record Footing(List<String> classPath, ClassCache cache) {
  public Footing {
    classPath = List.copyOf(classPath);
  }
}
