package io.jobyard.cli.demo;

/**
 * A row of the input that cannot be used.
 *
 * @param line where it begins in its file, from 1
 * @param why what is wrong with it
 */
public record SkippedRow(long line, String why) {}
