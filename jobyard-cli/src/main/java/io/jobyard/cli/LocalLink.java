package io.jobyard.cli;

import io.jobyard.JobyardException;
import io.jobyard.config.Config;
import io.jobyard.http.NodeLink;
import io.jobyard.node.control.NodeControl;
import io.jobyard.view.Json;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import tools.jackson.databind.node.ObjectNode;

/** The node of this machine's run directory, over its control socket; it may come and go. */
final class LocalLink implements NodeLink {
  private final Config config;

  LocalLink(Config config) {
    this.config = config;
  }

  @Override
  public Optional<String> name() {
    return asked(control -> config.node());
  }

  @Override
  public Optional<ObjectNode> status() {
    return asked(control -> (ObjectNode) Json.tree(control.status()));
  }

  @Override
  public ObjectNode reload() {
    try (NodeControl control = NodeControl.connect(config.runDir())) {
      return (ObjectNode) Json.tree(control.reload());
    }
  }

  @Override
  public boolean drain(long pid) {
    return asked(control -> control.drain(pid)).orElse(false);
  }

  @Override
  public boolean kill(long pid) {
    return asked(control -> control.kill(pid)).orElse(false);
  }

  @Override
  public Optional<Said> said(UUID job, long from) {
    return asked(control -> control.said(job, from))
        .flatMap(said -> said)
        .map(said ->
            new Said(
                said.progress() == null ? null : (ObjectNode) Json.tree(said.progress()),
                said.lines(),
                said.next()));
  }

  @Override
  public Optional<ObjectNode> sight(UUID job) {
    return asked(control -> control.look(job))
        .flatMap(sight -> sight)
        .map(sight -> (ObjectNode) Json.tree(sight));
  }

  private <T> Optional<T> asked(Function<NodeControl, T> question) {
    try (NodeControl control = NodeControl.connect(config.runDir())) {
      return Optional.of(question.apply(control));
    } catch (JobyardException e) {
      return Optional.empty(); // none runs, or it is going
    }
  }
}
