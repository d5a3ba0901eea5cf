package io.jobyard.codec;

import io.jobyard.Failure;
import io.jobyard.Job;
import io.jobyard.JobContext;
import io.jobyard.Kind;
import io.jobyard.RunRefused;
import io.jobyard.Task;
import io.jobyard.Verdict;
import io.jobyard.store.JobSettings;
import io.jobyard.store.Payload;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Type;
import tools.jackson.databind.json.JsonMapper;

/**
 * The classes that came with a job, apart from all others: they see the worker's class path, and
 * hide classes of the same name there, but nobody sees them.
 */
final class ShippedLoader extends ClassLoader {
  private final Map<String, byte[]> files;
  private final JsonMapper mapper = Json.mapper();

  ShippedLoader(ClassLoader parent, Map<String, byte[]> files) {
    super("shipped", parent);
    this.files = new TreeMap<>(files);
  }

  /** Stands for these classes. */
  String digest() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      files.forEach((name, file) -> digest.update(file));
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /**
   * What runs such jobs.
   *
   * @param kind the job class's name or kind, where there is no call
   * @throws RunRefused if the classes cannot be loaded, or are no job
   */
  Work work(String kind, Shipment.@Nullable Body call) {
    try {
      return call == null ? jobClass(kind) : lambda(kind, call);
    } catch (ClassNotFoundException | LinkageError e) {
      throw new RunRefused(
          "the code that came with job %s cannot be loaded: %s".formatted(kind, e), e);
    }
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!files.containsKey(name)) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> known = findLoadedClass(name);
      return known != null ? known : findClass(name);
    }
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    byte[] file = files.get(name);
    if (file == null) {
      throw new ClassNotFoundException(
          name + " neither came with the job nor is on this worker's class path");
    }
    return defineClass(name, file, 0, file.length);
  }

  private Work jobClass(String kind) throws ClassNotFoundException {
    for (String name : files.keySet()) {
      Class<?> type = Class.forName(name, false, this);
      if (Job.class.isAssignableFrom(type) || Task.class.isAssignableFrom(type)) {
        KindOptions options = KindOptions.of(type.getAnnotation(Kind.class));
        if ((options.name().isEmpty() ? name : options.name()).equals(kind)) {
          return Job.class.isAssignableFrom(type)
              ? new JobWork(type, options.settings(), mapper)
              : new TaskWork(type, options.settings(), mapper);
        }
      }
    }
    throw new ClassNotFoundException("none of its classes is job " + kind);
  }

  private Work lambda(String kind, Shipment.Body call) throws ClassNotFoundException {
    Class<?> owner = Class.forName(call.owner(), false, this);
    for (Method method : owner.getDeclaredMethods()) {
      if (method.getName().equals(call.name())
          && Type.getMethodDescriptor(method).equals(call.descriptor())) {
        method.setAccessible(true);
        return new LambdaWork(kind, method, mapper);
      }
    }
    throw new ClassNotFoundException(call.owner() + " has no " + call.name());
  }

  /** Runs a lambda's body, a static method whose parameters are what the lambda captured. */
  private static final class LambdaWork implements Work {
    private final String kind;
    private final Method body;
    private final Arguments arguments;
    private final @Nullable ValueType value;

    LambdaWork(String kind, Method body, JsonMapper mapper) {
      this.kind = kind;
      this.body = body;
      this.arguments = new Arguments(kind, body, mapper);
      this.value =
          body.getReturnType() == void.class
              ? null
              : ValueType.of(kind, mapper, mapper.constructType(body.getReturnType()));
    }

    @Override
    public JobSettings settings() {
      return JobSettings.NONE;
    }

    @Override
    public boolean handlesFailure() {
      return false;
    }

    @Override
    @SuppressWarnings("NullAway") // a static method has no receiver
    public byte @Nullable [] run(Payload payload, JobContext job) throws Throwable {
      try {
        Object result = body.invoke(null, arguments.read(Payloads.json(kind, payload), job));
        return value == null ? null : value.write(result);
      } catch (InvocationTargetException e) {
        throw e.getCause() == null ? e : e.getCause();
      }
    }

    @Override
    public Verdict failed(Payload payload, JobContext job, Failure failure) {
      return Verdict.PASS;
    }
  }
}
