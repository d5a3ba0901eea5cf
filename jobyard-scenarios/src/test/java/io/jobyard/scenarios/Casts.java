package io.jobyard.scenarios;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.support.AnnotationConsumer;
import org.junit.jupiter.params.support.ParameterDeclarations;

/** The casts that {@link Staged} asks for. */
final class Casts implements ArgumentsProvider, AnnotationConsumer<Staged> {
  private final List<Cast> casts = new ArrayList<>();

  @Override
  public void accept(Staged staged) {
    for (Mode mode : Mode.values()) {
      boolean asked = property("scenarios.mode").contains(mode.name());
      add(
          mode,
          asked || mode == Mode.DISTRIBUTE ? staged.on() : staged.grabbing(),
          staged.threads());
    }
  }

  private void add(Mode mode, Ground[] grounds, int[] threads) {
    List<String> only = property("scenarios.threads");
    for (int i = 0; i < grounds.length; i++) {
      if (wanted("scenarios.on", grounds[i]) && wanted("scenarios.mode", mode)) {
        if (only.isEmpty()) {
          casts.add(new Cast(grounds[i], mode, threads[i % threads.length]));
        }
        for (String count : only) {
          casts.add(new Cast(grounds[i], mode, Integer.parseInt(count)));
        }
      }
    }
  }

  private static boolean wanted(String name, Enum<?> value) {
    List<String> only = property(name);
    return only.isEmpty() || only.contains(value.name());
  }

  /** What is asked for, by commas; nothing where nothing is. */
  private static List<String> property(String name) {
    String value = System.getProperty(name, "");
    return value.isEmpty() ? List.of() : Arrays.asList(value.split(",", -1));
  }

  @Override
  public Stream<Arguments> provideArguments(
      ParameterDeclarations parameters, ExtensionContext context) {
    return casts.stream().map(Arguments::of);
  }
}
