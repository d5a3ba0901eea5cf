package io.jobyard.node.frame;

import io.jobyard.config.ConfigInvalid;
import io.jobyard.config.Mode;
import io.jobyard.config.Pool;
import io.jobyard.config.QueueConfig;
import io.jobyard.config.ShippingKey;
import io.jobyard.config.Staffing;
import io.jobyard.store.Order;
import io.jobyard.store.StoreOptions;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** How a worker's settings are written and read: each pair of methods mirrors the other. */
@SuppressWarnings("EnumOrdinal") // the frame version stands for the order of the constants
final class SettingsWire {
  private static final Order[] ORDERS = Order.values();
  private static final Mode[] MODES = Mode.values();

  private SettingsWire() {}

  static void settings(Writing out, WorkerSettings settings) {
    out.string(settings.node());
    out.string(settings.pool());
    out.i32(settings.slot());
    out.i32(settings.generation());
    out.i32(settings.threads());
    out.duration(settings.killGrace());
    out.list(settings.onStart(), Writing::string);
    out.list(settings.members(), SettingsWire::member);
    out.string(settings.kinds());
    out.string(settings.tables());
    ShippingKey key = settings.shippingKey();
    out.stringOrNull(key == null ? null : key.secret());
    OwnStore own = settings.own();
    out.flag(own != null);
    if (own != null) {
      own(out, own);
    }
    DeliveryWire.delivery(out, settings.delivery());
  }

  static WorkerSettings settings(Reading in) throws BadFrame {
    return new WorkerSettings(
        in.string(),
        in.string(),
        in.i32(),
        in.i32(),
        in.i32(),
        in.duration(),
        in.list(Reading::string),
        in.list(SettingsWire::member),
        in.string(),
        in.string(),
        shippingKey(in),
        in.flag() ? own(in) : null,
        DeliveryWire.delivery(in));
  }

  private static @Nullable ShippingKey shippingKey(Reading in) throws BadFrame {
    String secret = in.stringOrNull();
    return secret == null ? null : new ShippingKey(secret);
  }

  private static void member(Writing out, WorkerSettings.Member member) {
    out.string(member.queue());
    out.stringOrNull(member.onFailure());
    CommandsWire.commands(out, member.commands());
  }

  private static WorkerSettings.Member member(Reading in) throws BadFrame {
    return new WorkerSettings.Member(in.string(), in.stringOrNull(), CommandsWire.commands(in));
  }

  static void own(Writing out, OwnStore own) {
    out.string(own.url());
    options(out, own.options());
    out.duration(own.lease());
    out.duration(own.statsTtl());
    out.string(own.pool().name());
    out.list(own.pool().queues(), SettingsWire::queue);
  }

  static OwnStore own(Reading in) throws BadFrame {
    try {
      return new OwnStore(in.string(), options(in), in.duration(), in.duration(), pool(in));
    } catch (ConfigInvalid | InvalidPathException | NoSuchElementException e) {
      throw new BadFrame("a frame holds an impossible value: " + e.getMessage());
    }
  }

  private static Pool pool(Reading in) throws BadFrame {
    return new Pool(in.string(), in.list(SettingsWire::queue));
  }

  private static void options(Writing out, StoreOptions options) {
    out.string(options.base().toString());
    out.flag(options.migrate());
    out.duration(options.pushTimeout());
    out.stringOrNull(options.env());
    out.list(List.copyOf(options.shards().entrySet()), SettingsWire::shards);
  }

  private static StoreOptions options(Reading in) throws BadFrame {
    Path base = Path.of(in.string());
    boolean migrate = in.flag();
    Duration pushTimeout = in.duration();
    String env = in.stringOrNull();
    Map<String, Integer> shards = new HashMap<>();
    in.list(SettingsWire::shards).forEach(entry -> shards.put(entry.getKey(), entry.getValue()));
    return new StoreOptions(base, migrate, pushTimeout, env, shards);
  }

  private static void shards(Writing out, Map.Entry<String, Integer> entry) {
    out.string(entry.getKey());
    out.i32(entry.getValue());
  }

  private static Map.Entry<String, Integer> shards(Reading in) throws BadFrame {
    return Map.entry(in.string(), in.i32());
  }

  private static void queue(Writing out, QueueConfig queue) {
    out.string(queue.name());
    out.i32(queue.processes());
    out.i32(queue.threads());
    out.i64(queue.memory());
    out.duration(queue.timeout());
    out.i32(queue.retries());
    JobWire.backoff(out, queue.backoff());
    out.flag(queue.retryTimeouts());
    out.duration(queue.poll());
    out.i32(queue.limit());
    out.u8(queue.order().ordinal());
    out.i32(queue.shards());
    out.i32(queue.maxCrashes());
    out.i32(queue.maxLost());
    out.duration(queue.resultTtl());
    out.duration(queue.keepSucceeded());
    out.duration(queue.killGrace());
    out.stringOrNull(queue.onStart());
    out.stringOrNull(queue.onFailure());
    CommandsWire.commands(out, queue.commands());
    staffing(out, queue.staffing());
  }

  private static void staffing(Writing out, Staffing staffing) {
    out.u8(staffing.mode().ordinal());
    out.stringOrNull(staffing.pool());
    out.i32OrNull(staffing.least());
    out.i32(staffing.maxJobs());
    out.duration(staffing.maxAge());
    out.i64(staffing.rss());
    Path heapDump = staffing.heapDump();
    out.stringOrNull(heapDump == null ? null : heapDump.toString());
  }

  private static Staffing staffing(Reading in) throws BadFrame {
    Mode mode = in.oneOf(MODES);
    String pool = in.stringOrNull();
    Integer least = in.i32OrNull();
    int maxJobs = in.i32();
    Duration maxAge = in.duration();
    long rss = in.i64();
    String heapDump = in.stringOrNull();
    return new Staffing(
        mode, pool, least, maxJobs, maxAge, rss, heapDump == null ? null : Path.of(heapDump));
  }

  private static QueueConfig queue(Reading in) throws BadFrame {
    return new QueueConfig(
        in.string(),
        in.i32(),
        in.i32(),
        in.i64(),
        in.duration(),
        in.i32(),
        JobWire.backoff(in),
        in.flag(),
        in.duration(),
        in.i32(),
        in.oneOf(ORDERS),
        in.i32(),
        in.i32(),
        in.i32(),
        in.duration(),
        in.duration(),
        in.duration(),
        in.stringOrNull(),
        in.stringOrNull(),
        CommandsWire.commands(in),
        staffing(in),
        null); // who delivers is the manager's own affair
  }
}
