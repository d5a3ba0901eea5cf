package io.jobyard.codec;

import io.github.classgraph.ClassInfo;
import io.github.classgraph.ClassRefTypeSignature;
import io.github.classgraph.ClassTypeSignature;
import io.github.classgraph.ReferenceTypeSignature;
import io.github.classgraph.TypeArgument;
import io.github.classgraph.TypeVariableSignature;
import io.jobyard.Handler;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which record a handler handles, read from its class file, through generic classes above it. */
final class HandlerType {
  private HandlerType() {}

  /** The name of the record's class; null where the handler leaves it open, as a decorator does. */
  static @Nullable String of(ClassInfo handler) {
    return find(handler, Map.of());
  }

  /**
   * @param bound what the type variables of this class stand for
   */
  private static @Nullable String find(ClassInfo type, Map<String, String> bound) {
    for (ClassRefTypeSignature parent : parents(type)) {
      List<@Nullable String> arguments = arguments(parent, bound);
      if (parent.getFullyQualifiedClassName().equals(Handler.class.getName())) {
        return arguments.isEmpty() ? null : arguments.getFirst();
      }
      ClassInfo info = parent.getClassInfo();
      String found = info == null ? null : find(info, variables(info, arguments));
      if (found != null) {
        return found;
      }
    }
    return plainParent(type);
  }

  /** A class without type arguments of its own may extend a handler that has them. */
  private static @Nullable String plainParent(ClassInfo type) {
    if (type.getTypeSignature() != null) {
      return null;
    }
    List<ClassInfo> parents = new ArrayList<>(type.getInterfaces());
    if (type.getSuperclass() != null) {
      parents.add(type.getSuperclass());
    }
    for (ClassInfo parent : parents) {
      String found = find(parent, Map.of());
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private static List<ClassRefTypeSignature> parents(ClassInfo type) {
    ClassTypeSignature signature = type.getTypeSignature();
    if (signature == null) {
      return List.of();
    }
    List<ClassRefTypeSignature> parents = new ArrayList<>(signature.getSuperinterfaceSignatures());
    if (signature.getSuperclassSignature() != null) {
      parents.add(signature.getSuperclassSignature());
    }
    return parents;
  }

  private static List<@Nullable String> arguments(
      ClassRefTypeSignature parent, Map<String, String> bound) {
    // Of a nested class, the arguments belong to the last part of its name.
    List<TypeArgument> given =
        parent.getSuffixes().isEmpty()
            ? parent.getTypeArguments()
            : parent.getSuffixTypeArguments().getLast();
    List<@Nullable String> names = new ArrayList<>();
    for (TypeArgument argument : given) {
      ReferenceTypeSignature type = argument.getTypeSignature();
      if (type instanceof ClassRefTypeSignature named) {
        names.add(named.getFullyQualifiedClassName());
      } else if (type instanceof TypeVariableSignature variable) {
        names.add(bound.get(variable.getName()));
      } else {
        names.add(null);
      }
    }
    return names;
  }

  private static Map<String, String> variables(ClassInfo type, List<@Nullable String> arguments) {
    Map<String, String> variables = new HashMap<>();
    ClassTypeSignature signature = type.getTypeSignature();
    if (signature == null) {
      return variables;
    }
    for (int i = 0; i < arguments.size() && i < signature.getTypeParameters().size(); i++) {
      String argument = arguments.get(i);
      if (argument != null) {
        variables.put(signature.getTypeParameters().get(i).getName(), argument);
      }
    }
    return variables;
  }
}
