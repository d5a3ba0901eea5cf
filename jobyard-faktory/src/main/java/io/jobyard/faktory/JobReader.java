package io.jobyard.faktory;

import io.jobyard.PushRefused;
import io.jobyard.run.Ids;
import io.jobyard.store.Limits;
import io.jobyard.store.NewJob;
import io.jobyard.store.NewJob.Due;
import io.jobyard.store.Payload;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads the jobs of PUSH and PUSHB. Arguments and custom data are taken over as they were written,
 * byte for byte, so that no number loses a digit. Safe for use by many threads.
 */
final class JobReader {
  private static final JsonMapper JSON = new JsonMapper();

  private final Ids ids = new Ids();

  /** The one job. */
  PushedJob one(byte[] line, int from) throws Refused {
    byte[] json = after(line, from);
    try (JsonParser parser = JSON.createParser(json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw Refused.malformed("a job must be a JSON object");
      }
      PushedJob job = job(parser, json);
      end(parser);
      return job;
    } catch (JacksonException e) {
      throw invalid(e);
    }
  }

  /** The jobs of a list. */
  List<PushedJob> many(byte[] line, int from) throws Refused {
    byte[] json = after(line, from);
    List<PushedJob> jobs = new ArrayList<>();
    try (JsonParser parser = JSON.createParser(json)) {
      if (parser.nextToken() != JsonToken.START_ARRAY) {
        throw Refused.malformed("the jobs must be a JSON array");
      }
      while (parser.nextToken() == JsonToken.START_OBJECT) {
        jobs.add(job(parser, json));
      }
      if (parser.currentToken() != JsonToken.END_ARRAY) {
        throw Refused.malformed("job number " + (jobs.size() + 1) + " is not a JSON object");
      }
      end(parser);
      return jobs;
    } catch (JacksonException e) {
      throw invalid(e);
    }
  }

  private static byte[] after(byte[] line, int from) {
    int start = Math.min(from, line.length);
    byte[] json = new byte[line.length - start];
    System.arraycopy(line, start, json, 0, json.length);
    return json;
  }

  private static void end(JsonParser parser) throws Refused {
    if (parser.nextToken() != null) {
      throw Refused.malformed("something follows the JSON");
    }
  }

  private static Refused invalid(JacksonException e) {
    String reason = e.getOriginalMessage();
    return Refused.malformed(
        "invalid JSON: " + (reason == null ? "" : reason.lines().findFirst().orElse("")));
  }

  private PushedJob job(JsonParser parser, byte[] json) {
    JobFields fields = new JobFields();
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      fields.take(name, parser, json);
    }
    String jid = fields.jid();
    try {
      NewJob job = fields.flaw() == null ? job(fields, jid) : null;
      return new PushedJob(jid, job, fields.flaw());
    } catch (PushRefused e) {
      return new PushedJob(jid, null, e.getMessage());
    }
  }

  private @Nullable NewJob job(JobFields fields, String jid) {
    NewJob job =
        new NewJob(
            ids.next(),
            jid,
            fields.queue(),
            fields.jobtype(),
            Payload.json(fields.payload()),
            fields.at() == null ? Due.NOW : new Due.At(fields.at()),
            Priorities.rank(fields.priority()),
            null,
            false,
            fields.settings(),
            null,
            null,
            null,
            fields.meta());
    Limits.check(List.of(job));
    return job;
  }
}
