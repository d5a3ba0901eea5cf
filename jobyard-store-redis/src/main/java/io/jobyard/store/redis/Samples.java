package io.jobyard.store.redis;

import io.jobyard.store.Sample;
import io.jobyard.store.Step;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Numbers with history: a hash of writers for each series and bucket, and a set of the series of
 * each bucket. The server forgets them by itself. Safe for any thread.
 */
final class Samples {
  private static final Comparator<Sample> IN_ORDER =
      Comparator.comparing(Sample::bucket)
          .thenComparing(Sample::series)
          .thenComparing(Sample::writer);

  private static final int AT_ONCE = 2_000;

  private final Link link;

  Samples(Link link) {
    this.link = link;
  }

  private record Place(String family, String series, Step step, Instant bucket) {}

  void put(List<Sample> samples, Duration keep) {
    for (int from = 0; from < samples.size(); from += AT_ONCE) {
      List<Call> calls =
          samples.subList(from, Math.min(from + AT_ONCE, samples.size())).stream()
              .map(sample -> put(sample, keep))
              .toList();
      List<List<Object>> unused = link.calls(calls);
    }
  }

  private Call put(Sample sample, Duration keep) {
    Place place = new Place(sample.family(), sample.series(), sample.step(), sample.bucket());
    return Call.of(LuaScript.SAMPLES)
        .key(names(sample.family(), sample.step(), sample.bucket()))
        .key(values(place))
        .add(sample.series())
        .add(sample.writer())
        .add(sample.data())
        .add(sample.bucket().plus(sample.step().length()).plus(keep).toEpochMilli());
  }

  List<Sample> find(
      String family, @Nullable String series, Step step, Instant from, Instant until) {
    List<Instant> buckets = new ArrayList<>();
    Instant first = step.bucket(from.plus(step.length()).minusMillis(1));
    for (Instant at = first; at.isBefore(until); at = at.plus(step.length())) {
      buckets.add(at);
    }
    List<Place> places =
        series != null
            ? buckets.stream().map(at -> new Place(family, series, step, at)).toList()
            : places(family, step, buckets);
    List<Map<byte[], byte[]>> found =
        each(places, (redis, place) -> redis.hgetall(Call.bytes(values(place))));
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < places.size(); i++) {
      Place place = places.get(i);
      found
          .get(i)
          .forEach((writer, data) ->
              samples.add(
                  new Sample(family, place.series, step, place.bucket, text(writer), data)));
    }
    samples.sort(IN_ORDER);
    return samples;
  }

  private List<Place> places(String family, Step step, List<Instant> buckets) {
    List<Set<byte[]>> names =
        each(buckets, (redis, bucket) -> redis.smembers(Call.bytes(names(family, step, bucket))));
    Set<Place> places = new LinkedHashSet<>();
    for (int i = 0; i < buckets.size(); i++) {
      for (byte[] series : names.get(i)) {
        places.add(new Place(family, text(series), step, buckets.get(i)));
      }
    }
    return List.copyOf(places);
  }

  /** Asks for many things, so many underway at once; their answers in the same order. */
  private <T, A> List<A> each(
      List<T> asked,
      BiFunction<RedisClusterAsyncCommands<byte[], byte[]>, T, CompletionStage<? extends A>> ask) {
    List<A> answers = new ArrayList<>();
    for (int from = 0; from < asked.size(); from += AT_ONCE) {
      List<T> some = asked.subList(from, Math.min(from + AT_ONCE, asked.size()));
      answers.addAll(link.<List<A>>plain(redis -> all(redis, some, ask)));
    }
    return answers;
  }

  private static <T, A> CompletionStage<List<A>> all(
      RedisClusterAsyncCommands<byte[], byte[]> redis,
      List<T> asked,
      BiFunction<RedisClusterAsyncCommands<byte[], byte[]>, T, CompletionStage<? extends A>> ask) {
    List<CompletableFuture<? extends A>> underway = new ArrayList<>();
    asked.forEach(one -> underway.add(ask.apply(redis, one).toCompletableFuture()));
    return CompletableFuture.allOf(underway.toArray(CompletableFuture<?>[]::new))
        .thenApply(done -> underway.stream().<A>map(CompletableFuture::join).toList());
  }

  private String names(String family, Step step, Instant bucket) {
    return link.url().root() + at("series", family, step, bucket);
  }

  private String values(Place place) {
    String at = at("samples", place.family, place.step, place.bucket);
    return link.url().root() + at + ":" + place.series;
  }

  private static String at(String what, String family, Step step, Instant bucket) {
    return what + ":" + family + ":" + step.length().toSeconds() + ":" + bucket.toEpochMilli();
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
