package io.jobyard.store.redis;

import io.jobyard.testing.RedisProcess;
import io.jobyard.testing.RedisServers;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.Objects;

/**
 * A certificate that only this test trusts, for a server with TLS.
 *
 * @param file the certificate
 * @param key its private key
 * @param port where the server is to take connections with TLS
 */
record Certificate(Path file, Path key, int port) {
  private static final String PASSWORD = "changeit";

  /** Asks the JDK's keytool for it. */
  static Certificate make(Path folder)
      throws IOException, InterruptedException, GeneralSecurityException {
    Path store = folder.resolve("server.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                store.toString(),
                "-dname",
                "CN=localhost",
                "-ext",
                "SAN=ip:127.0.0.1,dns:localhost",
                "-ext",
                "BC=ca:true",
                "-validity",
                "2")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("keytool.log").toFile())
            .start();
    if (keytool.waitFor() != 0) {
      throw new IOException(Files.readString(folder.resolve("keytool.log")));
    }
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    try (ServerSocket free = new ServerSocket(0)) {
      return new Certificate(
          pem(folder, "CERTIFICATE", keys.getCertificate("server").getEncoded()),
          pem(
              folder,
              "PRIVATE KEY",
              Objects.requireNonNull(keys.getKey("server", PASSWORD.toCharArray())).getEncoded()),
          free.getLocalPort());
    }
  }

  private static Path pem(Path folder, String what, byte[] bytes) throws IOException {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
    return Files.writeString(
        folder.resolve(what.replace(' ', '-') + ".pem"),
        "-----BEGIN " + what + "-----\n" + body + "\n-----END " + what + "-----\n",
        StandardCharsets.US_ASCII);
  }

  /** A server that takes connections with TLS at the port, and the tests' own beside it. */
  RedisProcess serve() {
    return RedisServers.startSingle(
        "--tls-port",
        Integer.toString(port),
        "--tls-cert-file",
        file.toString(),
        "--tls-key-file",
        key.toString(),
        "--tls-ca-cert-file",
        file.toString(),
        "--tls-auth-clients",
        "no");
  }
}
