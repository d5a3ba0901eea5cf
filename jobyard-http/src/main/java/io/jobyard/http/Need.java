package io.jobyard.http;

import io.javalin.security.RouteRole;
import io.jobyard.config.Role;

/** What a route asks of its caller. */
public enum Need implements RouteRole {
  /** Nothing: it gives nothing away. */
  NOTHING,
  /** {@link Role#READ}. */
  READ,
  /** {@link Role#OPERATE}. */
  OPERATE,
  /** {@link Role#ADMIN}. */
  ADMIN;

  /** Whether somebody of this role may come in. */
  boolean metBy(Role role) {
    return switch (this) {
      case NOTHING -> true;
      case READ -> role.covers(Role.READ);
      case OPERATE -> role.covers(Role.OPERATE);
      case ADMIN -> role.covers(Role.ADMIN);
    };
  }
}
