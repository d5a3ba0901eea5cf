package io.jobyard.deliver;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Trusts whom Java trusts, and of those only who has a certificate for one name. Java alone would,
 * since the connection is to an address, be content with a certificate for that address: whoever
 * can change where the name leads could have one.
 */
final class NamedHost extends X509ExtendedTrustManager {
  private static final int DNS_NAME = 2;

  private final X509ExtendedTrustManager trust;
  private final String host;

  NamedHost(X509ExtendedTrustManager trust, String host) {
    this.trust = trust;
    this.host = host.toLowerCase(Locale.ROOT);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    trust.checkServerTrusted(chain, type, engine);
    checkName(chain[0]);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    trust.checkServerTrusted(chain, type, socket);
    checkName(chain[0]);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    trust.checkServerTrusted(chain, type);
    checkName(chain[0]);
  }

  private void checkName(X509Certificate certificate) throws CertificateException {
    Collection<List<?>> names = certificate.getSubjectAlternativeNames();
    if (names != null) {
      for (List<?> name : names) {
        if (name.get(0) instanceof Integer kind
            && kind == DNS_NAME
            && name.get(1) instanceof String dns
            && covers(dns.toLowerCase(Locale.ROOT))) {
          return;
        }
      }
    }
    throw new CertificateException("the certificate is not for " + host);
  }

  /** A star stands for the first label, whole. */
  private boolean covers(String dns) {
    int dot = host.indexOf('.');
    return dns.equals(host)
        || (dot > 0 && dns.startsWith("*.") && dns.substring(1).equals(host.substring(dot)));
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, @Nullable SSLEngine engine)
      throws CertificateException {
    throw new CertificateException("this side never asks for a client's certificate");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, @Nullable Socket socket)
      throws CertificateException {
    throw new CertificateException("this side never asks for a client's certificate");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    throw new CertificateException("this side never asks for a client's certificate");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return trust.getAcceptedIssuers();
  }
}
