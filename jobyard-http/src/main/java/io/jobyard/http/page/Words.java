package io.jobyard.http.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** What the pages say, in one language. */
public final class Words {
  static final Words ENGLISH = new Words("en");
  static final Words CHINESE = new Words("zh");

  private final String language;
  private final Map<String, String> texts = new HashMap<>();

  private Words(String language) {
    this.language = language;
    Properties read = new Properties();
    String file = "words_" + language + ".properties";
    try (InputStream in = Words.class.getResourceAsStream(file)) {
      read.load(new InputStreamReader(Objects.requireNonNull(in, file), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    read.forEach((key, text) -> texts.put(key.toString(), text.toString()));
  }

  /**
   * The language somebody reads.
   *
   * @param chosen by its switch; null if never
   * @param accepted what the browser asks for, as Accept-Language; null if nothing
   */
  static Words of(@Nullable String chosen, @Nullable String accepted) {
    if (chosen != null) {
      return chosen.equals("zh") ? CHINESE : ENGLISH;
    }
    if (accepted == null || accepted.length() > 500) {
      return ENGLISH;
    }
    try {
      List<Locale.LanguageRange> ranges = Locale.LanguageRange.parse(accepted);
      return "zh".equals(Locale.lookupTag(ranges, List.of("en", "zh"))) ? CHINESE : ENGLISH;
    } catch (IllegalArgumentException notWellFormed) {
      return ENGLISH;
    }
  }

  public String language() {
    return language;
  }

  /** The other language. */
  public String other() {
    return language.equals("en") ? "zh" : "en";
  }

  /** Whether it has words for this. */
  boolean knows(String key) {
    return texts.containsKey(key);
  }

  /** The text of a key, with {0}, {1} … filled in. */
  public String say(String key, Object... values) {
    String text = texts.get(key);
    if (text == null) {
      throw new IllegalArgumentException("no words in '" + language + "' for '" + key + "'");
    }
    for (int i = 0; i < values.length; i++) {
      text = text.replace("{" + i + "}", String.valueOf(values[i]));
    }
    return text;
  }

  Map<String, String> texts() {
    return Map.copyOf(texts);
  }
}
