package io.jobyard.store.jdbc;

import io.jobyard.JobyardException;
import java.util.regex.Pattern;

/**
 * Where a store's tables are, so that several Jobyards may share a database. SQL is written with
 * {@code {t}} before a table's name and {@code {n}} before that of an index, which has no schema.
 *
 * @param tables what stands for {@code {t}}, the schema included, quoted as the product wants it
 * @param prefix what stands for {@code {n}}
 */
public record TableNames(String tables, String prefix) {
  /** What tables begin with unless told otherwise. */
  public static final String DEFAULT_PREFIX = "jobyard_";

  /** Needs no quotes anywhere, and leaves room for the rest of a name. */
  private static final Pattern PLAIN = Pattern.compile("[a-z_][a-z0-9_]{0,29}");

  /** Tables of this prefix, wherever the connection finds them. */
  public static TableNames of(String prefix) {
    return new TableNames(plain("prefix", prefix), prefix);
  }

  /** Tables of this prefix in a schema whose name is quoted already. */
  public static TableNames in(String quotedSchema, String prefix) {
    return new TableNames(quotedSchema + "." + plain("prefix", prefix), prefix);
  }

  /** The SQL with the names filled in. */
  public String fill(String sql) {
    return sql.replace("{t}", tables).replace("{n}", prefix);
  }

  /** Refuses a name that would need quotes. */
  public static String plain(String what, String name) {
    if (!PLAIN.matcher(name).matches()) {
      throw new JobyardException(
          "store: the "
              + what
              + " may have up to 30 small letters, digits and underscores and begins with no digit,"
              + " got '"
              + name
              + "'");
    }
    return name;
  }
}
