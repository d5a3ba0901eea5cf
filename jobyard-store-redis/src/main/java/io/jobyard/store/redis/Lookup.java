package io.jobyard.store.redis;

import io.jobyard.JobState;
import io.jobyard.store.JobFilter;
import io.jobyard.store.JobPage;
import io.jobyard.store.JobView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Finds and lists jobs. A job's id does not tell its line, so every line is asked at once; a list
 * asks every line for its newest and merges. Safe for any thread.
 */
final class Lookup {
  private static final int MAX_PAGE = 10_000;
  private static final int VIEWED_AT_ONCE = 200;
  private static final int SCANNED_AT_ONCE = 1_000;

  /** Where the jobs themselves are looked at, which may be large. */
  private static final int READ_AT_ONCE = 250;

  private final Link link;
  private final Lines lines;

  Lookup(Link link, Lines lines) {
    this.link = link;
    this.lines = lines;
  }

  List<JobView> find(Collection<UUID> ids) {
    return ids.isEmpty() ? List.of() : find(Set.copyOf(ids), lines.all());
  }

  private List<JobView> find(Set<UUID> ids, List<Line> where) {
    List<UUID> all = List.copyOf(ids);
    Map<UUID, JobView> found = new LinkedHashMap<>();
    for (int from = 0; from < all.size(); from += VIEWED_AT_ONCE) {
      List<UUID> some = all.subList(from, Math.min(from + VIEWED_AT_ONCE, all.size()));
      List<Call> calls = new ArrayList<>();
      for (Line line : where) {
        Call call = Call.on(line, LuaScript.VIEWS);
        some.forEach(call::add);
        calls.add(call);
      }
      List<List<Object>> answers = link.calls(calls);
      for (int i = 0; i < where.size(); i++) {
        views(where.get(i), answers.get(i)).forEach(view -> found.putIfAbsent(view.id(), view));
      }
    }
    return List.copyOf(found.values());
  }

  private static List<JobView> views(Line line, List<Object> answer) {
    long now = Replies.number(answer.getFirst());
    List<JobView> views = new ArrayList<>();
    for (Object entry : Replies.rest(answer)) {
      List<Object> job = Replies.list(entry);
      byte[] result = Replies.number(job.get(4)) == 1 ? Replies.bytes(job.get(5)) : null;
      views.add(
          Stored.of(line, job.get(0), job.get(1), true)
              .view(now, Replies.list(job.get(2)), Replies.list(job.get(3)), result));
    }
    return views;
  }

  JobPage list(JobFilter filter, @Nullable String cursor, int limit) {
    if (limit < 1 || limit > MAX_PAGE) {
      throw new IllegalArgumentException(
          "a page's limit must be 1 to " + MAX_PAGE + ", got " + limit);
    }
    Place after = cursor == null ? null : Place.of(cursor);
    List<Place> places = new ArrayList<>();
    if (filter.ids().isEmpty()) {
      for (Line line : where(filter)) {
        places.addAll(newest(line, filter, after, limit + 1));
      }
    } else {
      for (JobView view : find(filter.ids(), where(filter))) {
        if (fits(view, filter)) {
          Line line = Line.of(link.url().prefix(), view.queue(), Line.shard(view.seq()));
          places.add(new Place(view.seq(), line.base(), line, view.id()));
        }
      }
      places.removeIf(place -> after != null && Place.NEWEST.compare(place, after) <= 0);
    }
    places.sort(Place.NEWEST);
    List<Place> page = places.subList(0, Math.min(limit, places.size()));
    return new JobPage(views(page), places.size() > limit ? page.getLast().toString() : null);
  }

  /** The lines a filter can mean. */
  List<Line> where(JobFilter filter) {
    return filter.queue() == null
        ? lines.all()
        : lines.byQueue().getOrDefault(filter.queue(), List.of());
  }

  private static boolean fits(JobView view, JobFilter filter) {
    return (filter.queue() == null || filter.queue().equals(view.queue()))
        && (filter.states().isEmpty() || filter.states().contains(view.state()))
        && (filter.kind() == null || filter.kind().equals(view.kind()));
  }

  private List<Place> newest(Line line, JobFilter filter, @Nullable Place after, int most) {
    List<Place> places = new ArrayList<>();
    for (Index index : Index.of(filter.states())) {
      places.addAll(newest(line, index, filter, after, most));
    }
    return places;
  }

  private List<Place> newest(
      Line line, Index index, JobFilter filter, @Nullable Place after, int most) {
    List<Place> places = new ArrayList<>();
    // Another line's job of the cursor's very number comes before or after it by the line's name.
    String from =
        after == null || index == Index.LEASED
            ? ""
            : Ids.seq(line.base().compareTo(after.base()) > 0 ? after.seq() + 1 : after.seq());
    do {
      List<Object> answer =
          link.call(select(line, index, filter, from, "desc", step(index, filter)));
      from = Replies.text(answer.getFirst());
      for (int i = 1; i < answer.size(); i += 2) {
        long seq = Long.parseLong(Replies.text(answer.get(i)));
        places.add(
            new Place(seq, line.base(), line, Ids.uuid(Replies.bytes(answer.get(i + 1)), 0)));
      }
    } while (!from.isEmpty() && (index == Index.LEASED || places.size() < most));
    if (index == Index.LEASED) {
      // They come in no order, and one may come twice.
      places.removeIf(place -> after != null && Place.NEWEST.compare(place, after) <= 0);
      Set<UUID> seen = new HashSet<>();
      places.removeIf(place -> !seen.add(place.requiredId()));
      places.sort(Place.NEWEST);
    }
    return places.subList(0, Math.min(most, places.size()));
  }

  /** How many jobs one step may look at. */
  static int step(Index index, JobFilter filter) {
    return index == Index.LEASED || filter.kind() != null ? READ_AT_ONCE : SCANNED_AT_ONCE;
  }

  /** Where jobs of a line are found by their states. */
  enum Index {
    READY('n'),
    WAITING('a'),
    LEASED('l'),
    KEPT('k'),
    FAILED('f'),
    CANCELLED('c');

    private final char letter;

    Index(char letter) {
      this.letter = letter;
    }

    private boolean mayHave(JobState state) {
      return switch (state) {
        case READY -> this == READY || this == WAITING;
        case SCHEDULED -> this == WAITING;
        case RUNNING -> this == LEASED;
        case SUCCEEDED -> this == KEPT;
        case FAILED -> this == FAILED;
        case CANCELLED -> this == CANCELLED;
      };
    }

    /** Those that have jobs of these states; all for none. */
    static List<Index> of(Set<JobState> states) {
      return Arrays.stream(values())
          .filter(index -> states.isEmpty() || states.stream().anyMatch(index::mayHave))
          .toList();
    }
  }

  static Call select(Line line, Index index, JobFilter filter, String from, String way, int scan) {
    return Call.on(line, LuaScript.SELECT)
        .add(String.valueOf(index.letter))
        .add(from)
        .add(way)
        .add(scan)
        .add(letters(filter.states()))
        .add(filter.kind() == null ? "" : filter.kind());
  }

  /** As common.lua writes states. */
  static String letters(Set<JobState> states) {
    if (states.isEmpty()) {
      return "WSRKFC";
    }
    StringBuilder letters = new StringBuilder();
    for (JobState state : states) {
      letters.append(
          switch (state) {
            case READY -> 'W';
            case SCHEDULED -> 'S';
            case RUNNING -> 'R';
            case SUCCEEDED -> 'K';
            case FAILED -> 'F';
            case CANCELLED -> 'C';
          });
    }
    return letters.toString();
  }

  /** The jobs at these places that are still there, in their order. */
  private List<JobView> views(List<Place> places) {
    Map<Line, List<Place>> byLine = new LinkedHashMap<>();
    places.forEach(place ->
        byLine.computeIfAbsent(place.requiredLine(), line -> new ArrayList<>()).add(place));
    List<Line> where = new ArrayList<>();
    List<Call> calls = new ArrayList<>();
    byLine.forEach((line, own) -> {
      for (int from = 0; from < own.size(); from += VIEWED_AT_ONCE) {
        Call call = Call.on(line, LuaScript.VIEWS);
        own.subList(from, Math.min(from + VIEWED_AT_ONCE, own.size()))
            .forEach(place -> call.add(place.requiredId()));
        where.add(line);
        calls.add(call);
      }
    });
    List<List<Object>> answers = link.calls(calls);
    Map<String, JobView> byPlace = new LinkedHashMap<>();
    for (int i = 0; i < where.size(); i++) {
      for (JobView view : views(where.get(i), answers.get(i))) {
        byPlace.put(view.seq() + where.get(i).base(), view);
      }
    }
    List<JobView> views = new ArrayList<>();
    for (Place place : places) {
      JobView view = byPlace.get(place.seq() + place.base());
      if (view != null) {
        views.add(view);
      }
    }
    return views;
  }

  /** Where a job stands in a list: by number, then by line, since lines number on their own. */
  private record Place(long seq, String base, @Nullable Line line, @Nullable UUID id) {
    static final Comparator<Place> NEWEST =
        Comparator.comparingLong(Place::seq).reversed().thenComparing(Place::base);

    static Place of(String cursor) {
      int space = cursor.indexOf('@');
      if (space < 1 || !cursor.substring(0, space).matches("\\d{1,17}")) {
        throw new IllegalArgumentException(
            "'" + cursor + "' is not the next of a page; start again without it");
      }
      return new Place(
          Long.parseLong(cursor.substring(0, space)), cursor.substring(space + 1), null, null);
    }

    Line requiredLine() {
      return Objects.requireNonNull(line);
    }

    UUID requiredId() {
      return Objects.requireNonNull(id);
    }

    @Override
    public String toString() {
      return seq + "@" + base;
    }
  }
}
