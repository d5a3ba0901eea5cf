package io.jobyard.codec;

import io.jobyard.JobyardException;
import io.jobyard.Services;
import io.jobyard.store.JobSettings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * All kinds of a class path, as plain text: made by {@link KindScan} without loading a class, kept
 * as JSON, and bound to a class loader by each worker. Immutable.
 */
public final class KindIndex {
  private final List<KindEntry> entries;
  private final Map<String, KindEntry> byName;
  private final Map<String, JobSettings> settings = new HashMap<>();

  /**
   * @throws JobyardException if two entries have the same name; it names both
   */
  KindIndex(List<KindEntry> entries) {
    this.entries = entries.stream().sorted(KindIndex::inOrder).toList();
    this.byName = Map.copyOf(named(this.entries));
    byName.forEach((name, entry) -> decided(name, entry.options().settings()));
  }

  private static int inOrder(KindEntry one, KindEntry other) {
    int byKind = one.kind().compareTo(other.kind());
    return byKind != 0 ? byKind : one.className().compareTo(other.className());
  }

  /** What the class behind a name decides for its jobs; nothing for a name that is not here. */
  public JobSettings settings(String kind) {
    return settings.getOrDefault(kind, JobSettings.NONE);
  }

  /** How many kinds there are. */
  public int size() {
    return entries.size();
  }

  /** The classes that jobs of these kinds run in, by name. */
  public Set<String> classNames() {
    Set<String> names = new TreeSet<>();
    for (KindEntry entry : entries) {
      names.add(entry.className());
      if (entry.form() == KindEntry.Form.HANDLER) {
        names.add(entry.member());
      }
    }
    return names;
  }

  private void decided(String name, JobSettings decision) {
    if (!decision.isEmpty()) {
      settings.put(name, decision);
    }
  }

  /** The kinds as they run: classes from this loader, loaded when first needed. */
  public Kinds bind(ClassLoader loader, Services services) {
    return new BoundKinds(this, loader, services);
  }

  /** Every name that is understood. */
  Map<String, KindEntry> byName() {
    return byName;
  }

  List<KindEntry> entries() {
    return entries;
  }

  /** To be read by {@link #fromJson}. */
  public byte[] toJson() {
    return JsonMapper.builder().build().writeValueAsBytes(entries);
  }

  /**
   * @throws JobyardException if the text is not an index
   */
  public static KindIndex fromJson(byte[] json) {
    try {
      return new KindIndex(KindReader.read(json));
    } catch (JacksonException e) {
      throw new JobyardException("the index of kinds cannot be read: " + Payloads.reason(e), e);
    }
  }

  private static Map<String, KindEntry> named(List<KindEntry> entries) {
    Map<String, KindEntry> names = new HashMap<>();
    for (KindEntry entry : entries) {
      for (String name : entry.names()) {
        if (name.startsWith(Names.OWN)) {
          throw new JobyardException(
              "%s is called '%s', but kinds that begin with %s are Jobyard's own; give it another name"
                  .formatted(entry.described(), name, Names.OWN));
        }
        KindEntry other = names.put(name, entry);
        if (other != null) {
          throw new JobyardException(
              "two jobs are called '%s': %s and %s; give one of them another name with @Kind"
                  .formatted(name, other.described(), entry.described()));
        }
      }
    }
    Map<String, Integer> uses = new HashMap<>();
    entries.forEach(entry -> entry.shortNames().forEach(name -> uses.merge(name, 1, Integer::sum)));
    for (KindEntry entry : entries) {
      for (String name : entry.shortNames()) {
        if (Objects.equals(uses.get(name), 1)) {
          names.putIfAbsent(name, entry);
        }
      }
    }
    return names;
  }
}
