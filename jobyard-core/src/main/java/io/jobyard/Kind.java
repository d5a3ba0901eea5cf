package io.jobyard;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The stable name of a job class, of a record with a {@link Handler}, or of a method that may run
 * as a job; and the options that all jobs of this kind share unless a push says otherwise.
 *
 * <p>On a method without a {@code value} the kind is {@code SimpleClassName@method}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface Kind {
  /** The name; empty means the class's full name, or {@code Class@method} for a method. */
  String value() default "";

  /** Former names under which waiting jobs may still be stored. */
  String[] aliases() default {};

  /** The queue jobs of this kind go to; empty means {@code default}. */
  String queue() default "";

  /**
   * How long one run may last, such as {@code 30s}; empty means the queue's. {@code 0s} is no
   * limit.
   */
  String timeout() default "";

  /** Further runs after a failed first one; -1 means the queue's. */
  int retries() default -1;

  /**
   * Waits between attempts, as in jobyard.yaml: {@code 3s}, or {@code 1s, 5s, 30s}; empty means the
   * queue's.
   */
  String backoff() default "";
}
