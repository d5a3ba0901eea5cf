package io.jobyard.examples;

import io.jobyard.Handler;
import io.jobyard.JobContext;
import io.jobyard.Jobyard;
import io.jobyard.OnStart;
import io.jobyard.Services;
import io.jobyard.config.Config;
import io.jobyard.run.LocalNode;
import java.time.Duration;

/** Arguments apart from code: the record knows nothing of what handles it. */
public final class HandlersAndServices {
  private HandlersAndServices() {}

  /** Only data; an application that pushes it needs no more. */
  public record MakeInvoice(String customer, int cents) {}

  /** Something that is dear to make and shared by all jobs of a worker. */
  public static final class Printer {
    void print(String page) {
      System.out.println(page);
    }
  }

  /** Found by its type argument. */
  public static final class MakeInvoiceHandler implements Handler<MakeInvoice> {
    @Override
    public void handle(MakeInvoice invoice, JobContext job) {
      String page =
          "%s owes %d.%02d"
              .formatted(invoice.customer(), invoice.cents() / 100, invoice.cents() % 100);
      job.service(Printer.class).print(page);
    }
  }

  /** Runs once in every worker, before its first job; {@code on-start:} in jobyard.yaml. */
  public static final class Boot implements OnStart {
    @Override
    public void start(Services services) {
      services.put(Printer.class, new Printer());
    }
  }

  /** The configuration may stand in code as well as in jobyard.yaml. */
  public static void main(String[] arguments) throws Exception {
    Config config = Jobyard.configure().store("memory:").onStart(Boot.class.getName()).build();
    try (Jobyard yard = Jobyard.open(config);
        LocalNode node = yard.work("default")) {
      yard.push(new MakeInvoice("Acme", 1995)).await(Duration.ofSeconds(10));
    }
  }
}
