package io.jobyard.http.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.http.Mask;
import io.jobyard.view.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class PagesTest {
  private static JsonNode json(String text) {
    return Json.read(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void bothLanguagesSayTheSameThings() {
    assertThat(Words.CHINESE.texts().keySet())
        .containsExactlyInAnyOrderElementsOf(Words.ENGLISH.texts().keySet());
    Words.ENGLISH
        .texts()
        .forEach((key, text) -> {
          for (String hole : new String[] {"{0}", "{1}"}) {
            assertThat(Words.CHINESE.texts().get(key).contains(hole))
                .as("%s in %s", hole, key)
                .isEqualTo(text.contains(hole));
          }
        });
  }

  @Test
  void theLanguageIsTheBrowsersUnlessChosen() {
    assertThat(Words.of(null, "zh-CN,zh;q=0.9,en;q=0.5").language()).isEqualTo("zh");
    assertThat(Words.of(null, "de,en;q=0.8").language()).isEqualTo("en");
    assertThat(Words.of(null, null).language()).isEqualTo("en");
    assertThat(Words.of(null, ";;q=x").language()).isEqualTo("en");
    assertThat(Words.of("en", "zh").language()).isEqualTo("en");
  }

  @Test
  void nobodyIsSentToAnotherSite() {
    assertThat(Pages.local("/jobs?state=FAILED")).isEqualTo("/jobs?state=FAILED");
    for (String elsewhere :
        new String[] {"//evil.example", "https://evil.example", "/\\evil", "/a\r\nX: y", ""}) {
      assertThat(Pages.local(elsewhere)).isEqualTo("/");
    }
    assertThat(Pages.local(null)).isEqualTo("/");
  }

  @Test
  void whatStaysHiddenStaysWhatItWas() {
    JsonNode edited =
        json("{\"n\":2,\"password\":\"***\",\"deep\":[{\"token\":\"new\"},{\"note\":\"***\"}]}");
    JsonNode original =
        json("{\"n\":1,\"password\":\"old\",\"deep\":[{\"token\":\"t\"},{\"note\":\"***\"}]}");
    Unmask.restore(edited, original, new Mask(List.of("password", "token")));
    assertThat(edited)
        .isEqualTo(
            json(
                "{\"n\":2,\"password\":\"old\",\"deep\":[{\"token\":\"new\"},{\"note\":\"***\"}]}"));
  }

  @Test
  void spansAreToldInTheirTwoGreatestUnits() {
    assertThat(Figures.millis(999L)).isEqualTo("999 ms");
    assertThat(Figures.millis(1_500L)).isEqualTo("1.5 s");
    assertThat(Figures.millis(125_000L)).isEqualTo("2 min 5 s");
    assertThat(Figures.millis(7_200_000L)).isEqualTo("2 h");
    assertThat(Figures.millis(90_000_000L)).isEqualTo("1 d 1 h");
    assertThat(Figures.millis(null)).isEqualTo("–");
  }
}
