package io.jobyard.cli.demo;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a demo works on.
 *
 * @param input a CSV with the columns name and email; null means the included sample
 * @param text whose words are counted; null means Jobyard's own documentation and sources
 * @param dir an empty or new folder for the store, which stays; null means one that is made
 * @param keep whether the made folder stays, too
 */
public record DemoOptions(
    @Nullable Path input, @Nullable Path text, @Nullable Path dir, boolean keep) {}
