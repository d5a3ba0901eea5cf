package io.jobyard.codec;

import io.jobyard.Job;
import io.jobyard.JobContext;
import io.jobyard.Task;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.MethodNode;

/**
 * Says why a kind cannot run here. Looks at class files at most: the name came with a job, and no
 * job may choose a class to load.
 */
final class MissingKind {
  private static final int MOST_KNOWN = 20;
  private static final Pattern CLASS_NAME =
      Pattern.compile("[\\p{L}_$][\\p{L}\\p{N}_$]*(\\.[\\p{L}_$][\\p{L}\\p{N}_$]*)*");

  private final KindIndex index;
  private final ClassLoader loader;

  MissingKind(KindIndex index, ClassLoader loader) {
    this.index = index;
    this.loader = loader;
  }

  String explain(String kind) {
    List<String> meant =
        index.entries().stream()
            .filter(entry -> entry.shortNames().contains(kind))
            .map(KindEntry::described)
            .toList();
    if (!meant.isEmpty()) {
      return "'" + kind + "' may be any of " + meant + "; push it under its full name";
    }
    int at = kind.indexOf('@');
    String why = at < 0 ? ofClass(kind) : ofMethod(kind.substring(0, at), kind.substring(at + 1));
    return why != null ? why : "no job is registered as '" + kind + "' here; " + known();
  }

  private @Nullable String ofClass(String name) {
    ClassNode type = read(name);
    if (type == null) {
      return null;
    }
    if ((type.access & Opcodes.ACC_ABSTRACT) != 0) {
      return "class " + name + " exists here but is abstract; push one of the classes below it";
    }
    if (type.interfaces.contains(Type.getInternalName(Job.class))
        || type.interfaces.contains(Type.getInternalName(Task.class))) {
      return "class " + name + " is a job but was not there when the class path was scanned";
    }
    return methods(type, "run").anyMatch(MissingKind::takesContext)
        ? "class " + name + " has a method run(JobContext) but does not say that it implements Job"
        : "class "
            + name
            + " exists here but is not a job: it has no run(JobContext); let it implement Job or"
            + " Task, or write a Handler for it";
  }

  private @Nullable String ofMethod(String owner, String method) {
    String className =
        index.entries().stream()
            .map(KindEntry::className)
            .filter(name -> MarkedMethod.simpleName(name).equals(owner))
            .findFirst()
            .orElse(owner);
    ClassNode type = read(className);
    if (type == null) {
      return null;
    }
    return methods(type, method).findAny().isPresent()
        ? "method %s of class %s is not marked @Kind; mark it to let it run as a job"
            .formatted(method, className)
        : "class " + className + " has no method " + method;
  }

  private @Nullable ClassNode read(String name) {
    if (!CLASS_NAME.matcher(name).matches()) {
      return null;
    }
    try (InputStream bytes = loader.getResourceAsStream(name.replace('.', '/') + ".class")) {
      if (bytes == null) {
        return null;
      }
      var node = new ClassNode();
      new ClassReader(bytes).accept(node, ClassReader.SKIP_CODE);
      return node;
    } catch (IOException | IllegalArgumentException e) {
      return null; // what cannot be read is not known here
    }
  }

  private static Stream<MethodNode> methods(ClassNode type, String name) {
    return type.methods.stream().filter(method -> Objects.equals(method.name, name));
  }

  private static boolean takesContext(MethodNode method) {
    return method.desc.startsWith("(" + Type.getDescriptor(JobContext.class) + ")");
  }

  private String known() {
    List<String> kinds = index.entries().stream().map(KindEntry::kind).toList();
    if (kinds.isEmpty()) {
      return "none is: put classes that implement Job on the class path";
    }
    String first = String.join(", ", kinds.subList(0, Math.min(kinds.size(), MOST_KNOWN)));
    int more = kinds.size() - MOST_KNOWN;
    return "known are: " + first + (more > 0 ? " and " + more + " more" : "");
  }
}
