package io.jobyard.codec;

import io.jobyard.Job;
import io.jobyard.PushRefused;
import io.jobyard.Task;
import io.jobyard.config.ShippingKey;
import io.jobyard.store.JobSettings;
import io.jobyard.store.Payload;
import java.io.Serializable;
import java.lang.invoke.MethodHandleInfo;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Type;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The producer's side of code that travels: puts the classes of a job, or of a lambda that is more
 * than one call, beside its arguments. Safe for use by many threads.
 */
final class Shipping {
  private final ShippingKey key;
  private final JsonMapper mapper;

  private final ClassValue<Map<String, byte[]>> files =
      new ClassValue<>() {
        @Override
        protected Map<String, byte[]> computeValue(Class<?> type) {
          return ClassFiles.of(type);
        }
      };

  Shipping(ShippingKey key, JsonMapper mapper) {
    this.key = key;
    this.mapper = mapper;
  }

  /** The same job with its classes; one whose code is a handler apart goes as it is. */
  Encoded encode(Class<?> type, Encoded job) {
    if (!Job.class.isAssignableFrom(type) && !Task.class.isAssignableFrom(type)) {
      return job;
    }
    Payload shipped =
        packed(job.kind(), job.payload().bytes(), null, files.get(type), type.getSimpleName());
    return new Encoded(job.kind(), shipped, job.queue(), job.settings(), job.task(), job.value());
  }

  /** A lambda with the class that it stands in. */
  Encoded encode(Serializable lambda, boolean task) {
    SerializedLambda open = Lambdas.open(lambda);
    Method body = body(open, lambda.getClass().getClassLoader());
    String kind = body.getDeclaringClass().getName() + "." + body.getName();
    Names.check("kind", kind);
    var call =
        new Shipment.Body(
            body.getDeclaringClass().getName(), body.getName(), open.getImplMethodSignature());
    Payload payload =
        packed(
            kind, captured(kind, body, open), call, files.get(body.getDeclaringClass()), "lambda");
    ValueType value =
        task ? ValueType.of(kind, mapper, mapper.constructType(body.getReturnType())) : null;
    return new Encoded(kind, payload, null, JobSettings.NONE, task, value);
  }

  private static Method body(SerializedLambda lambda, ClassLoader loader) {
    if (lambda.getImplMethodKind() != MethodHandleInfo.REF_invokeStatic) {
      throw new PushRefused(
          "the lambda needs the object around it, which cannot travel; copy what it uses into local"
              + " variables, or call a static method");
    }
    try {
      Class<?> owner = Class.forName(lambda.getImplClass().replace('/', '.'), false, loader);
      for (Method method : owner.getDeclaredMethods()) {
        if (method.getName().equals(lambda.getImplMethodName())
            && Type.getMethodDescriptor(method).equals(lambda.getImplMethodSignature())) {
          return method;
        }
      }
      throw new PushRefused("the lambda's body is not in " + owner.getName());
    } catch (ClassNotFoundException | LinkageError e) {
      throw new PushRefused("the lambda's class cannot be found: " + e, e);
    }
  }

  private byte[] captured(String kind, Method body, SerializedLambda lambda) {
    var values = new @Nullable Object[lambda.getCapturedArgCount()];
    Arrays.setAll(values, lambda::getCapturedArg);
    var arguments = new Arguments(kind, body, mapper);
    try {
      byte[] json = arguments.write(values);
      @Nullable Object[] back = arguments.read(json, null);
      for (int i = 0; i < values.length; i++) {
        if (!Objects.deepEquals(values[i], back[i])) {
          throw new PushRefused(
              "the lambda captures a %s that does not come back from its JSON as it was; capture plain values and records"
                  .formatted(values[i] == null ? "null" : values[i].getClass().getName()));
        }
      }
      return json;
    } catch (JacksonException e) {
      throw new PushRefused(
          "the lambda captures what cannot be written as JSON: " + Payloads.reason(e), e);
    } catch (PayloadMismatch e) {
      throw new PushRefused("JSON cannot carry what the lambda captures: " + e.getMessage(), e);
    }
  }

  private Payload packed(
      String kind,
      byte[] args,
      Shipment.@Nullable Body call,
      Map<String, byte[]> classes,
      String what) {
    Payload payload = Shipment.of(kind, args, call, classes, key).payload();
    String tooLarge = Payloads.tooLarge(payload.bytes());
    if (tooLarge != null) {
      throw new PushRefused(what + " with its code " + tooLarge);
    }
    return payload;
  }
}
