package io.jobyard.codec;

import io.jobyard.Call;
import io.jobyard.PushRefused;
import io.jobyard.ValueCall;
import io.jobyard.config.ShippingKey;
import io.jobyard.store.JobSettings;
import io.jobyard.store.Payload;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Turns what is pushed into a kind and JSON. Every method throws {@link PushRefused} for what
 * cannot be a job. Safe for use by many threads; what it finds out of a class it keeps as long as
 * the class.
 */
public final class JobCodec {
  private final JsonMapper mapper = Json.mapper();
  private final Lambdas lambdas = new Lambdas(mapper);
  private final @Nullable Shipping shipping;
  private volatile @Nullable ValueType anything;

  private final ClassValue<JobClass> classes =
      new ClassValue<>() {
        @Override
        protected JobClass computeValue(Class<?> type) {
          return JobClass.of(type, mapper);
        }
      };

  /** Jobs whose code the workers have. */
  public JobCodec() {
    this(null);
  }

  /**
   * @param key signs the code that goes with each job; null lets none go
   */
  public JobCodec(@Nullable ShippingKey key) {
    this.shipping = key == null ? null : new Shipping(key, mapper);
  }

  /** A job, a task, a call, or a record that has a handler. */
  public Encoded encode(@Nullable Object job) {
    if (job == null) {
      throw new PushRefused("the job is null; push a record that implements Job");
    }
    // Not a switch over types: every worker encodes once at its start, and would link it then.
    if (job instanceof Call call) {
      return lambda(call, false);
    }
    if (job instanceof ValueCall<?> call) {
      return lambda(call, true);
    }
    Encoded encoded = classes.get(job.getClass()).encode(job);
    return shipping == null ? encoded : shipping.encode(job.getClass(), encoded);
  }

  /** As the one call that it makes; where it is more than that, with its code. */
  private Encoded lambda(Serializable lambda, boolean task) {
    try {
      return lambdas.encode(lambda, task);
    } catch (PushRefused e) {
      if (shipping == null) {
        throw e;
      }
      return shipping.encode(lambda, task);
    }
  }

  /** A job by its kind, whose class need not be known here. */
  public Encoded encode(String kind, @Nullable Object payload) {
    Names.check("kind", kind);
    byte[] json;
    try {
      json = mapper.writeValueAsBytes(payload);
    } catch (JacksonException e) {
      throw new PushRefused(
          "the payload of " + kind + " cannot be written as JSON: " + Payloads.reason(e), e);
    }
    String tooLarge = Payloads.tooLarge(json);
    if (tooLarge != null) {
      throw new PushRefused("the payload of " + kind + " " + tooLarge);
    }
    return new Encoded(kind, Payload.json(json), null, JobSettings.NONE, true, anyValue());
  }

  /** How the value of a job is read whose class is not known here. */
  public ValueType anyValue() {
    ValueType known = anything;
    if (known == null) {
      known = ValueType.of("a job pushed by kind", mapper, mapper.constructType(Object.class));
      anything = known;
    }
    return known;
  }
}
