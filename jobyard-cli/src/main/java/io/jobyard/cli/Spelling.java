package io.jobyard.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;

/** Lets {@code worker:start} stand for {@code worker start}. */
final class Spelling {
  private Spelling() {}

  /** The arguments with the command's name in two words. */
  static String[] withSpaces(String[] arguments, Map<String, CommandLine> commands) {
    List<String> words = new ArrayList<>(List.of(arguments));
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (word.equals("--config")) {
        i++; // its value is no command
      } else if (!word.startsWith("-")) {
        int colon = word.indexOf(':');
        if (colon > 0 && commands.containsKey(word.substring(0, colon))) {
          words.set(i, word.substring(0, colon));
          words.add(i + 1, word.substring(colon + 1));
        }
        break;
      }
    }
    return words.toArray(String[]::new);
  }
}
