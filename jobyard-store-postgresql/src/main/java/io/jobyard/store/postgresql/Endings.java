package io.jobyard.store.postgresql;

import io.jobyard.store.Limits;

/** Pieces of SQL that several statements share: what a job has, and how it is written on. */
final class Endings {
  /** The columns that a job has in both tables, but for those that an end decides. */
  static final String CARRIED =
      """
      seq, id, queue, priority, slot, run_at, pushed_at, task, kind, codec, codec_version,
             settings, external_id, unique_key, partition_key, parent_id, meta, payload\
      """;

  /** A finished job's row. */
  static final String FINISH =
      "insert into {t}finished\n       ("
          + CARRIED
          + """
          , fence, started_at, state,
                 finished_at, expires_at, failed, crashed, lost, handler_crashes, phase, errors, log, result)
          """;

  /** What a job has where it waits. */
  static final String WAITING = "seq, run_at, fence, id, queue, priority, bytes, slot";

  private Endings() {}

  /**
   * Lets go of the external ids of jobs that are no more.
   *
   * @param gone the jobs' rows, as what stands behind {@code from}
   */
  static String freed(String gone) {
    return """
    freed as (
      delete from {t}external
       where external_id = any (array(select external_id from {gone}))
    )\
    """
        .replace("{gone}", gone);
  }

  /** A stored array with elements added, as text. */
  static String appended(String array, String elements) {
    return """
    case when {elements} is null then {array}
         when {array} is null then '[' || {elements} || ']'
         else left({array}, -1) || ',' || {elements} || ']'
    end\
    """
        .replace("{array}", array)
        .replace("{elements}", elements);
  }

  /** The same for a history: its beginning stays and its end, what is between goes. */
  static String history(String array, String elements, String added) {
    String kept =
        """
        case when {array} is null or json_array_length({array}::json) + {added} <= %1$d then {array}
             else (select '[' || string_agg(e.value::text, ',' order by e.nth) || ']'
                     from json_array_elements({array}::json) with ordinality e (value, nth)
                    where e.nth <= %2$d
                       or e.nth > json_array_length({array}::json) + {added} - %1$d + %2$d)
        end\
        """
            .formatted(Limits.MAX_ERRORS, Limits.FIRST_ERRORS)
            .replace("{array}", array)
            .replace("{added}", added);
    return appended("(" + kept + ")", elements);
  }
}
