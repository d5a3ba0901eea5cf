package io.jobyard;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The arrows point one way: cli → bench → node → core ← stores. */
class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.jobyard");

  private static final String[] CORE = {
    "io.jobyard",
    "io.jobyard.store",
    "io.jobyard.run",
    "io.jobyard.config",
    "io.jobyard.codec",
    "io.jobyard.memory"
  };

  @Test
  void everyModuleIsLookedAt() {
    for (String name :
        new String[] {
          "io.jobyard.Jobyard",
          "io.jobyard.run.Lifecycle",
          "io.jobyard.store.sqlite.SqliteStore",
          "io.jobyard.node.Manager"
        }) {
      assertThat(CLASSES.contain(name)).as(name).isTrue();
    }
  }

  @Test
  void modulesKnowOnlyWhatTheyMay() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("core")
        .definedBy(CORE)
        .layer("jdbc")
        .definedBy("io.jobyard.store.jdbc..")
        .layer("sqlite")
        .definedBy("io.jobyard.store.sqlite..")
        .layer("node")
        .definedBy("io.jobyard.node..")
        .layer("bench")
        .definedBy("io.jobyard.bench..")
        .layer("cli")
        .definedBy("io.jobyard.cli..")
        .whereLayer("cli")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("bench")
        .mayOnlyBeAccessedByLayers("cli")
        .whereLayer("node")
        .mayOnlyBeAccessedByLayers("cli", "bench")
        .whereLayer("sqlite")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("jdbc")
        .mayOnlyBeAccessedByLayers("sqlite")
        .check(CLASSES);
  }

  @Test
  void coreStartsNoProcessAndOpensNoSocket() {
    noClasses()
        .that()
        .resideInAnyPackage(CORE)
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.lang.ProcessBuilder")
        .orShould()
        .dependOnClassesThat()
        .resideInAnyPackage("java.sql..", "java.net.http..", "picocli..", "java.nio.channels..")
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
