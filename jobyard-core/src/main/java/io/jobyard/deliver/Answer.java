package io.jobyard.deliver;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * The body of an answer, as much of it as may be.
 *
 * @param cut whether there was more, which was not waited for
 */
@SuppressWarnings("ArrayRecordComponent")
record Answer(byte[] bytes, boolean cut) {

  /** Reads so many bytes and hangs up on whoever sends more. */
  static final class Reader implements BodySubscriber<Answer> {
    private final int most;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final CompletableFuture<Answer> answer = new CompletableFuture<>();
    private Flow.@Nullable Subscription subscription;

    Reader(int most) {
      this.most = most;
    }

    @Override
    public CompletionStage<Answer> getBody() {
      return answer;
    }

    @Override
    public void onSubscribe(Flow.Subscription source) {
      subscription = source;
      source.request(1);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
      Flow.Subscription source = subscription;
      for (ByteBuffer buffer : buffers) {
        byte[] chunk = new byte[Math.min(buffer.remaining(), most - bytes.size())];
        buffer.get(chunk);
        bytes.write(chunk, 0, chunk.length);
        if (buffer.hasRemaining()) {
          if (source != null) {
            source.cancel();
          }
          answer.complete(new Answer(bytes.toByteArray(), true));
          return;
        }
      }
      if (source != null) {
        source.request(1);
      }
    }

    @Override
    public void onError(Throwable failure) {
      answer.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
      answer.complete(new Answer(bytes.toByteArray(), false));
    }
  }
}
