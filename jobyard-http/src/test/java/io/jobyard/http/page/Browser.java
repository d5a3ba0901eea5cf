package io.jobyard.http.page;

import io.jobyard.view.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A headless Chromium with one page, driven by its DevTools protocol. Remembers what went wrong on
 * the page's console and what it asked for. For one thread.
 */
final class Browser implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Process process;
  private final Path profile;
  private final WebSocket socket;
  private final AtomicInteger ids = new AtomicInteger();
  private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
  private final List<String> complaints = new CopyOnWriteArrayList<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private volatile boolean loaded;
  private @Nullable String session;

  /** Where Chromium is; empty where it is not. */
  static Optional<Path> installed() {
    String named = System.getenv("CHROMIUM");
    return Stream.of(
            named == null ? "" : named,
            "/usr/bin/chromium",
            "/usr/bin/chromium-browser",
            "/usr/bin/google-chrome")
        .filter(path -> !path.isEmpty())
        .map(Path::of)
        .filter(Files::isExecutable)
        .findFirst();
  }

  Browser(Path chromium) throws Exception {
    profile = Files.createTempDirectory("jobyard-browser");
    process =
        new ProcessBuilder(
                chromium.toString(),
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-extensions",
                "--disable-background-networking",
                "--no-first-run",
                "--hide-scrollbars",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                "about:blank")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    socket =
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .buildAsync(URI.create(address()), new Ear())
            .get(20, TimeUnit.SECONDS);
    String target = call("Target.createTarget", "url", "about:blank").path("targetId").asString();
    ObjectNode attach = Json.object().put("targetId", target).put("flatten", true);
    session = send("Target.attachToTarget", attach).path("sessionId").asString();
    for (String domain : new String[] {"Page", "Runtime", "Network", "Log"}) {
      JsonNode unused = send(domain + ".enable", Json.object());
    }
  }

  private String address() throws IOException {
    BufferedReader err =
        new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8));
    for (String line = err.readLine(); line != null; line = err.readLine()) {
      int at = line.indexOf("ws://");
      if (line.startsWith("DevTools listening") && at > 0) {
        Thread.ofPlatform().daemon().start(() -> err.lines().forEach(any -> {}));
        return line.substring(at);
      }
    }
    throw new IOException("Chromium ended before it listened");
  }

  void size(int width, int height, boolean dark) {
    JsonNode unused =
        send(
            "Emulation.setDeviceMetricsOverride",
            Json.object()
                .put("width", width)
                .put("height", height)
                .put("deviceScaleFactor", 1)
                .put("mobile", width < 600));
    ObjectNode media = Json.object();
    media
        .putArray("features")
        .addObject()
        .put("name", "prefers-color-scheme")
        .put("value", dark ? "dark" : "light");
    unused = send("Emulation.setEmulatedMedia", media);
  }

  /** What the browser asks for pages in. */
  void language(String language) {
    ObjectNode headers = Json.object();
    headers.putObject("headers").put("Accept-Language", language);
    JsonNode unused = send("Network.setExtraHTTPHeaders", headers);
  }

  void open(String url) {
    loaded = false;
    JsonNode unused = call("Page.navigate", "url", url);
    await(() -> loaded, "the page " + url);
  }

  /** Runs a script, and what it answers. */
  JsonNode run(String script) {
    JsonNode answer =
        send(
            "Runtime.evaluate",
            Json.object()
                .put("expression", script)
                .put("awaitPromise", true)
                .put("returnByValue", true)
                .put("userGesture", true));
    if (answer.has("exceptionDetails")) {
      throw new AssertionError("the page threw: " + answer.path("exceptionDetails"));
    }
    return answer.path("result").path("value");
  }

  String text(String selector) {
    return run("document.querySelector(" + quoted(selector) + ")?.innerText ?? ''").asString();
  }

  boolean shows(String selector) {
    return run("!!document.querySelector(" + quoted(selector) + ")").asBoolean();
  }

  void awaitText(String selector, String part) {
    await(() -> text(selector).contains(part), selector + " to say " + part);
  }

  /** Clicks and, where that leads to another page, waits for it. */
  void follow(String selector) {
    loaded = false;
    click(selector);
    await(() -> loaded, "the page behind " + selector);
  }

  void click(String selector) {
    await(() -> shows(selector), selector);
    JsonNode unused = run("document.querySelector(" + quoted(selector) + ").click()");
  }

  void type(String selector, String value) {
    JsonNode unused =
        run(
            "{const e=document.querySelector(%s);e.focus();e.value=%s;e.dispatchEvent(new Event('input',{bubbles:true}))}"
                .formatted(quoted(selector), quoted(value)));
  }

  void key(String key, int code) {
    for (String type : new String[] {"rawKeyDown", "keyUp"}) {
      JsonNode unused =
          send(
              "Input.dispatchKeyEvent",
              Json.object()
                  .put("type", type)
                  .put("key", key)
                  .put("code", key)
                  .put("windowsVirtualKeyCode", code));
    }
  }

  void screenshot(Path file) throws IOException {
    double height = run("Math.min(4000, document.documentElement.scrollHeight)").asDouble();
    double width = run("document.documentElement.clientWidth").asDouble();
    ObjectNode asked = Json.object().put("format", "png").put("captureBeyondViewport", true);
    asked
        .putObject("clip")
        .put("x", 0)
        .put("y", 0)
        .put("width", width)
        .put("height", height)
        .put("scale", 1);
    JsonNode answer = send("Page.captureScreenshot", asked);
    Files.write(file, Base64.getDecoder().decode(answer.path("data").asString()));
  }

  /** Errors on the console, exceptions and refused loads so far. */
  List<String> complaints() {
    return List.copyOf(complaints);
  }

  /** Forgets what was complained of and asked for. */
  void forget() {
    complaints.clear();
    requests.clear();
  }

  /** Complaints that were expected are taken off the list. */
  void forgive(String part) {
    complaints.removeIf(complaint -> complaint.contains(part));
  }

  /** Every address that was asked for. */
  List<String> requests() {
    return List.copyOf(requests);
  }

  void await(BooleanSupplier condition, String what) {
    try {
      Awaitility.await(what)
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(20))
          .until(condition::getAsBoolean);
    } catch (ConditionTimeoutException e) {
      throw new AssertionError("waited in vain for " + what + "; complaints: " + complaints, e);
    }
  }

  private static String quoted(String text) {
    return Json.write(Json.tree(text));
  }

  private JsonNode call(String method, String name, String value) {
    return send(method, Json.object().put(name, value));
  }

  private JsonNode send(String method, ObjectNode parameters) {
    int id = ids.incrementAndGet();
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    answers.put(id, answer);
    ObjectNode message = Json.object().put("id", id).put("method", method);
    message.set("params", parameters);
    if (session != null) {
      message.put("sessionId", session);
    }
    socket.sendText(Json.write(message), true).join();
    try {
      return answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(method + " was not answered", e);
    }
  }

  private void hear(JsonNode message) {
    if (message.has("id")) {
      CompletableFuture<JsonNode> asked = answers.remove(message.path("id").asInt());
      if (asked != null) {
        if (message.has("error")) {
          asked.completeExceptionally(new IOException(message.path("error").toString()));
        } else {
          asked.complete(message.path("result"));
        }
      }
      return;
    }
    JsonNode said = message.path("params");
    switch (message.path("method").asString("")) {
      case "Page.loadEventFired" -> loaded = true;
      case "Network.requestWillBeSent" -> requests.add(said.path("request").path("url").asString());
      case "Runtime.exceptionThrown" -> complaints.add(said.path("exceptionDetails").toString());
      case "Runtime.consoleAPICalled" -> {
        if (said.path("type").asString().equals("error")) {
          complaints.add(said.path("args").toString());
        }
      }
      case "Log.entryAdded" -> {
        if (said.path("entry").path("level").asString().equals("error")) {
          complaints.add(said.path("entry").toString());
        }
      }
      default -> {}
    }
  }

  private final class Ear implements WebSocket.Listener {
    private final StringBuilder parts = new StringBuilder();

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      parts.append(data);
      if (last) {
        String whole = parts.toString();
        parts.setLength(0);
        hear(Json.read(whole.getBytes(StandardCharsets.UTF_8)));
      }
      from.request(1);
      return null;
    }
  }

  @Override
  public void close() throws IOException {
    socket.abort();
    process.destroyForcibly();
    try {
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    try (Stream<Path> files = Files.walk(profile)) {
      files.sorted((a, b) -> b.compareTo(a)).forEach(file -> file.toFile().delete());
    }
  }
}
