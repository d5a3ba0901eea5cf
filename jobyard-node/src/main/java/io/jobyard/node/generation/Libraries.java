package io.jobyard.node.generation;

import ch.qos.logback.core.Context;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.uuid.Generators;
import io.github.classgraph.ClassGraph;
import io.jobyard.Job;
import io.jobyard.node.worker.WorkerMain;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.tree.ClassNode;
import org.slf4j.LoggerFactory;
import org.snakeyaml.engine.v2.api.Load;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * What of the manager's class path a worker needs: the core, the worker itself, and what these two
 * stand on. The rest is the manager's alone (HTTP, the command line, stores): each jar more would
 * be opened and its whole list of files read at a worker's start, when something is looked up by
 * name, as logging does; and the jobs might meet other versions of libraries than their own.
 */
final class Libraries {
  /** A class of each. */
  private static final List<Class<?>> OF_WORKERS =
      List.of(
          Job.class,
          WorkerMain.class,
          JsonMapper.class,
          JsonFactory.class,
          JsonProperty.class,
          LoggerFactory.class,
          ch.qos.logback.classic.Logger.class,
          Context.class,
          ClassReader.class,
          ClassNode.class,
          ClassGraph.class,
          Load.class,
          Generators.class,
          NullMarked.class);

  private Libraries() {}

  /** Those of this class path, in its order; all of it where they are not told apart there. */
  static List<Path> ofWorkers(List<Path> classPath) {
    Set<Path> needed = new HashSet<>();
    for (Class<?> one : OF_WORKERS) {
      Path path = home(one);
      if (path == null || !classPath.contains(path)) {
        return classPath;
      }
      needed.add(path);
    }
    return classPath.stream().filter(needed::contains).toList();
  }

  private static @Nullable Path home(Class<?> type) {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    try {
      return source == null ? null : Path.of(source.getLocation().toURI());
    } catch (URISyntaxException | IllegalArgumentException e) {
      return null; // not a file
    }
  }
}
