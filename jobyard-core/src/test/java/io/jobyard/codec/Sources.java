package io.jobyard.codec;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.ToolProvider;

/**
 * A user's code, compiled into a folder of its own: classes that contradict each other must not
 * stand on the class path of all tests.
 */
final class Sources {
  private final Path folder;
  private final List<String> files = new ArrayList<>();

  private Sources(Path folder) {
    this.folder = folder;
  }

  static Sources in(Path folder) {
    return new Sources(folder);
  }

  Sources add(String className, String code) throws IOException {
    int dot = className.lastIndexOf('.');
    Path file = folder.resolve("src").resolve(className.replace('.', '/') + ".java");
    Files.createDirectories(file.getParent());
    Files.writeString(
        file,
        "package "
            + className.substring(0, dot)
            + ";\nimport io.jobyard.*;\nimport java.util.*;\n"
            + code);
    files.add(file.toString());
    return this;
  }

  Sources compile() {
    List<String> options = new ArrayList<>(List.of("-d", classes().toString(), "-proc:none"));
    options.addAll(List.of("-cp", System.getProperty("java.class.path")));
    options.addAll(files);
    int result =
        ToolProvider.getSystemJavaCompiler().run(null, null, null, options.toArray(String[]::new));
    if (result != 0) {
      throw new IllegalStateException("the sources of this test do not compile");
    }
    return this;
  }

  Path classes() {
    return folder.resolve("classes");
  }

  KindIndex scan() {
    return KindScan.of(List.of(classes()));
  }

  URLClassLoader loader() throws MalformedURLException {
    URI uri = URI.create(classes().toUri() + (Files.isDirectory(classes()) ? "" : "/"));
    return new URLClassLoader(new URL[] {uri.toURL()}, Sources.class.getClassLoader());
  }
}
