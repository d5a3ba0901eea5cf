/** The demo's jobs, as an application would write them. */
@NullMarked
package io.jobyard.cli.demo.jobs;

import org.jspecify.annotations.NullMarked;
