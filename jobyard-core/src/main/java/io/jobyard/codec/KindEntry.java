package io.jobyard.codec;

import java.util.ArrayList;
import java.util.List;

/**
 * One thing that can run, as plain text.
 *
 * @param form what runs
 * @param className the class of the job, of a handler's arguments, or that has the method
 * @param member the handler's class, or the method's name and descriptor; empty for a job
 */
record KindEntry(Form form, String className, String member, KindOptions options) {
  /** What runs. */
  enum Form {
    JOB,
    TASK,
    HANDLER,
    METHOD
  }

  String kind() {
    if (!options.name().isEmpty()) {
      return options.name();
    }
    return form == Form.METHOD ? MarkedMethod.defaultKind(className, methodName()) : className;
  }

  /** Names that no other entry may have. */
  List<String> names() {
    List<String> names = new ArrayList<>();
    names.add(kind());
    names.addAll(options.aliases());
    if (form != Form.METHOD) {
      names.add(className);
    }
    return names.stream().distinct().toList();
  }

  /** Names that are understood as long as one entry only has them. */
  List<String> shortNames() {
    return form == Form.METHOD
        ? List.of(className + "@" + methodName(), MarkedMethod.defaultKind(className, methodName()))
        : List.of(MarkedMethod.simpleName(className));
  }

  String methodName() {
    return member.substring(0, member.indexOf('('));
  }

  String methodDescriptor() {
    return member.substring(member.indexOf('('));
  }

  /** Not the record's own, which a JVM links for milliseconds at the first job. */
  @Override
  public int hashCode() {
    return 31 * className.hashCode() + member.hashCode();
  }

  /** For messages. */
  String described() {
    return switch (form) {
      case JOB, TASK -> "class " + className;
      case HANDLER -> className + " with handler " + member;
      case METHOD -> "method " + className + "." + methodName();
    };
  }
}
