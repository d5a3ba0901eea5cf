package io.jobyard.scenarios;

import org.junit.jupiter.api.Tag;

/** The same on the stores that have a server. */
@Staged(on = {Ground.POSTGRESQL, Ground.MARIADB, Ground.REDIS, Ground.REDIS_CLUSTER})
@Tag("soak")
final class PoisonOnServersTest extends PoisonTest {}
