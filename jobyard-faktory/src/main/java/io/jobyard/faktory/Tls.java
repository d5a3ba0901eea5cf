package io.jobyard.faktory;

import io.jobyard.JobyardException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads a certificate and its key from PEM files. */
final class Tls {
  private static final Logger LOG = LoggerFactory.getLogger(Tls.class);
  private static final Pattern PKCS8 =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
  private static final List<String> ALGORITHMS = List.of("RSA", "EC", "Ed25519");

  private Tls() {}

  /**
   * Makes connections speak TLS.
   *
   * @throws JobyardException if a file cannot be used; it says which
   */
  static SSLSocketFactory sockets(Path certificate, Path key) {
    try {
      Certificate[] chain =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(certificate)))
              .toArray(new Certificate[0]);
      if (chain.length == 0) {
        throw new JobyardException("faktory.certificate: " + certificate + " holds no certificate");
      }
      KeyStore keys = KeyStore.getInstance("PKCS12");
      keys.load(null, null);
      keys.setKeyEntry("server", privateKey(key), new char[0], chain);
      KeyManagerFactory managers =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      managers.init(keys, new char[0]);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(managers.getKeyManagers(), null, null);
      return context.getSocketFactory();
    } catch (IOException e) {
      throw new JobyardException("faktory.certificate or faktory.key cannot be read: " + e, e);
    } catch (GeneralSecurityException e) {
      throw new JobyardException(
          "faktory.certificate " + certificate + " and faktory.key " + key + " do not fit: " + e,
          e);
    }
  }

  private static PrivateKey privateKey(Path file) throws IOException, GeneralSecurityException {
    Matcher pem = PKCS8.matcher(Files.readString(file, StandardCharsets.US_ASCII));
    if (!pem.find()) {
      throw new JobyardException(
          "faktory.key: "
              + file
              + " holds no unencrypted PKCS#8 key; make one with 'openssl pkcs8 -topk8 -nocrypt'");
    }
    var spec = new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(pem.group(1)));
    for (String algorithm : ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(spec);
      } catch (InvalidKeySpecException e) {
        LOG.trace("the key is not {}: {}", algorithm, e.getMessage());
      }
    }
    throw new JobyardException("faktory.key: " + file + " is none of " + ALGORITHMS);
  }
}
