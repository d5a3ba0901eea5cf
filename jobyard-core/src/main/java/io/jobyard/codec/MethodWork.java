package io.jobyard.codec;

import io.jobyard.Failure;
import io.jobyard.JobContext;
import io.jobyard.JobyardException;
import io.jobyard.Verdict;
import io.jobyard.store.JobSettings;
import io.jobyard.store.Payload;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Runs a method marked {@link io.jobyard.Kind}. */
final class MethodWork implements Work {
  private static final MethodType CALLED =
      MethodType.methodType(Object.class, Object.class, Object[].class);

  private final String kind;
  private final JobSettings settings;
  private final Arguments arguments;
  private final @Nullable ValueType value;
  private final @Nullable Receiver receiver;
  private final MethodHandle call;

  MethodWork(String kind, MarkedMethod marked, Receiver receiver, JsonMapper mapper) {
    Method method = marked.method();
    boolean isStatic = Modifier.isStatic(method.getModifiers());
    this.kind = kind;
    this.settings = marked.options().settings();
    this.arguments = new Arguments(kind, method, mapper);
    this.value =
        method.getReturnType() == void.class
            ? null
            : ValueType.of(kind, mapper, mapper.constructType(method.getGenericReturnType()));
    this.receiver = isStatic ? null : receiver;
    this.call = handle(method, isStatic);
  }

  private static MethodHandle handle(Method method, boolean isStatic) {
    try {
      method.setAccessible(true);
      MethodHandle direct = MethodHandles.lookup().unreflect(method).asFixedArity();
      MethodHandle bound = isStatic ? MethodHandles.dropArguments(direct, 0, Object.class) : direct;
      return bound.asSpreader(Object[].class, method.getParameterCount()).asType(CALLED);
    } catch (IllegalAccessException | InaccessibleObjectException e) {
      throw new JobyardException(
          "method %s cannot be called; make it and its class public".formatted(method), e);
    }
  }

  @Override
  public JobSettings settings() {
    return settings;
  }

  @Override
  public boolean handlesFailure() {
    return false;
  }

  @Override
  public byte @Nullable [] run(Payload payload, JobContext job) throws Throwable {
    @Nullable Object[] values = arguments.read(Payloads.json(kind, payload), job);
    Object target = receiver == null ? null : receiver.get();
    Object result = (Object) call.invokeExact(target, values);
    return value == null ? null : value.write(result);
  }

  @Override
  public Verdict failed(Payload payload, JobContext job, Failure failure) {
    return Verdict.PASS;
  }
}
