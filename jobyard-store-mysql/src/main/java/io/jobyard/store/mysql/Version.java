package io.jobyard.store.mysql;

import io.jobyard.JobyardException;
import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What stands behind a URL, by what it says of itself.
 *
 * @param product with its version, as people say it
 */
record Version(boolean maria, int major, int minor, String product) {
  private static final Pattern NUMBERS = Pattern.compile("(\\d+)\\.(\\d+)\\.(\\d+)");

  static Version of(Tx tx) throws SQLException {
    return of(tx.text("select version()"));
  }

  static Version of(String text) {
    // Old clients knew no version above 9, so MariaDB sometimes says 5.5.5- first.
    String said = text.replaceFirst("^5\\.5\\.5-(?=1\\d)", "");
    boolean maria = said.contains("MariaDB");
    Matcher numbers = NUMBERS.matcher(said);
    if (!numbers.find()) {
      return new Version(maria, 0, 0, text);
    }
    return new Version(
        maria,
        Integer.parseInt(numbers.group(1)),
        Integer.parseInt(numbers.group(2)),
        (maria ? "MariaDB " : "MySQL ") + numbers.group());
  }

  /** Refuses servers that cannot pass over locked rows. */
  void requireSupported(MysqlUrl url) {
    boolean old = maria ? major < 10 || (major == 10 && minor < 6) : major < 8;
    if (old) {
      throw new JobyardException(
          url
              + ": the server is "
              + product
              + ", which cannot pass over locked rows; Jobyard needs MySQL 8.0 or MariaDB 10.6 and"
              + " later");
    }
  }
}
