package io.jobyard.codec;

import io.jobyard.Failure;
import io.jobyard.JobContext;
import io.jobyard.RunRefused;
import io.jobyard.Verdict;
import io.jobyard.config.ShippingKey;
import io.jobyard.store.JobSettings;
import io.jobyard.store.Payload;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Kinds of which some bring their own code. A kind that is registered here runs as it is here; for
 * another, the classes that came with the job are loaded, if their signature is right. Safe for use
 * by many threads.
 */
public final class ShippedKinds implements Kinds {
  /** Loaded code that is kept for the next job that brings the same. */
  private static final int MOST_KEPT = 100;

  private final Kinds own;
  private final ClassLoader parent;
  private final @Nullable ShippingKey key;
  private final Map<String, Work> loaded =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Work> eldest) {
          return size() > MOST_KEPT;
        }
      };

  /**
   * @param own those registered here
   * @param key null where no code that travels is run
   */
  public ShippedKinds(Kinds own, ClassLoader parent, @Nullable ShippingKey key) {
    this.own = own;
    this.parent = parent;
    this.key = key;
  }

  @Override
  public Work find(String kind) {
    return own.find(kind);
  }

  @Override
  public Set<String> names() {
    return own.names();
  }

  @Override
  public Work find(String kind, Payload payload) {
    if (!Shipment.isIn(payload)) {
      return own.find(kind);
    }
    Shipment shipment = Shipment.read(kind, payload);
    if (key == null) {
      return new Unpacking(kind, unshipped(kind));
    }
    if (!shipment.signedBy(key, kind)) {
      throw new RunRefused(
          "job %s brought code whose signature is not that of this node's shipped-code key; nothing of it was loaded"
              .formatted(kind));
    }
    return new Unpacking(kind, own.names().contains(kind) ? own.find(kind) : load(kind, shipment));
  }

  private Work unshipped(String kind) {
    try {
      return own.find(kind);
    } catch (UnknownKind e) {
      throw new UnknownKind(
          e.getMessage() + "; its code came along, but shipped-code is not enabled on this node");
    }
  }

  private Work load(String kind, Shipment shipment) {
    // The same kind and classes have the same code, whatever the arguments.
    String code = kind + " " + new ShippedLoader(parent, shipment.classes()).digest();
    synchronized (loaded) {
      Work work = loaded.get(code);
      if (work == null) {
        work = new ShippedLoader(parent, shipment.classes()).work(kind, shipment.call());
        loaded.put(code, work);
      }
      return work;
    }
  }

  /** Gives the work the arguments alone. */
  private record Unpacking(String kind, Work work) implements Work {
    @Override
    public JobSettings settings() {
      return work.settings();
    }

    @Override
    public boolean handlesFailure() {
      return work.handlesFailure();
    }

    @Override
    public byte @Nullable [] run(Payload payload, JobContext job) throws Throwable {
      return work.run(Shipment.read(kind, payload).inner(), job);
    }

    @Override
    public Verdict failed(Payload payload, JobContext job, Failure failure) throws Throwable {
      return work.failed(Shipment.read(kind, payload).inner(), job, failure);
    }
  }
}
