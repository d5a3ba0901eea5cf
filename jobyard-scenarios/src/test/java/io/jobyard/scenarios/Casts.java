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
    add(Mode.DISTRIBUTE, staged.on(), staged.threads());
    add(Mode.GRAB, staged.grabbing(), staged.threads());
  }

  private void add(Mode mode, Ground[] grounds, int[] threads) {
    for (int i = 0; i < grounds.length; i++) {
      if (asked("scenarios.on", grounds[i]) && asked("scenarios.mode", mode)) {
        casts.add(new Cast(grounds[i], mode, threads[i % threads.length]));
      }
    }
  }

  private static boolean asked(String property, Enum<?> value) {
    List<String> only = Arrays.asList(System.getProperty(property, "").split(",", -1));
    return only.contains("") || only.contains(value.name());
  }

  @Override
  public Stream<Arguments> provideArguments(
      ParameterDeclarations parameters, ExtensionContext context) {
    return casts.stream().map(Arguments::of);
  }
}
