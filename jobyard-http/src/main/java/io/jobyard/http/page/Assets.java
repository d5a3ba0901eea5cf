package io.jobyard.http.page;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.jobyard.http.Need;
import io.jobyard.http.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Scripts, styles and the icon. Their addresses hold a hash of what they are, so that browsers keep
 * them for good and never an old one.
 */
final class Assets {
  private static final String FOREVER = "public, max-age=31536000, immutable";
  private static final String HTMX = "/META-INF/resources/webjars/htmx.org/2.0.10/dist/htmx.min.js";

  private final Map<String, Asset> byName = new LinkedHashMap<>();

  @SuppressWarnings("ArrayRecordComponent")
  private record Asset(byte[] bytes, String type, String hash) {}

  Assets() {
    add("htmx.js", HTMX);
    for (String name :
        new String[] {
          "app.css",
          "app.js",
          "icon.svg",
          "vendor/uplot.js",
          "vendor/uplot.css",
          "vendor/htmx-sse.js",
          "vendor/idiomorph-ext.js"
        }) {
      add(name, "static/" + name);
    }
  }

  void addTo(RoutesConfig routes) {
    routes.get("/static/{hash}/<name>", this::serve, Need.NOTHING);
    routes.get("/favicon.ico", request -> request.redirect(path("icon.svg")), Need.NOTHING);
  }

  /** Where an asset is had. */
  String path(String name) {
    Asset asset = byName.get(name);
    if (asset == null) {
      throw new IllegalArgumentException("there is no asset '" + name + "'");
    }
    return "/static/" + asset.hash + "/" + name;
  }

  private void serve(Context request) {
    @Nullable Asset asset = byName.get(request.pathParam("name"));
    if (asset == null || !asset.hash.equals(request.pathParam("hash"))) {
      throw Problem.unknown("there is no such file; load the page again");
    }
    request.header("Cache-Control", FOREVER);
    request.contentType(asset.type).result(asset.bytes);
  }

  private void add(String name, String resource) {
    try (InputStream in = Assets.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("the pages' " + resource + " is not on the class path");
      }
      byte[] bytes = in.readAllBytes();
      byName.put(name, new Asset(bytes, type(name), hash(bytes)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String type(String name) {
    return switch (name.substring(name.lastIndexOf('.') + 1)) {
      case "js" -> "text/javascript; charset=utf-8";
      case "css" -> "text/css; charset=utf-8";
      default -> "image/svg+xml";
    };
  }

  private static String hash(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes), 0, 6);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }
}
