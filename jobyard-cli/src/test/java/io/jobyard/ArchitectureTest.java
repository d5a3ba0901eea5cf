package io.jobyard;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.sql.Connection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The arrows point one way: cli → bench → node → core ← stores, and cli → http → core. */
class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.jobyard");

  private static final String[] CORE = {
    "io.jobyard",
    "io.jobyard.store",
    "io.jobyard.run",
    "io.jobyard.shell",
    "io.jobyard.deliver",
    "io.jobyard.config",
    "io.jobyard.codec",
    "io.jobyard.memory",
    "io.jobyard.view",
    "io.jobyard.stats",
    "io.jobyard.talk"
  };

  private static final String JDBC = "io.jobyard.store.jdbc..";
  private static final String SQLITE = "io.jobyard.store.sqlite..";
  private static final String POSTGRESQL = "io.jobyard.store.postgresql..";
  private static final String REDIS = "io.jobyard.store.redis..";
  private static final String MYSQL = "io.jobyard.store.mysql..";
  private static final String FAKTORY = "io.jobyard.faktory..";
  private static final String NODE = "io.jobyard.node..";
  private static final String CLIENT = "io.jobyard.client..";
  private static final String HTTP = "io.jobyard.http..";
  private static final String BENCH = "io.jobyard.bench..";
  private static final String CLI = "io.jobyard.cli..";

  /** What each module may know beside the core; nothing else of these. */
  private static final Map<String, Set<String>> MAY_KNOW =
      Map.ofEntries(
          entry(JDBC, Set.of()),
          entry(SQLITE, Set.of(JDBC)),
          entry(MYSQL, Set.of(JDBC)),
          entry(POSTGRESQL, Set.of(JDBC)),
          entry(REDIS, Set.of()),
          entry(NODE, Set.of()),
          entry(CLIENT, Set.of()),
          entry(HTTP, Set.of()),
          entry(FAKTORY, Set.of()),
          entry(BENCH, Set.of(NODE, HTTP)),
          entry(CLI, Set.of(NODE, CLIENT, HTTP, FAKTORY, BENCH)));

  @Test
  void everyModuleIsLookedAt() {
    for (String name :
        new String[] {
          "io.jobyard.Jobyard",
          "io.jobyard.run.Lifecycle",
          "io.jobyard.store.sqlite.SqliteStore",
          "io.jobyard.store.mysql.MysqlStore",
          "io.jobyard.store.postgresql.PostgresStore",
          "io.jobyard.store.redis.RedisStore",
          "io.jobyard.node.Manager",
          "io.jobyard.http.HttpServer",
          "io.jobyard.client.HttpStoreProvider",
          "io.jobyard.faktory.FaktoryServer"
        }) {
      assertThat(CLASSES.contain(name)).as(name).isTrue();
    }
  }

  @Test
  void modulesKnowOnlyWhatTheyMay() {
    none(CORE, MAY_KNOW.keySet());
    none(new String[] {"io.jobyard.sync..", "io.jobyard.table.."}, MAY_KNOW.keySet());
    MAY_KNOW.forEach((module, known) -> {
      Set<String> others = new HashSet<>(MAY_KNOW.keySet());
      others.remove(module);
      others.removeAll(known);
      none(new String[] {module}, others);
    });
  }

  /** None of the classes here may know one there. */
  private static void none(String[] here, Set<String> there) {
    noClasses()
        .that()
        .resideInAnyPackage(here)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(there.toArray(String[]::new))
        .check(CLASSES);
  }

  @Test
  void coreStartsNoProcessAndOpensNoSocket() {
    noClasses()
        .that()
        .resideInAnyPackage(CORE)
        .and()
        .resideOutsideOfPackages("io.jobyard.shell", "io.jobyard.deliver") // whose purpose it is
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.lang.ProcessBuilder")
        .orShould()
        .dependOnClassesThat()
        .resideInAnyPackage("java.net.http..", "picocli..", "java.nio.channels..")
        .orShould()
        .dependOnClassesThat(
            // A caller's own connection is only handed on.
            resideInAPackage("java.sql..").and(not(type(Connection.class))))
        .check(CLASSES);
  }

  @Test
  void theLifecycleIsPure() {
    noClasses()
        .that()
        .haveFullyQualifiedName("io.jobyard.run.Lifecycle")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.util.concurrent..", "java.util.random..", "org.slf4j..")
        .orShould()
        .dependOnClassesThat()
        .haveNameMatching(
            "java\\.time\\.(Clock|InstantSource)|java\\.util\\.Random|java\\.lang\\.Thread")
        .orShould()
        .dependOnClassesThat()
        .haveNameMatching("io\\.jobyard\\.store\\..*Store")
        .check(CLASSES);
  }
}
