package io.jobyard.memory;

import io.jobyard.JobyardException;
import io.jobyard.store.JobStore;
import io.jobyard.store.JobStoreProvider;
import io.jobyard.store.Script;
import io.jobyard.store.StoreOptions;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Opens {@code memory:}, a store of its own each time, and {@code memory:NAME}, which all who open
 * it in this JVM share until the last of them closes it.
 */
public final class MemoryStoreProvider implements JobStoreProvider {
  private static final String SCHEME = "memory:";

  /**
   * The one thing two Jobyards of a JVM share, because a name is asked for to share it; a provider
   * is made anew at each look-up and cannot hold it.
   */
  private static final Map<String, Shared> OPEN = new HashMap<>();

  private record Shared(Memory memory, int users) {}

  @Override
  public boolean accepts(String url) {
    return url.startsWith(SCHEME);
  }

  @Override
  public JobStore open(String url, StoreOptions options) {
    if (url.equals(SCHEME)) {
      return new MemoryStore(admitted(create(), url, options), url, () -> {});
    }
    Memory memory = enter(url);
    try {
      return new MemoryStore(admitted(memory, url, options), url, () -> leave(url));
    } catch (JobyardException elsewhere) {
      leave(url);
      throw elsewhere;
    }
  }

  private static Memory admitted(Memory memory, String url, StoreOptions options) {
    memory.admit(options, url);
    return memory;
  }

  private static Memory create() {
    return new Memory(InstantSource.system(), System::nanoTime, new SplittableRandom());
  }

  @Override
  public List<Script> migrate(String url, StoreOptions options, boolean dryRun) {
    return List.of();
  }

  private static Memory enter(String url) {
    synchronized (OPEN) {
      Shared before = OPEN.get(url);
      Shared shared =
          before == null
              ? new Shared(create(), 1)
              : new Shared(before.memory(), before.users() + 1);
      OPEN.put(url, shared);
      return shared.memory();
    }
  }

  private static void leave(String url) {
    synchronized (OPEN) {
      OPEN.computeIfPresent(
          url,
          (name, shared) ->
              shared.users() == 1 ? null : new Shared(shared.memory(), shared.users() - 1));
    }
  }
}
