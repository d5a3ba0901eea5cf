package io.jobyard.cli.demo;

/**
 * Two figures from different sources that must be the same.
 *
 * @param what they count
 * @param found both, in words
 */
public record Check(String what, boolean agrees, String found) {
  static Check equal(String what, String left, Object leftIs, String right, Object rightIs) {
    return new Check(
        what, leftIs.equals(rightIs), left + " " + leftIs + ", " + right + " " + rightIs);
  }
}
