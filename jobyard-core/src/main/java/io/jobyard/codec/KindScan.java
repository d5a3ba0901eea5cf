package io.jobyard.codec;

import io.github.classgraph.AnnotationInfo;
import io.github.classgraph.AnnotationParameterValueList;
import io.github.classgraph.ClassGraph;
import io.github.classgraph.ClassGraphException;
import io.github.classgraph.ClassInfo;
import io.github.classgraph.MethodInfo;
import io.github.classgraph.ScanResult;
import io.jobyard.Handler;
import io.jobyard.Job;
import io.jobyard.JobyardException;
import io.jobyard.Kind;
import io.jobyard.Shell;
import io.jobyard.Task;
import io.jobyard.codec.KindEntry.Form;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds what can run on a class path by reading class files: nothing of it is loaded, so the
 * manager may scan what only its workers run.
 */
public final class KindScan {
  /** Packages that never hold jobs of an application, to save reading them. */
  private static final String[] LIBRARIES = {
    "ch.qos.logback",
    "com.fasterxml",
    "com.google",
    "com.mysql",
    "com.sun",
    "com.zaxxer",
    "groovy",
    "io.github.classgraph",
    "io.jobyard.node.worker",
    "io.lettuce",
    "io.micrometer",
    "io.netty",
    "io.opentelemetry",
    "jakarta",
    "java",
    "javax",
    "jdk",
    "kotlin",
    "kotlinx",
    "net.bytebuddy",
    "nonapi.io.github.classgraph",
    "okhttp3",
    "org.apache",
    "org.aspectj",
    "org.assertj",
    "org.eclipse",
    "org.h2",
    "org.hibernate",
    "org.jspecify",
    "org.junit",
    "org.mariadb",
    "org.objectweb",
    "org.postgresql",
    "org.slf4j",
    "org.snakeyaml",
    "org.springframework",
    "org.sqlite",
    "org.yaml",
    "picocli",
    "reactor",
    "scala",
    "sun",
    "tools.jackson"
  };

  private KindScan() {}

  /**
   * The kinds in these jars and folders.
   *
   * @throws JobyardException if two have the same name, or an annotation says nonsense
   */
  public static KindIndex of(Collection<Path> classpath) {
    return scan(new ClassGraph().overrideClasspath(classpath));
  }

  /** The kinds that this class loader and its parents see; as {@link #of(Collection)}. */
  public static KindIndex of(ClassLoader loader) {
    return scan(new ClassGraph().overrideClassLoaders(loader));
  }

  private static KindIndex scan(ClassGraph graph) {
    graph
        .enableMethodInfo()
        .enableAnnotationInfo()
        .ignoreClassVisibility()
        .ignoreMethodVisibility()
        .disableRuntimeInvisibleAnnotations()
        .disableModuleScanning()
        .disableNestedJarScanning()
        .rejectPackages(LIBRARIES)
        // Its kind is the worker's own.
        .rejectClasses(Shell.class.getName());
    try (ScanResult scan = graph.scan()) {
      List<KindEntry> entries = new ArrayList<>();
      addJobs(scan, entries);
      addHandlers(scan, entries);
      addMethods(scan, entries);
      return new KindIndex(entries);
    } catch (ClassGraphException e) {
      throw new JobyardException("the class path cannot be scanned for jobs: " + e.getMessage(), e);
    }
  }

  private static void addJobs(ScanResult scan, List<KindEntry> entries) {
    List<String> tasks = scan.getClassesImplementing(Task.class.getName()).getNames();
    for (ClassInfo job : scan.getClassesImplementing(Job.class.getName())) {
      if (tasks.contains(job.getName())) {
        throw new JobyardException(job.getName() + " is both Job and Task; implement one of them");
      }
      addJob(Form.JOB, job, entries);
    }
    for (ClassInfo task : scan.getClassesImplementing(Task.class.getName())) {
      addJob(Form.TASK, task, entries);
    }
  }

  private static void addJob(Form form, ClassInfo job, List<KindEntry> entries) {
    if (runs(job)) {
      entries.add(new KindEntry(form, job.getName(), "", options(job)));
    }
  }

  private static void addHandlers(ScanResult scan, List<KindEntry> entries) {
    for (ClassInfo handler : scan.getClassesImplementing(Handler.class.getName())) {
      String arguments = runs(handler) ? HandlerType.of(handler) : null;
      if (arguments != null) {
        ClassInfo type = scan.getClassInfo(arguments);
        KindOptions options = type == null ? KindOptions.NONE : options(type);
        entries.add(new KindEntry(Form.HANDLER, arguments, handler.getName(), options));
      }
    }
  }

  private static void addMethods(ScanResult scan, List<KindEntry> entries) {
    for (ClassInfo owner : scan.getClassesWithMethodAnnotation(Kind.class.getName())) {
      for (MethodInfo method : owner.getDeclaredMethodInfo()) {
        AnnotationInfo kind = method.getAnnotationInfo(Kind.class.getName());
        // The compiler copies annotations to the bridges that it makes.
        if (kind != null && !method.isSynthetic() && !method.isBridge()) {
          String member = method.getName() + method.getTypeDescriptorStr();
          String where = "method " + owner.getName() + "." + method.getName();
          entries.add(new KindEntry(Form.METHOD, owner.getName(), member, options(kind, where)));
        }
      }
    }
  }

  private static boolean runs(ClassInfo type) {
    return !type.isInterface()
        && !type.isAbstract()
        && !type.isAnonymousInnerClass()
        && !type.isSynthetic();
  }

  private static KindOptions options(ClassInfo type) {
    return options(type.getAnnotationInfo(Kind.class.getName()), "class " + type.getName());
  }

  private static KindOptions options(@Nullable AnnotationInfo kind, String where) {
    if (kind == null) {
      return KindOptions.NONE;
    }
    AnnotationParameterValueList given = kind.getParameterValues(false);
    Object aliases = given.getValue("aliases");
    Object retries = given.getValue("retries");
    try {
      return new KindOptions(
          text(given, "value"),
          aliases == null
              ? List.of()
              : Arrays.stream((Object[]) aliases).map(Object::toString).toList(),
          text(given, "queue"),
          text(given, "timeout"),
          retries == null ? -1 : (Integer) retries,
          text(given, "backoff"));
    } catch (IllegalArgumentException e) {
      throw new JobyardException(where + ": " + e.getMessage(), e);
    }
  }

  private static String text(AnnotationParameterValueList given, String attribute) {
    Object value = given.getValue(attribute);
    return value == null ? "" : value.toString();
  }
}
