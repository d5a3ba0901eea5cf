package io.jobyard.deliver;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/** Which addresses are somebody's on the public network. */
final class Addresses {
  private Addresses() {}

  /** Why an address is not public; empty for one that is. */
  static String kind(InetAddress address) {
    if (address.isLoopbackAddress() || address.isAnyLocalAddress()) {
      return "this machine";
    }
    if (address.isLinkLocalAddress()) {
      return "a link-local address";
    }
    if (address.isMulticastAddress()) {
      return "a multicast address";
    }
    return address instanceof Inet6Address
        ? kind6(address.getAddress())
        : kind4(address.getAddress());
  }

  private static String kind4(byte[] a) {
    int first = a[0] & 0xff;
    int second = a[1] & 0xff;
    int third = a[2] & 0xff;
    boolean home =
        first == 10
            || (first == 172 && second >> 4 == 1)
            || (first == 192 && second == 168)
            || (first == 100 && second >> 6 == 1);
    if (home) {
      return "a private address";
    }
    boolean special =
        first == 0
            || first == 127
            || first >= 240
            || (first == 192 && second == 0 && (third == 0 || third == 2))
            || (first == 192 && second == 88 && third == 99)
            || (first == 198 && second >> 1 == 9)
            || (first == 198 && second == 51 && third == 100)
            || (first == 203 && second == 0 && third == 113);
    return special ? "a reserved address" : "";
  }

  private static String kind6(byte[] a) {
    int first = a[0] & 0xff;
    int second = a[1] & 0xff;
    if ((first & 0xfe) == 0xfc || (first == 0xfe && second >> 6 == 3)) {
      return "a private address";
    }
    // Forms that carry an IPv4 address, which is where the packet may end.
    if (zeros(a, 0, 12)) {
      return within(a, 12, "a reserved address");
    }
    if (first == 0x00 && second == 0x64 && (a[2] & 0xff) == 0xff && (a[3] & 0xff) == 0x9b) {
      return zeros(a, 4, 12) ? within(a, 12, "") : "a reserved address";
    }
    if (first == 0x20 && second == 0x02) {
      return within(a, 2, "");
    }
    boolean teredo = first == 0x20 && second == 0x01 && a[2] == 0 && a[3] == 0;
    boolean example = first == 0x20 && second == 0x01 && a[2] == 0x0d && (a[3] & 0xff) == 0xb8;
    boolean global = first >> 5 == 1;
    return teredo || example || !global ? "a reserved address" : "";
  }

  private static String within(byte[] a, int from, String otherwise) {
    try {
      String kind = kind(InetAddress.getByAddress(Arrays.copyOfRange(a, from, from + 4)));
      return kind.isEmpty() ? otherwise : kind;
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four bytes are an address", e);
    }
  }

  private static boolean zeros(byte[] a, int from, int to) {
    for (int i = from; i < to; i++) {
      if (a[i] != 0) {
        return false;
      }
    }
    return true;
  }
}
