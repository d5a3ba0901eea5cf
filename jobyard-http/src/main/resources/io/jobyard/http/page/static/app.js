"use strict";
// What the server cannot do: local times, charts, dialogs, and saying whether the page is live.
(() => {
  const lang = document.documentElement.lang;
  const say = (name) => document.body.dataset[name] || "";

  // ---- times: <time datetime> is told in the browser's zone
  const full = new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeStyle: "medium", hourCycle: "h23" });
  const clock = new Intl.DateTimeFormat(lang, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
  const day = new Intl.DateTimeFormat(lang, { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const ago = new Intl.RelativeTimeFormat(lang, { numeric: "auto", style: "short" });
  const units = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];

  function relative(date) {
    const seconds = (date - Date.now()) / 1000;
    const [unit, size] = units.find(([, s]) => Math.abs(seconds) >= s) || units[3];
    return ago.format(Math.trunc(seconds / size), unit);
  }
  function times(root) {
    for (const time of root.querySelectorAll("time[datetime]")) {
      const date = new Date(time.dateTime);
      const kind = time.dataset.as;
      const text = kind === "ago" ? relative(date)
        : kind === "clock" ? (date.toDateString() === new Date().toDateString() ? clock : day).format(date)
        : full.format(date);
      if (time.textContent !== text) time.textContent = text;
      if (time.title !== full.format(date)) time.title = full.format(date);
    }
  }

  // ---- charts
  const plots = new Map();
  const number = new Intl.NumberFormat(lang, { notation: "compact", maximumFractionDigits: 1 });
  const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  function span(ms) {
    if (ms === 0) return "0";
    if (ms < 1000) return `${+ms.toPrecision(2)} ms`;
    if (ms < 120000) return `${+(ms / 1000).toPrecision(3)} s`;
    if (ms < 7200000) return `${Math.round(ms / 60000)} min`;
    return `${+(ms / 3600000).toPrecision(3)} h`;
  }
  function tick(hours) {
    const format = hours > 24
      ? new Intl.DateTimeFormat(lang, { weekday: "short", day: "numeric" })
      : new Intl.DateTimeFormat(lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    return (u, at) => at.map((s) => format.format(new Date(s * 1000)));
  }
  function options(place, series, hours) {
    const timed = place.dataset.unit === "ms";
    const show = timed ? span : (n) => number.format(n);
    const grid = { stroke: color("--line"), width: 1 };
    const axis = { stroke: color("--muted"), font: "11px system-ui, sans-serif", grid, ticks: { show: false } };
    return {
      width: place.clientWidth, height: place.clientHeight, padding: [8, 8, 0, 0],
      legend: { show: false },
      cursor: { y: false, points: { size: 6 }, drag: { x: false, y: false } },
      scales: { y: { range: (u, min, max) => [0, max > 0 ? max * 1.1 : 1] } },
      axes: [
        { ...axis, grid: { show: false }, values: tick(hours), space: 64, size: 30 },
        { ...axis, size: 52, space: 34, values: (u, at) => at.map((n) => (timed || Number.isInteger(n) ? show(n) : "")) },
      ],
      series: [{}, ...series.map((s, i) => ({
        label: s.name, stroke: color(s.color), width: 1.6, points: { show: false },
        fill: i === 0 && series.length === 1 ? color(s.color) + "1f" : undefined,
      }))],
      hooks: { setCursor: [(u) => readout(place, u, series, show)] },
    };
  }
  function readout(place, u, series, show) {
    const out = place.closest(".chart").querySelector(".readout");
    const at = u.cursor.idx;
    out.textContent = at == null ? "" : day.format(new Date(u.data[0][at] * 1000)) + " · "
      + series.map((s, i) => `${s.name} ${show(u.data[i + 1][at] ?? 0)}`).join(" · ");
  }
  function seriesOf(place) {
    return place.dataset.series.split(";").map((entry) => {
      const [key, name, tone] = entry.split("|");
      return { key, name, color: tone };
    });
  }
  function draw(place, answer) {
    const series = seriesOf(place);
    const data = [answer.times, ...series.map((s) => answer[s.key])];
    // What has just begun would look like a fall.
    if ("trim" in place.dataset) data[1] = data[1].map((n, i) => (i === data[1].length - 1 ? null : n));
    const any = data.slice(1).some((values) => values.some((n) => n > 0));
    place.querySelector(".none").hidden = any;
    const known = plots.get(place);
    if (known && known.span === answer.hours) {
      known.plot.setData(data);
      return;
    }
    if (known) known.plot.destroy();
    const plot = new uPlot(options(place, series, answer.hours), data, place);
    plots.set(place, { plot, span: answer.hours });
  }
  async function charts() {
    const box = document.querySelector("[data-charts]");
    if (!box || document.hidden) return;
    try {
      const answer = await fetch(box.dataset.charts, { headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      const numbers = await answer.json();
      for (const place of box.querySelectorAll(".plot")) draw(place, numbers);
    } catch (away) {
      live(false);
    }
  }
  function redraw() {
    for (const { plot } of plots.values()) plot.destroy();
    plots.clear();
    charts();
  }
  let resizing;
  addEventListener("resize", () => {
    clearTimeout(resizing);
    resizing = setTimeout(() => {
      for (const [place, { plot }] of plots) plot.setSize({ width: place.clientWidth, height: place.clientHeight });
    }, 100);
  });

  // ---- live
  function live(on) {
    for (const dot of document.querySelectorAll(".live")) {
      dot.dataset.on = on;
      dot.textContent = say(on ? "live" : "away");
    }
  }
  document.body.addEventListener("htmx:sseOpen", () => live(true));
  document.body.addEventListener("htmx:sseError", () => live(false));

  // What somebody opened stays open, and times stay as told, when the page is brought up to date.
  Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, node) => !(name === "open" && node.tagName === "DETAILS");
  Idiomorph.defaults.callbacks.beforeNodeMorphed = (was, is) => !(was.tagName === "TIME" && was.dateTime === is.dateTime);

  // ---- dialogs
  document.body.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open]");
    if (opener) document.getElementById(opener.dataset.open)?.showModal();
    if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
    const copy = event.target.closest("[data-copy]");
    if (copy) navigator.clipboard?.writeText(copy.dataset.copy).then(() => { copy.textContent = say("copied"); });
  });
  document.body.addEventListener("htmx:afterSwap", (event) => {
    times(event.target.isConnected ? event.target : document.body);
    if (event.target.id === "dialog" && event.target.innerHTML.trim() && !event.target.open) event.target.showModal();
    const log = event.target.querySelector?.("pre[data-follow]");
    if (log) log.scrollTop = log.scrollHeight;
  });

  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  times(document);
  charts();
  setInterval(charts, 5000);
  setInterval(() => times(document), 10000);
})();
