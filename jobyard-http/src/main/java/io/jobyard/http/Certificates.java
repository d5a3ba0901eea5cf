package io.jobyard.http;

import io.jobyard.JobyardException;
import io.jobyard.config.Tls;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the certificate for HTTPS. Every error says which file, and what to do. */
final class Certificates {
  /** Of a key store that only lives in memory. */
  static final String PASSWORD = "jobyard";

  private static final Logger LOG = LoggerFactory.getLogger(Certificates.class);
  private static final Pattern KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]+)-----END PRIVATE KEY-----");

  private Certificates() {}

  /**
   * The certificate and its key.
   *
   * @param password opens its key
   */
  record Pair(KeyStore store, String password) {}

  static Pair read(Tls tls) {
    return switch (tls) {
      case Tls.Pem(Path certificate, Path key) -> pem(certificate, key);
      case Tls.Pkcs12(Path file, String password) -> pkcs12(file, password);
    };
  }

  private static Pair pkcs12(Path file, String password) {
    try (InputStream in = Files.newInputStream(file)) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(in, password.toCharArray());
      return new Pair(store, password);
    } catch (IOException | GeneralSecurityException e) {
      throw new JobyardException(
          "http.tls: " + file + " cannot be opened as PKCS12 with this password: " + e, e);
    }
  }

  private static Pair pem(Path certificate, Path key) {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      Certificate[] chain = chain(certificate).toArray(Certificate[]::new);
      store.setKeyEntry("jobyard", key(key), PASSWORD.toCharArray(), chain);
      return new Pair(store, PASSWORD);
    } catch (IOException | GeneralSecurityException e) {
      throw new JobyardException(
          "http.tls: " + certificate + " and " + key + " cannot be used: " + e, e);
    }
  }

  private static Collection<? extends Certificate> chain(Path file)
      throws IOException, GeneralSecurityException {
    try (InputStream in = Files.newInputStream(file)) {
      var chain = CertificateFactory.getInstance("X.509").generateCertificates(in);
      if (chain.isEmpty()) {
        throw new JobyardException("http.tls: " + file + " holds no certificate in PEM");
      }
      return chain;
    }
  }

  private static PrivateKey key(Path file) throws IOException, GeneralSecurityException {
    Matcher matcher = KEY.matcher(Files.readString(file));
    if (!matcher.find()) {
      throw new JobyardException(
          "http.tls: "
              + file
              + " holds no unencrypted 'PRIVATE KEY'; 'openssl pkcs8 -topk8 -nocrypt -in "
              + file.getFileName()
              + "' makes one of most others");
    }
    var spec = new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(matcher.group(1)));
    for (String algorithm : List.of("RSA", "EC", "Ed25519")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(spec);
      } catch (InvalidKeySpecException e) {
        LOG.debug("{} is not a key for {}", file, algorithm);
      }
    }
    throw new JobyardException("http.tls: the key of " + file + " is not RSA, EC or Ed25519");
  }
}
