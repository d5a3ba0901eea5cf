package io.jobyard.bench;

import java.lang.management.ManagementFactory;
import java.time.LocalDate;
import java.time.ZoneId;

/**
 * Where and when it was measured.
 *
 * @param load the system's load average before it began; others at work make every figure worse
 */
record Machine(LocalDate date, String system, String java, int processors, double load) {
  static Machine here() {
    return new Machine(
        LocalDate.now(ZoneId.systemDefault()),
        System.getProperty("os.name") + " " + System.getProperty("os.version"),
        System.getProperty("java.vm.name") + " " + Runtime.version(),
        Runtime.getRuntime().availableProcessors(),
        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
  }
}
