package io.jobyard.config;

import java.nio.file.Path;

/** Where the certificate for HTTPS is. */
public sealed interface Tls {
  /** With relative files below this folder. */
  Tls below(Path folder);

  /** A chain of certificates and a private key, as PEM. */
  record Pem(Path certificate, Path key) implements Tls {
    @Override
    public Tls below(Path folder) {
      return new Pem(folder.resolve(certificate), folder.resolve(key));
    }
  }

  /** A PKCS12 file with one key. */
  record Pkcs12(Path file, String password) implements Tls {
    @Override
    public Tls below(Path folder) {
      return new Pkcs12(folder.resolve(file), password);
    }

    @Override
    public String toString() {
      return "Pkcs12[" + file + "]";
    }
  }
}
