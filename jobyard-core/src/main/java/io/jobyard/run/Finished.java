package io.jobyard.run;

import java.util.List;

/**
 * A worker's word on one run.
 *
 * @param log the job's log lines, oldest first, bounded
 * @param stuck the run goes on all the same, past interrupt and grace: its process must go
 */
public record Finished(int ticket, Outcome outcome, List<String> log, boolean stuck) {}
