package io.jobyard.deliver;

import io.jobyard.DeliveryFailed;
import io.jobyard.config.Delivery;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the jobs of one queue go. The name is looked up for each delivery, what it leads to is
 * checked, and the connection is made to that very address, so that a name which leads elsewhere a
 * moment later leads nowhere. Immutable.
 */
final class Target {
  private final Delivery delivery;
  private final Resolver resolver;

  /** Looks names up. */
  @FunctionalInterface
  interface Resolver {
    InetAddress[] resolve(String host) throws UnknownHostException;
  }

  Target(Delivery delivery, Resolver resolver) {
    this.delivery = delivery;
    this.resolver = resolver;
  }

  /** As the request's Host header has it. */
  String authority() {
    return delivery.url().getRawAuthority();
  }

  boolean encrypted() {
    return "https".equalsIgnoreCase(delivery.url().getScheme());
  }

  /** The name, or address, that the receiver must prove to have. */
  String host() {
    String host = delivery.url().getHost();
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  /**
   * The URL with each of the addresses that may be connected to in place of the name.
   *
   * @throws DeliveryFailed if there is none
   */
  List<URI> addresses() throws DeliveryFailed {
    InetAddress[] found;
    try {
      found = resolver.resolve(host());
    } catch (UnknownHostException e) {
      throw new DeliveryFailed("the host " + host() + " of deliver.url is not known", 0);
    }
    List<URI> allowed = new ArrayList<>();
    String refusal = "";
    for (InetAddress address : found) {
      String kind = delivery.allowPrivate() ? "" : Addresses.kind(address);
      if (kind.isEmpty()) {
        allowed.add(at(address));
      } else {
        refusal = address.getHostAddress() + " is " + kind;
      }
    }
    if (allowed.isEmpty()) {
      throw new DeliveryFailed(
          "refused to connect to "
              + host()
              + ": "
              + refusal
              + "; set deliver.allow-private if that is meant",
          0);
    }
    return allowed;
  }

  private URI at(InetAddress address) {
    URI url = delivery.url();
    String literal =
        address instanceof Inet6Address
            ? "[" + address.getHostAddress().replaceFirst("%.*", "") + "]"
            : address.getHostAddress();
    String path = url.getRawPath().isEmpty() ? "/" : url.getRawPath();
    return URI.create(
        url.getScheme()
            + "://"
            + literal
            + (url.getPort() < 0 ? "" : ":" + url.getPort())
            + path
            + (url.getRawQuery() == null ? "" : "?" + url.getRawQuery()));
  }
}
