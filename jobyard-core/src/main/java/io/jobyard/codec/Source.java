package io.jobyard.codec;

import io.jobyard.JobContext;
import io.jobyard.PushRefused;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/** Where a value in a lambda's code comes from; nothing of the user's code runs to find out. */
sealed interface Source {
  /** The value, when the lambda is pushed. */
  @Nullable Object value(SerializedLambda lambda);

  /** Written in the code. */
  record Constant(@Nullable Object constant) implements Source {
    @Override
    public @Nullable Object value(SerializedLambda lambda) {
      return constant;
    }
  }

  /** A variable around the lambda, or the object it was written in. */
  record Captured(int index) implements Source {
    @Override
    public @Nullable Object value(SerializedLambda lambda) {
      return lambda.getCapturedArg(index);
    }
  }

  /**
   * A field.
   *
   * @param owner the object; null for a static field
   */
  record OfField(@Nullable Source owner, Field field) implements Source {
    @Override
    public @Nullable Object value(SerializedLambda lambda) {
      Object object = owner == null ? null : owner.value(lambda);
      if (owner != null && object == null) {
        throw new PushRefused("the lambda reads field " + field.getName() + " of null");
      }
      try {
        return field.get(object);
      } catch (IllegalAccessException e) {
        throw new PushRefused("the lambda reads field " + field + ", which cannot be read", e);
      }
    }
  }

  /** Seen as a primitive type, as boxing and widening do. */
  record As(Source source, Class<?> primitive) implements Source {
    @Override
    public @Nullable Object value(SerializedLambda lambda) {
      return convert(source.value(lambda), primitive);
    }
  }

  /**
   * The values for a method's parameters.
   *
   * @throws PushRefused if one cannot be a parameter's value
   */
  static @Nullable Object[] evaluate(Source[] sources, Method method, SerializedLambda lambda) {
    Class<?>[] parameters = method.getParameterTypes();
    var values = new @Nullable Object[sources.length];
    for (int i = 0; i < values.length; i++) {
      Object value = sources[i].value(lambda);
      if (parameters[i] == JobContext.class && value != null) {
        throw new PushRefused(
            "the running job is not known at push; give null as the JobContext of "
                + method.getName());
      }
      values[i] = parameters[i].isPrimitive() ? convert(value, parameters[i]) : value;
    }
    return values;
  }

  private static Object convert(@Nullable Object value, Class<?> primitive) {
    return switch (value) {
      case null -> throw new PushRefused("the lambda passes null as " + primitive);
      case Boolean truth -> truth;
      case Character letter -> number((int) letter, primitive);
      case Number number -> number(number, primitive);
      default ->
          throw new PushRefused("the lambda passes " + value.getClass() + " as " + primitive);
    };
  }

  private static Object number(Number number, Class<?> primitive) {
    return switch (primitive.getName()) {
      case "boolean" -> number.intValue() != 0;
      case "byte" -> number.byteValue();
      case "char" -> (char) number.intValue();
      case "short" -> number.shortValue();
      case "int" -> number.intValue();
      case "long" -> number.longValue();
      case "float" -> number.floatValue();
      default -> number.doubleValue();
    };
  }
}
