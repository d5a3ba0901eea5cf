package io.jobyard.codec;

import io.jobyard.Handler;
import io.jobyard.Job;
import io.jobyard.Kind;
import io.jobyard.PushRefused;
import io.jobyard.Shell;
import io.jobyard.Task;
import io.jobyard.store.JobSettings;
import io.jobyard.store.Payload;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/**
 * A class whose objects are pushed as jobs: what is the same for all of them, found out once. Safe
 * for use by many threads.
 *
 * <p>The first object of a class is read back before it is stored, so that a class which JSON
 * writes but cannot read is refused where the mistake can be seen.
 */
final class JobClass {
  private static final byte[] NO_FIELDS = "{}".getBytes(StandardCharsets.US_ASCII);

  private final String name;
  private final String kind;
  private final KindOptions options;
  private final JobSettings settings;
  private final boolean task;
  private final @Nullable ValueType value;
  private final boolean record;
  private final boolean empty;
  private final ObjectWriter writer;
  private final ObjectReader reader;
  private volatile boolean readable;

  private JobClass(Class<?> type, KindOptions options, JsonMapper mapper) {
    this.name = type.getSimpleName();
    this.options = options;
    this.kind = Names.check("kind", options.name().isEmpty() ? type.getName() : options.name());
    this.settings = options.settings();
    this.task = Task.class.isAssignableFrom(type);
    this.value = task ? ValueType.of(name, mapper, valueOf(type, mapper)) : null;
    this.record = type.isRecord();
    this.empty = !hasFields(type);
    this.writer = mapper.writerFor(type);
    this.reader = mapper.readerFor(type);
  }

  /**
   * @throws PushRefused if objects of this class cannot be jobs; says why and what to write instead
   */
  static JobClass of(Class<?> type, JsonMapper mapper) {
    String flaw = flaw(type);
    if (flaw != null) {
      throw new PushRefused(flaw);
    }
    Kind named = type.getAnnotation(Kind.class);
    if (named != null && named.value().startsWith(Names.OWN) && type != Shell.class) {
      throw new PushRefused(
          "%s is called '%s', but kinds that begin with %s are Jobyard's own; give it another name"
              .formatted(type.getName(), named.value(), Names.OWN));
    }
    try {
      return new JobClass(type, KindOptions.of(type.getAnnotation(Kind.class)), mapper);
    } catch (IllegalArgumentException e) {
      throw new PushRefused(type.getName() + ": " + e.getMessage(), e);
    }
  }

  /** The type of value that a task class declares. */
  static JavaType valueOf(Class<?> type, JsonMapper mapper) {
    return mapper.getTypeFactory().findFirstTypeParameter(mapper.constructType(type), Task.class);
  }

  Encoded encode(Object job) {
    String queue = options.queue().isEmpty() ? null : options.queue();
    return new Encoded(kind, Payload.json(json(job)), queue, settings, task, value);
  }

  private byte[] json(Object job) {
    byte[] json;
    try {
      json = empty ? NO_FIELDS : writer.writeValueAsBytes(job);
    } catch (JacksonException e) {
      throw new PushRefused(name + " cannot be written as JSON: " + Payloads.reason(e), e);
    }
    String tooLarge = Payloads.tooLarge(json);
    if (tooLarge != null) {
      throw new PushRefused(name + " " + tooLarge);
    }
    if (!readable) {
      if (!empty && !record && Arrays.equals(json, NO_FIELDS)) {
        throw new PushRefused(name + " has fields, but none that JSON can see; make it a record");
      }
      readBack(json);
      readable = true;
    }
    return json;
  }

  private void readBack(byte[] json) {
    try {
      reader.readValue(json);
    } catch (JacksonException e) {
      throw new PushRefused(
          name
              + " could not be read back from its JSON: "
              + Payloads.reason(e)
              + "; make it a record of plain values",
          e);
    }
  }

  private static @Nullable String flaw(Class<?> type) {
    String name = type.getName();
    if (type.isHidden() || type.isSynthetic()) {
      return "a lambda given as "
          + (Task.class.isAssignableFrom(type) ? "Task" : "Job")
          + " has no name under which a worker could find it; write a record, or push a call as in"
          + " () -> mailer.welcome(42)";
    }
    if (type.isArray() || type.getClassLoader() == null || type.getName().startsWith("java.")) {
      return "a "
          + name
          + " is not a job; push a record that implements Job or has a "
          + Handler.class.getSimpleName();
    }
    if (type.isAnonymousClass()) {
      return "the anonymous class " + name + " cannot be a job; write a record";
    }
    boolean inner = (type.isLocalClass() || type.isMemberClass()) && !type.isRecord();
    if (inner && !type.isEnum() && !Modifier.isStatic(type.getModifiers())) {
      return name + " belongs to an object around it; make it a record, or static";
    }
    if (type.getTypeParameters().length > 0) {
      return name + " is generic, and JSON would lose its type arguments; write a record for each";
    }
    if (Job.class.isAssignableFrom(type) && Task.class.isAssignableFrom(type)) {
      return name + " is both Job and Task; implement one of them";
    }
    return null;
  }

  private static boolean hasFields(Class<?> type) {
    for (Class<?> c = type; c != null; c = c.getSuperclass()) {
      for (Field field : c.getDeclaredFields()) {
        if (!Modifier.isStatic(field.getModifiers())
            && !Modifier.isTransient(field.getModifiers())
            && !field.isSynthetic()) {
          return true;
        }
      }
    }
    return false;
  }
}
