package io.jobyard.faktory;

import io.jobyard.Failure;
import io.jobyard.JobyardException;
import io.jobyard.PushRefused;
import io.jobyard.StoreUnavailable;
import io.jobyard.config.Config;
import io.jobyard.config.QueueConfig;
import io.jobyard.run.Lender;
import io.jobyard.store.JobStore;
import io.jobyard.store.JobView;
import io.jobyard.store.Lease;
import io.jobyard.store.NewJob;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What each command does. Safe for use by many threads. */
final class Commands {
  private static final Logger LOG = LoggerFactory.getLogger(Commands.class);
  private static final Duration FETCH = Duration.ofSeconds(2);
  private static final int MOST_QUEUES = 100;
  private static final int LONGEST_VERB = 16;
  private static final JsonMapper JSON = new JsonMapper();

  private final JobStore store;
  private final Config config;
  private final boolean admin;
  private final Lender lender;
  private final Fetches fetches;
  private final Reservations reservations;
  private final Workers workers;
  private final ServerInfo info;
  private final Ends ends;
  private final Mutations mutations;
  private final JobReader reader = new JobReader();
  private final AtomicLong count = new AtomicLong();

  /** What the commands work on. */
  record Setup(
      JobStore store,
      Config config,
      boolean admin,
      Lender lender,
      Fetches fetches,
      Reservations reservations,
      Workers workers,
      ServerInfo info,
      Ends ends) {}

  Commands(Setup setup) {
    this.store = setup.store;
    this.config = setup.config;
    this.admin = setup.admin;
    this.lender = setup.lender;
    this.fetches = setup.fetches;
    this.reservations = setup.reservations;
    this.workers = setup.workers;
    this.info = setup.info;
    this.ends = setup.ends;
    this.mutations = new Mutations(setup.store);
  }

  /** Answers a command; whatever goes wrong is an answer too. */
  Reply answer(byte[] line, FaktoryWorker worker) throws InterruptedException {
    count.incrementAndGet();
    worker.asks();
    try {
      return run(line, worker);
    } catch (Refused e) {
      return e.reply();
    } catch (PushRefused e) {
      return new Reply.Failed("ERR", String.valueOf(e.getMessage()));
    } catch (StoreUnavailable e) {
      LOG.debug("answered that the store is away: {}", e.toString());
      return new Reply.Failed("ERR", "the store cannot be reached now; try again");
    } catch (JobyardException e) {
      return new Reply.Failed("ERR", String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      LOG.error("a command of {} failed", worker, e);
      return new Reply.Failed("ERR", "internal error; the server's log says more");
    } finally {
      worker.answered();
    }
  }

  private Reply run(byte[] line, FaktoryWorker worker) throws Refused, InterruptedException {
    String verb = verb(line);
    int from = verb.length() + 1;
    return switch (verb) {
      case "PUSH" -> push(line, from);
      case "PUSHB" -> pushMany(line, from);
      case "FETCH" -> fetch(text(line, from), worker);
      case "ACK" -> ack(object(verb, line, from), worker);
      case "FAIL" -> fail(object(verb, line, from), worker);
      case "BEAT" -> beat(object(verb, line, from));
      case "INFO" -> new Reply.Bulk(info.json(count.get()));
      case "MUTATE" -> mutate(object(verb, line, from));
      case "FLUSH" -> flush(worker);
      case "END" -> new Reply.Last(Reply.ok());
      case "HELLO" -> throw new Refused("HELLO was said already");
      default -> throw new Refused("unknown command " + verb);
    };
  }

  /**
   * @throws Refused if it does not begin as any command does
   */
  private static String verb(byte[] line) throws Refused {
    int end = 0;
    while (end < line.length && line[end] != ' ') {
      boolean letter = line[end] >= 'A' && line[end] <= 'Z';
      if (!letter || end == LONGEST_VERB) {
        throw Refused.malformed("expected a command in capital letters, such as PUSH or FETCH");
      }
      end++;
    }
    if (end == 0) {
      throw Refused.malformed("expected a command, got an empty line");
    }
    return new String(line, 0, end, StandardCharsets.US_ASCII);
  }

  private static String text(byte[] line, int from) {
    int start = Math.min(from, line.length);
    return new String(line, start, line.length - start, StandardCharsets.UTF_8);
  }

  private static JsonNode object(String verb, byte[] line, int from) throws Refused {
    try {
      JsonNode json = JSON.readTree(text(line, from));
      if (json.isObject()) {
        return json;
      }
    } catch (JacksonException e) {
      LOG.trace("not JSON: {}", e.getMessage());
    }
    throw Refused.malformed("invalid " + verb + ": it must be followed by a JSON object");
  }

  // ---- producers ----

  private Reply push(byte[] line, int from) throws Refused {
    PushedJob pushed = reader.one(line, from);
    NewJob job = pushed.job();
    if (job == null) {
      throw new Refused(String.valueOf(pushed.flaw()));
    }
    store.push(List.of(job));
    return Reply.ok();
  }

  /** Those without a flaw are pushed, together; the others are named in the answer. */
  private Reply pushMany(byte[] line, int from) throws Refused {
    List<NewJob> good = new ArrayList<>();
    ObjectNode flaws = JSON.createObjectNode();
    for (PushedJob pushed : reader.many(line, from)) {
      NewJob job = pushed.job();
      if (job == null) {
        flaws.put(pushed.jid(), pushed.flaw());
      } else {
        good.add(job);
      }
    }
    if (!good.isEmpty()) {
      store.push(good);
    }
    return new Reply.Bulk(JSON.writeValueAsBytes(flaws));
  }

  // ---- workers ----

  private Reply fetch(String names, FaktoryWorker worker) throws Refused, InterruptedException {
    List<String> queues = queues(names);
    if (worker.state() != WorkerState.RUNNING) {
      Thread.sleep(FETCH);
      return Reply.none();
    }
    Lease lease = fetches.take(queues, FETCH);
    return lease == null ? Reply.none() : reserve(lease, worker);
  }

  private static List<String> queues(String names) throws Refused {
    List<String> queues = new ArrayList<>();
    for (String name : names.split(" ", -1)) {
      if (name.isEmpty() || queues.contains(name)) {
        continue;
      }
      String flaw = QueueConfig.flaw(name);
      if (flaw != null) {
        throw new Refused("the queue " + flaw);
      }
      queues.add(name);
      if (queues.size() > MOST_QUEUES) {
        throw new Refused("FETCH names more than " + MOST_QUEUES + " queues");
      }
    }
    return queues.isEmpty() ? List.of("default") : queues;
  }

  private Reply reserve(Lease lease, FaktoryWorker worker) {
    Reservation held = null;
    try {
      Duration limit = lender.timeout(lease);
      List<Failure> history =
          lease.standing().counts().charged() == 0
              ? List.of()
              : store.find(List.of(lease.key().id())).stream()
                  .map(JobView::errors)
                  .findFirst()
                  .orElse(List.of());
      int retries = config.queue(lease.standing().queue()).retries();
      held = reserve(lease, worker, limit);
      return new Reply.Job(JobWriter.fetched(lease, held.jid(), retries, limit, history), held);
    } catch (RuntimeException e) {
      if (held == null) {
        ends.giveBack(lease);
      } else {
        undelivered(held);
      }
      throw e;
    }
  }

  private Reservation reserve(Lease lease, FaktoryWorker worker, Duration limit) {
    long now = System.nanoTime();
    long until = now + (limit.isZero() ? Duration.ofDays(365) : limit).toNanos();
    Reservation named = new Reservation(JobWriter.jid(lease), lease, worker, until);
    if (reservations.put(named)) {
      return named;
    }
    // Another job borrowed its name: its own is unique.
    Reservation own = new Reservation(lease.key().id().toString(), lease, worker, until);
    if (!reservations.put(own)) {
      throw new IllegalStateException("job " + lease.key().id() + " is held by a worker already");
    }
    return own;
  }

  /** A job that did not reach its worker. */
  void undelivered(Reservation reservation) {
    if (reservations.take(reservation)) {
      ends.giveBack(reservation.lease());
    }
  }

  private Reply ack(JsonNode json, FaktoryWorker worker) throws Refused, InterruptedException {
    String jid = jid("ACK", json);
    Reservation held = reservations.take(jid, worker);
    if (held == null) {
      // As Faktory answers: the worker has nothing left to do about it.
      LOG.info("{} acknowledged job {} which it does not hold (any more)", worker, jid);
      return Reply.ok();
    }
    return ends.acknowledged(held);
  }

  private Reply fail(JsonNode json, FaktoryWorker worker) throws Refused, InterruptedException {
    String jid = jid("FAIL", json);
    Reservation held = reservations.take(jid, worker);
    if (held == null) {
      throw new Refused("Job not found " + jid);
    }
    return ends.failed(held, json);
  }

  private static String jid(String verb, JsonNode json) throws Refused {
    JsonNode jid = json.path("jid");
    if (!jid.isString() || jid.asString().isEmpty()) {
      throw new Refused("invalid " + verb + ": it needs a jid");
    }
    return jid.asString();
  }

  private Reply beat(JsonNode json) throws Refused {
    String wid = json.path("wid").asString("");
    FaktoryWorker worker = workers.find(wid);
    if (worker == null) {
      throw new Refused("unknown worker " + wid);
    }
    worker.beats(json.path("rss_kb").asLong(0));
    worker.become(WorkerState.of(json.path("current_state").asString("")));
    return worker.state() == WorkerState.RUNNING
        ? Reply.ok()
        : new Reply.Bulk(
            JSON.writeValueAsBytes(JSON.createObjectNode().put("state", worker.state().word())));
  }

  // ---- operators ----

  private Reply mutate(JsonNode json) throws Refused, InterruptedException {
    mutations.run(json);
    return Reply.ok();
  }

  private Reply flush(FaktoryWorker worker) throws Refused {
    if (!admin) {
      throw new Refused("FLUSH is off; set faktory.admin in jobyard.yaml to allow it");
    }
    LOG.warn("{} removes every job that does not run", worker);
    mutations.flush();
    return Reply.ok();
  }
}
