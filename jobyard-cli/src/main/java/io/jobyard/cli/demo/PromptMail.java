package io.jobyard.cli.demo;

import com.icegreen.greenmail.Managers;
import com.icegreen.greenmail.server.AbstractServer;
import com.icegreen.greenmail.smtp.SmtpServer;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import java.net.Socket;
import java.net.SocketException;
import java.util.HashMap;
import java.util.Map;

/**
 * A GreenMail that answers at once. Its own SMTP server writes an answer's line and line end apart,
 * so that without {@code TCP_NODELAY} the second waits 40 ms for the client to confirm the first,
 * at every step of every message.
 */
final class PromptMail extends GreenMail {
  PromptMail(ServerSetup setup) {
    super(setup);
  }

  @Override
  protected Map<String, AbstractServer> createServices(ServerSetup[] setups, Managers managers) {
    Map<String, AbstractServer> services = new HashMap<>();
    for (ServerSetup setup : setups) {
      services.put(setup.getProtocol(), new PromptSmtp(setup, managers));
    }
    return services;
  }

  private static final class PromptSmtp extends SmtpServer {
    PromptSmtp(ServerSetup setup, Managers managers) {
      super(setup, managers);
    }

    @Override
    protected void handleClientSocket(Socket client) throws SocketException {
      client.setTcpNoDelay(true);
      super.handleClientSocket(client);
    }
  }
}
