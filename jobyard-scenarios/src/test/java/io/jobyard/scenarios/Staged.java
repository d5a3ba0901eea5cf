package io.jobyard.scenarios;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ArgumentsSource;

/**
 * Plays a class of scenarios with every {@link Cast} of these stores and modes; {@code
 * -Dscenarios.on=MARIADB,REDIS} leaves only these stores.
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

  Mode[] modes() default {Mode.DISTRIBUTE};

  /** Given to one cast after the other, in turn. */
  int[] threads() default {4};
}
