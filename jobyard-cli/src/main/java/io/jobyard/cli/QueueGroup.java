package io.jobyard.cli;

import picocli.CommandLine.Command;

/** Commands about queues and the jobs in them. */
@Command(
    name = "queue",
    header = "Queues and the jobs in them",
    subcommands = {
      QueueStatusCommand.class,
      QueueFailed.class,
      QueueRetry.class,
      QueueForget.class,
      QueueClean.class,
      QueuePause.class,
      QueueResume.class,
      QueueWork.class,
    })
final class QueueGroup {}
