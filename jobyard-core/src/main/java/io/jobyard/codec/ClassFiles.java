package io.jobyard.codec;

import io.jobyard.PushRefused;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.Opcodes;

/**
 * The class files that go with a class: its own, its outermost class's, and those of all classes
 * nested in that.
 */
final class ClassFiles {
  private final ClassLoader loader;
  private final Map<String, byte[]> files = new LinkedHashMap<>();

  private ClassFiles(ClassLoader loader) {
    this.loader = loader;
  }

  /**
   * @throws PushRefused if one of them is not on the class path
   */
  static Map<String, byte[]> of(Class<?> type) {
    Class<?> outermost = type.getNestHost();
    var found = new ClassFiles(type.getClassLoader());
    found.add(outermost.getName());
    return found.files;
  }

  private void add(String name) {
    if (files.containsKey(name)) {
      return;
    }
    byte[] file = read(name);
    files.put(name, file);
    new ClassReader(file)
        .accept(
            new ClassVisitor(Opcodes.ASM9) {
              @Override
              public void visitNestMember(String member) {
                add(member.replace('/', '.'));
              }
            },
            ClassReader.SKIP_CODE | ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
  }

  private byte[] read(String name) {
    String path = name.replace('.', '/') + ".class";
    try (InputStream file = loader.getResourceAsStream(path)) {
      if (file == null) {
        throw new PushRefused("the code to ship is incomplete: " + path + " is not there");
      }
      return file.readAllBytes();
    } catch (IOException e) {
      throw new PushRefused("the code to ship cannot be read: " + path + ": " + e.getMessage(), e);
    }
  }
}
