/**
 * What nodes do when something dies: real managers and workers on real stores, killed, frozen and
 * cut off while jobs write what they did to a ledger outside the store; in the end it is counted.
 */
@org.jspecify.annotations.NullMarked
package io.jobyard.scenarios;
