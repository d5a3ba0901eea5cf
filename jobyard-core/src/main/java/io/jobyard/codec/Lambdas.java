package io.jobyard.codec;

import io.jobyard.PushRefused;
import io.jobyard.store.JobSettings;
import io.jobyard.store.Payload;
import java.io.Serializable;
import java.lang.invoke.MethodHandleInfo;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Stores a lambda as the one call it makes. Each place in the code that makes such a lambda is read
 * once; after that only the captured values are looked at. Safe for use by many threads.
 */
final class Lambdas {
  private final JsonMapper mapper;

  /** A lambda's class stands for its place in the code. */
  private final ClassValue<Site> sites =
      new ClassValue<>() {
        @Override
        protected Site computeValue(Class<?> type) {
          return new Site(opener(type));
        }
      };

  Lambdas(JsonMapper mapper) {
    this.mapper = mapper;
  }

  Encoded encode(Serializable lambda, boolean task) {
    return sites.get(lambda.getClass()).encode(lambda, task);
  }

  /** What the compiler and the JDK know of a lambda. @throws PushRefused if it is none */
  static SerializedLambda open(Serializable lambda) {
    return open(lambda, opener(lambda.getClass()));
  }

  private static Method opener(Class<?> type) {
    try {
      Method writeReplace = type.getDeclaredMethod("writeReplace");
      writeReplace.setAccessible(true);
      return writeReplace;
    } catch (NoSuchMethodException e) {
      throw new PushRefused(
          type.getName()
              + " is not a lambda or method reference; write () -> mailer.welcome(42), or a record"
              + " that implements Job",
          e);
    } catch (InaccessibleObjectException e) {
      throw new PushRefused(
          "the lambda cannot be looked into: open package %s to io.jobyard"
              .formatted(type.getPackageName()),
          e);
    }
  }

  private static SerializedLambda open(Serializable lambda, Method writeReplace) {
    try {
      return (SerializedLambda) writeReplace.invoke(lambda);
    } catch (ReflectiveOperationException | ClassCastException e) {
      throw new PushRefused("the lambda cannot be looked into: " + e, e);
    }
  }

  /** The one call that the lambda makes. */
  private static Found find(SerializedLambda lambda, ClassLoader loader) {
    String owner = lambda.getImplClass().replace('/', '.');
    if (lambda.getImplMethodKind() == MethodHandleInfo.REF_newInvokeSpecial) {
      throw new PushRefused("a constructor cannot be a job; write a call of a method");
    }
    // Only the reader of its code can tell a lambda's body from a method that is referred to.
    CallReader.Call call =
        lambda.getImplMethodName().startsWith("lambda$")
            ? CallReader.read(lambda, loader)
            : new CallReader.Call(
                owner, lambda.getImplMethodName(), lambda.getImplMethodSignature(), new Source[0]);
    return new Found(marked(call, loader), call.arguments());
  }

  private static MarkedMethod marked(CallReader.Call call, ClassLoader loader) {
    Class<?> owner;
    try {
      owner = Class.forName(call.owner(), false, loader);
    } catch (ClassNotFoundException | LinkageError e) {
      throw new PushRefused("the lambda calls " + call + ", whose class cannot be found", e);
    }
    try {
      MarkedMethod method = MarkedMethod.find(owner, call.name(), call.descriptor());
      if (method == null) {
        throw new PushRefused(
            "the lambda calls %s, which is not marked @Kind; mark the method to let it run as a job"
                .formatted(call));
      }
      return method;
    } catch (IllegalArgumentException e) {
      throw new PushRefused(call + ": " + e.getMessage(), e);
    }
  }

  @SuppressWarnings("ArrayRecordComponent")
  private record Found(MarkedMethod method, Source[] sources) {}

  /** One place in the code. */
  private final class Site {
    private final Method writeReplace;
    private volatile @Nullable Plan plan;

    Site(Method writeReplace) {
      this.writeReplace = writeReplace;
    }

    Encoded encode(Serializable lambda, boolean task) {
      SerializedLambda open = open(lambda, writeReplace);
      Plan known = plan;
      if (known != null) {
        return known.encode(open, task, false);
      }
      Plan first = new Plan(find(open, lambda.getClass().getClassLoader()), mapper);
      Encoded encoded = first.encode(open, task, true);
      plan = first;
      return encoded;
    }
  }

  /** How lambdas of one place are stored. */
  private static final class Plan {
    private final Found call;
    private final String kind;
    private final @Nullable String queue;
    private final JobSettings settings;
    private final Arguments arguments;
    private final ValueType value;

    Plan(Found call, JsonMapper mapper) {
      MarkedMethod target = call.method();
      this.call = call;
      this.kind = Names.check("kind", target.kind());
      this.queue = target.options().queue().isEmpty() ? null : target.options().queue();
      this.settings = target.options().settings();
      this.arguments = new Arguments(kind, target.method(), mapper);
      this.value =
          ValueType.of(kind, mapper, mapper.constructType(target.method().getGenericReturnType()));
    }

    Encoded encode(SerializedLambda lambda, boolean task, boolean readBack) {
      byte[] json;
      try {
        json = arguments.write(Source.evaluate(call.sources(), call.method().method(), lambda));
        if (readBack) {
          arguments.read(json, null);
        }
      } catch (JacksonException e) {
        throw new PushRefused(
            "an argument of " + kind + " cannot be written as JSON: " + Payloads.reason(e), e);
      } catch (PayloadMismatch e) {
        throw new PushRefused("JSON cannot carry the call: " + e.getMessage(), e);
      }
      String tooLarge = Payloads.tooLarge(json);
      if (tooLarge != null) {
        throw new PushRefused("the call of " + kind + " " + tooLarge);
      }
      return new Encoded(kind, Payload.json(json), queue, settings, task, task ? value : null);
    }
  }
}
