package io.jobyard.http.page;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is asked before many jobs, or a process, are dealt with.
 *
 * @param action where the form goes
 * @param note what else to know; null for nothing
 * @param fields what the form says, by name
 */
public record Preview(
    String action,
    String title,
    String says,
    @Nullable String note,
    String button,
    boolean possible,
    boolean dangerous,
    Map<String, String> fields) {}
