package io.jobyard.node.frame;

import io.jobyard.JobyardException;

/** A frame above {@link Connection#MAX_FRAME} was to be sent. */
public final class FrameTooLarge extends JobyardException {
  FrameTooLarge(int length) {
    super(
        "a message of "
            + length
            + " bytes between manager and worker is above the limit of "
            + Connection.MAX_FRAME
            + "; push fewer or smaller jobs at a time");
  }
}
