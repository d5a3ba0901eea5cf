package io.jobyard.scenarios;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ArgumentsSource;

/**
 * Plays a class of scenarios with a {@link Cast} for each of these stores; {@code
 * -Dscenarios.on=MARIADB,REDIS} leaves only these. {@code -Dscenarios.mode=GRAB,DISTRIBUTE} plays
 * it in these modes on every store, {@code -Dscenarios.threads=1,50} with each of these numbers.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@Inherited
@ParameterizedClass(name = "{0}")
@ArgumentsSource(Casts.class)
@interface Staged {
  Ground[] on() default {
    Ground.SQLITE, Ground.POSTGRESQL, Ground.MARIADB, Ground.REDIS, Ground.REDIS_CLUSTER
  };

  /** Where it is played once more, with workers that take their jobs from the store themselves. */
  Ground[] grabbing() default {};

  /** Given to one cast after the other, in turn. */
  int[] threads() default {4};
}
