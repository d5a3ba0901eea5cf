package io.jobyard.codec;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.deser.std.StdDeserializer;
import tools.jackson.databind.introspect.AccessorNamingStrategy;
import tools.jackson.databind.introspect.AnnotatedClass;
import tools.jackson.databind.introspect.AnnotatedMember;
import tools.jackson.databind.introspect.AnnotatedMethod;
import tools.jackson.databind.introspect.AnnotatedParameter;
import tools.jackson.databind.introspect.DefaultAccessorNamingStrategy;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.BasicPolymorphicTypeValidator;
import tools.jackson.databind.module.SimpleModule;

/**
 * The JSON of payloads and values: strict, so that a renamed field is an error and not a zero, and
 * unable to load a class that the text names.
 */
final class Json {
  private Json() {}

  /** A mapper of its own for each owner: it caches classes, and must go when their loader goes. */
  static JsonMapper mapper() {
    return JsonMapper.builder()
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
        .disable(DateTimeFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE)
        .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
        .enable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
        .accessorNaming(new ComponentsOnly())
        .annotationIntrospector(new PrimitivesRequired())
        // Denies every class name in a payload, also where a user's @JsonTypeInfo(CLASS) asks for
        // one; type ids by name are not affected.
        .polymorphicTypeValidator(BasicPolymorphicTypeValidator.builder().build())
        .addModule(new SimpleModule("jobyard").addDeserializer(Class.class, new NoClasses()))
        .build();
  }

  /** The same without required fields, to find out what else a payload has wrong. */
  static JsonMapper lenient(JsonMapper mapper) {
    return mapper.rebuild().annotationIntrospector(new JacksonAnnotationIntrospector()).build();
  }

  /** A record's payload is its components; a {@code getX} or {@code isX} beside them is not. */
  private static final class ComponentsOnly extends DefaultAccessorNamingStrategy.Provider {
    @Override
    public AccessorNamingStrategy forRecord(MapperConfig<?> config, AnnotatedClass recordClass) {
      return new Naming(config, recordClass);
    }

    private static final class Naming extends DefaultAccessorNamingStrategy.RecordNaming {
      Naming(MapperConfig<?> config, AnnotatedClass recordClass) {
        super(config, recordClass);
      }

      @Override
      public @Nullable String findNameForRegularGetter(AnnotatedMethod method, String name) {
        return _fieldNames.contains(name) ? name : null;
      }

      @Override
      public @Nullable String findNameForIsGetter(AnnotatedMethod method, String name) {
        return _fieldNames.contains(name) ? name : null;
      }
    }
  }

  /** A missing number is a mistake, not a zero; what may be missing is declared as an object. */
  private static final class PrimitivesRequired extends JacksonAnnotationIntrospector {
    @Override
    public @Nullable Boolean hasRequiredMarker(MapperConfig<?> config, AnnotatedMember member) {
      Boolean given = super.hasRequiredMarker(config, member);
      return (given == null && member instanceof AnnotatedParameter)
          ? Boolean.valueOf(member.getRawType().isPrimitive())
          : given;
    }
  }

  /** Jackson would load and initialise whatever class the text names. */
  @SuppressWarnings("rawtypes") // Jackson's registration wants the class literal's own type
  private static final class NoClasses extends StdDeserializer<Class> {
    NoClasses() {
      super(Class.class);
    }

    @Override
    public Class deserialize(JsonParser parser, DeserializationContext context) {
      return context.reportInputMismatch(this, "a payload cannot name a class to load");
    }
  }
}
