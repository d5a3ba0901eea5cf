package io.jobyard.deliver;

import io.jobyard.DeliveryFailed;
import io.jobyard.JobyardException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests to a target at exactly the addresses that it allows. Java's client looks names up
 * by itself, so it is given addresses, and told apart from them whom to ask for and whose
 * certificate to accept. Safe for use by many threads.
 */
final class PinnedClient {
  private static final String RESTRICTED = "jdk.httpclient.allowRestrictedHeaders";
  private static final Duration CONNECT = Duration.ofSeconds(10);

  static {
    // Read once by Java's client, when its first request is made. A request to an address must be
    // allowed to say by which name the address was found.
    String allowed = System.getProperty(RESTRICTED, "");
    if (!List.of(allowed.split(",", -1)).contains("host")) {
      System.setProperty(RESTRICTED, allowed.isEmpty() ? "host" : allowed + ",host");
    }
  }

  private final Target target;
  private final HttpClient client;

  /**
   * @param trusted who vouches for certificates; null for those Java trusts
   */
  PinnedClient(Target target, @Nullable KeyStore trusted) {
    this.target = target;
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .proxy(HttpClient.Builder.NO_PROXY)
            .connectTimeout(CONNECT)
            .executor(Executors.newVirtualThreadPerTaskExecutor());
    if (target.encrypted()) {
      encrypt(builder, trusted);
    }
    this.client = builder.build();
  }

  private void encrypt(HttpClient.Builder builder, @Nullable KeyStore trusted) {
    String host = target.host();
    boolean named = !host.contains(":") && !host.matches("[0-9.]+");
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      X509ExtendedTrustManager trust = trust(trusted);
      context.init(null, new TrustManager[] {named ? new NamedHost(trust, host) : trust}, null);
      builder.sslContext(context);
    } catch (GeneralSecurityException e) {
      throw new JobyardException("this Java cannot speak TLS: " + e, e);
    }
    if (named) {
      SSLParameters parameters = new SSLParameters();
      parameters.setServerNames(List.of(new SNIHostName(host)));
      builder.sslParameters(parameters);
    }
  }

  private static X509ExtendedTrustManager trust(@Nullable KeyStore trusted)
      throws GeneralSecurityException {
    var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(trusted);
    for (TrustManager manager : factory.getTrustManagers()) {
      if (manager instanceof X509ExtendedTrustManager extended) {
        return extended;
      }
    }
    throw new GeneralSecurityException("no trust manager that knows hosts");
  }

  /**
   * Sends a request to the first address that can be connected to.
   *
   * @param request builds it, but for its address and host
   * @throws DeliveryFailed if there is no answer
   */
  HttpResponse<Answer> send(UnaryOperator<HttpRequest.Builder> request, int mostBytes)
      throws DeliveryFailed, InterruptedException {
    IOException last = null;
    for (URI address : target.addresses()) {
      try {
        HttpRequest.Builder builder = HttpRequest.newBuilder(address);
        builder.setHeader("Host", target.authority());
        return client.send(request.apply(builder).build(), head -> new Answer.Reader(mostBytes));
      } catch (ConnectException | HttpConnectTimeoutException e) {
        last = e; // nothing was sent: the next address may do
      } catch (IOException e) {
        throw failed(e);
      } catch (IllegalArgumentException e) {
        throw new DeliveryFailed(
            "this process used Java's HTTP client before: start it with -D"
                + RESTRICTED
                + "=host ("
                + e.getMessage()
                + ")",
            0);
      }
    }
    throw failed(last == null ? new IOException("no address") : last);
  }

  private DeliveryFailed failed(IOException e) {
    String what = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    String how =
        switch (e) {
          case ConnectException none -> "could not connect";
          case SSLException tls -> "no secure connection";
          default -> "no answer";
        };
    return new DeliveryFailed("POST to " + target.host() + ": " + how + ": " + what, 0);
  }
}
