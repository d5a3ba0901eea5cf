package io.jobyard.codec;

import io.jobyard.Services;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.json.JsonMapper;

/**
 * The kinds of an index, with the classes of one loader. Safe for use by many threads; a class is
 * loaded when the first job of its kind comes, and only if the index has it.
 */
final class BoundKinds implements Kinds {
  private final KindIndex index;
  private final ClassLoader loader;
  private final Services services;
  private final JsonMapper mapper = Json.mapper();
  private final Map<KindEntry, Work> works = new ConcurrentHashMap<>();

  BoundKinds(KindIndex index, ClassLoader loader, Services services) {
    this.index = index;
    this.loader = loader;
    this.services = services;
  }

  @Override
  public Work find(String kind) {
    KindEntry entry = index.byName().get(kind);
    if (entry == null) {
      throw new UnknownKind(new MissingKind(index, loader).explain(kind));
    }
    Work work = works.get(entry);
    if (work == null) {
      work = bind(kind, entry);
      works.put(entry, work);
    }
    return work;
  }

  @Override
  public Set<String> names() {
    return index.byName().keySet();
  }

  private Work bind(String kind, KindEntry entry) {
    try {
      Class<?> type = Class.forName(entry.className(), false, loader);
      return switch (entry.form()) {
        case JOB -> new JobWork(type, entry.options().settings(), mapper);
        case TASK -> new TaskWork(type, entry.options().settings(), mapper);
        case HANDLER -> {
          Class<?> handler = Class.forName(entry.member(), false, loader);
          yield new HandlerWork(
              type, new Receiver(handler, services), entry.options().settings(), mapper);
        }
        case METHOD -> method(type, entry);
      };
    } catch (ClassNotFoundException | LinkageError | ClassCastException e) {
      throw new UnknownKind(
          "kind '%s' is %s, which cannot be loaded: %s".formatted(kind, entry.described(), e));
    }
  }

  private Work method(Class<?> type, KindEntry entry) throws ClassNotFoundException {
    MarkedMethod method = MarkedMethod.find(type, entry.methodName(), entry.methodDescriptor());
    if (method == null) {
      throw new ClassNotFoundException("it is no longer marked @Kind");
    }
    return new MethodWork(entry.kind(), method, new Receiver(type, services), mapper);
  }
}
