package io.jobyard.node.frame;

import io.jobyard.config.ConfigInvalid;
import io.jobyard.config.Delivery;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** How a queue's delivery is written and read: each method mirrors the other. */
final class DeliveryWire {
  private DeliveryWire() {}

  static void delivery(Writing out, @Nullable Delivery delivery) {
    out.flag(delivery != null);
    if (delivery != null) {
      out.string(delivery.url().toString());
      out.string(delivery.secret());
      out.flag(delivery.allowPrivate());
      out.duration(delivery.patience());
    }
  }

  static @Nullable Delivery delivery(Reading in) throws BadFrame {
    if (!in.flag()) {
      return null;
    }
    String url = in.string();
    try {
      return new Delivery(URI.create(url), in.string(), in.flag(), in.duration());
    } catch (IllegalArgumentException | ConfigInvalid e) {
      throw new BadFrame("a frame holds an impossible value: deliver " + e.getMessage());
    }
  }
}
