package io.jobyard;

import java.io.Serializable;

/** A lambda or method reference that is exactly one call of a method marked {@link Kind}. */
@FunctionalInterface
public interface Call extends Serializable {
  void call() throws Exception;
}
