/** Jobs in Redis or Valkey: one server, a master under Sentinel, or a Cluster. */
@NullMarked
package io.jobyard.store.redis;

import org.jspecify.annotations.NullMarked;
