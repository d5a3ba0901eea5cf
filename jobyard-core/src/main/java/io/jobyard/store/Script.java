package io.jobyard.store;

/**
 * One step of a schema's migration.
 *
 * @param name of its file
 * @param text as it is carried out, so that people who run their own migrations can
 */
public record Script(String name, String text) {}
