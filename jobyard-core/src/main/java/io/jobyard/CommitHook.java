package io.jobyard;

/**
 * How to run something after the current transaction commits, in whatever framework leads it. With
 * Spring:
 *
 * <pre>{@code
 * yard.afterCommit(step ->
 *     TransactionSynchronizationManager.registerSynchronization(
 *         new TransactionSynchronization() {
 *           @Override public void afterCommit() { step.run(); }
 *         }));
 * }</pre>
 */
@FunctionalInterface
public interface CommitHook {
  /** Has the step run once after the commit, and never when the transaction rolls back. */
  void afterCommit(Runnable step);
}
