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
    List<String> only = Arrays.asList(System.getProperty("scenarios.on", "").split(",", -1));
    int count = 0;
    for (Mode mode : staged.modes()) {
      for (Ground ground : staged.on()) {
        int threads = staged.threads()[count++ % staged.threads().length];
        if (only.contains("") || only.contains(ground.name())) {
          casts.add(new Cast(ground, mode, threads));
        }
      }
    }
  }

  @Override
  public Stream<Arguments> provideArguments(
      ParameterDeclarations parameters, ExtensionContext context) {
    return casts.stream().map(Arguments::of);
  }
}
