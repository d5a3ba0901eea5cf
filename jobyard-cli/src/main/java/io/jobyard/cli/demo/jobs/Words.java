package io.jobyard.cli.demo.jobs;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** What a word is: a run of letters, accents included, in lower case. */
public final class Words {
  private Words() {}

  /** How often each word is in the text. */
  public static Map<String, Integer> count(String text) {
    Map<String, Integer> counts = new HashMap<>();
    int length = text.length();
    int start = -1;
    for (int at = 0; at < length; ) {
      int letter = text.codePointAt(at);
      if (inWord(letter)) {
        start = start < 0 ? at : start;
      } else if (start >= 0) {
        add(counts, text.substring(start, at));
        start = -1;
      }
      at += Character.charCount(letter);
    }
    if (start >= 0) {
      add(counts, text.substring(start));
    }
    return counts;
  }

  private static void add(Map<String, Integer> counts, String word) {
    counts.merge(word.toLowerCase(Locale.ROOT), 1, Integer::sum);
  }

  private static boolean inWord(int letter) {
    return Character.isLetter(letter)
        || switch (Character.getType(letter)) {
          case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK -> true;
          default -> false;
        };
  }
}
