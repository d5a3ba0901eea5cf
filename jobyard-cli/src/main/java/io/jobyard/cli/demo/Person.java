package io.jobyard.cli.demo;

/**
 * Somebody to write to.
 *
 * @param line where the row begins in its file, from 1
 */
record Person(long line, String name, String email) {}
