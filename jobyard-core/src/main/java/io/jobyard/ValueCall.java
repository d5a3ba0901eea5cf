package io.jobyard;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/** Like {@link Call}, for a method that returns a value. */
@FunctionalInterface
public interface ValueCall<R extends @Nullable Object> extends Serializable {
  R call() throws Exception;
}
