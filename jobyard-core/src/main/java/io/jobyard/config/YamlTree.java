package io.jobyard.config;

import io.jobyard.config.Value.Entries;
import io.jobyard.config.Value.Entry;
import io.jobyard.config.Value.Items;
import io.jobyard.config.Value.Scalar;
import io.jobyard.config.Value.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * YAML text to values with their lines. Only composes: no tag ever becomes an object. Aliases are
 * followed at most {@value #MAX_VALUES} values far, so that a small file cannot fill the memory.
 */
final class YamlTree {
  private static final int MAX_VALUES = 10_000;
  private static final int MAX_DEPTH = 10;

  private final String file;
  private final Problems problems;
  private int values;

  private YamlTree(String file, Problems problems) {
    this.file = file;
    this.problems = problems;
  }

  /** The document's value; null if it is empty or could not be read, which is then a problem. */
  static @Nullable Value read(String file, String text, Problems problems) {
    YamlTree tree = new YamlTree(file, problems);
    LoadSettings settings = LoadSettings.builder().setLabel(file).setUseMarks(true).build();
    try {
      Optional<Node> root = new Compose(settings).composeString(text);
      return root.isEmpty() ? null : tree.value(root.get(), 0);
    } catch (MarkedYamlEngineException e) {
      Optional<Mark> mark = e.getProblemMark().or(e::getContextMark);
      String context = e.getContext() == null ? "" : " " + e.getContext();
      problems.add(tree.place(mark), "is not YAML: " + e.getProblem() + context);
    } catch (YamlEngineException e) {
      problems.add(file, "is not YAML: " + e.getMessage());
    } catch (TooMuch e) {
      problems.add(file, e.problem);
    }
    return null;
  }

  private Value value(Node node, int depth) {
    if (++values > MAX_VALUES || depth > MAX_DEPTH) {
      throw new TooMuch();
    }
    String place = place(node.getStartMark());
    return switch (node) {
      case ScalarNode scalar -> scalar(scalar, place);
      case SequenceNode list -> items(list, place, depth);
      case MappingNode map -> entries(map, place, depth);
      default -> new Scalar(node.getTag().getValue(), Shape.TEXT, place);
    };
  }

  private static Value scalar(ScalarNode node, String place) {
    Tag tag = node.getTag();
    Shape shape =
        tag.equals(Tag.NULL)
            ? Shape.NOTHING
            : tag.equals(Tag.BOOL)
                ? Shape.FLAG
                : tag.equals(Tag.INT) || tag.equals(Tag.FLOAT) ? Shape.NUMBER : Shape.TEXT;
    return new Scalar(node.getValue(), shape, place);
  }

  private Value items(SequenceNode node, String place, int depth) {
    List<Value> items = new ArrayList<>();
    for (Node item : node.getValue()) {
      items.add(value(item, depth + 1));
    }
    return new Items(items, place);
  }

  private Value entries(MappingNode node, String place, int depth) {
    List<Entry> entries = new ArrayList<>();
    for (NodeTuple tuple : node.getValue()) {
      String at = place(tuple.getKeyNode().getStartMark());
      if (tuple.getKeyNode() instanceof ScalarNode key) {
        entries.add(new Entry(key.getValue(), at, value(tuple.getValueNode(), depth + 1)));
      } else {
        problems.add(at, "a key must be text, got a list or map");
      }
    }
    return new Entries(entries, place);
  }

  private String place(Optional<Mark> mark) {
    return mark.map(m -> file + ":" + (m.getLine() + 1)).orElse(file);
  }

  /** Stops a file that grows without end when its aliases are followed. */
  private static final class TooMuch extends RuntimeException {
    final String problem =
        "holds more than %d values or is nested deeper than %d, its aliases followed"
            .formatted(MAX_VALUES, MAX_DEPTH);
  }
}
