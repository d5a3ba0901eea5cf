package io.jobyard.store.redis;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** One script with its keys and arguments. Built by one thread, then only read. */
final class Call {
  private final LuaScript script;
  private final List<byte[]> keys = new ArrayList<>();
  private final List<byte[]> args = new ArrayList<>();

  private Call(LuaScript script) {
    this.script = script;
  }

  /** On one line, which is its first argument too. */
  static Call on(Line line, LuaScript script) {
    return of(script).touching(line).add(line.base());
  }

  static Call of(LuaScript script) {
    return new Call(script);
  }

  Call touching(Line line) {
    keys.addAll(List.of(line.keys()));
    return this;
  }

  Call key(String key) {
    keys.add(bytes(key));
    return this;
  }

  Call add(String text) {
    return add(bytes(text));
  }

  Call add(long number) {
    return add(Long.toString(number));
  }

  Call add(Ids.Proof proof) {
    return add(proof.toString());
  }

  Call add(UUID id) {
    return add(Ids.bytes(id));
  }

  Call add(byte[] value) {
    args.add(value);
    return this;
  }

  /** How many arguments it has so far. */
  int size() {
    return args.size();
  }

  LuaScript script() {
    return script;
  }

  byte[][] keys() {
    return keys.toArray(byte[][]::new);
  }

  byte[][] args() {
    return args.toArray(byte[][]::new);
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
