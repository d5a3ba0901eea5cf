package io.jobyard.cli.demo;

import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Whether somebody can be written to. */
final class MailAddress {
  private MailAddress() {}

  /** What is wrong; null if nothing is. */
  static @Nullable String flaw(String name, String email) {
    if (email.isEmpty()) {
      return "the email is empty";
    }
    if (name.isEmpty()) {
      return "the name is empty";
    }
    // A line break in a header would be the beginning of the next header.
    if (name.chars().anyMatch(Character::isISOControl)) {
      return "the name holds a line break or another control character: " + Excerpt.of(name);
    }
    if (email.indexOf('@') < 0) {
      return "the email has no @: " + Excerpt.of(email);
    }
    try {
      new InternetAddress(email, true).validate();
      return null;
    } catch (AddressException e) {
      String why = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
      return "the email is no address (" + Excerpt.of(why) + "): " + Excerpt.of(email);
    }
  }
}
