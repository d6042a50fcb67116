/*
 * The monitor's page. Live, it asks the server for /status.json every second and for /data.json
 * when something changed; in a report both lie in the page (#data). Everything from outside is set
 * as text, never as HTML.
 */
"use strict";

const POLL_MS = 1000;
const STOP_ARMED_MS = 4000;
const CURVES = 5;

/* Which series stand in one plot. A series that is named nowhere gets a plot of its own. */
const PLOTS = [
  { title: "Loss", series: { loss: "loss", validation: "held-out photos" } },
  { title: "Parts of the loss", series: { colour: "colour", gradient: "edges", comic: "comic", ink: "ink", chroma: "chroma", spurious_ink: "spurious ink", consistency: "consistency", perceptual: "perceptual", patch_nce: "PatchNCE" } },
  { title: "Losses of the game", series: { discriminator_loss: "discriminator", generator_loss: "generator", penalty: "penalty" } },
  { title: "Losses of the game", series: { critic_line: "critic of line", critic_colour: "critic of colour", critic_pair: "critic of the pair", adversarial_line: "generator, line", adversarial_colour: "generator, colour", adversarial_pair: "generator, pair" } },
  { title: "Gradient penalty", series: { r1_line: "critic of line", r1_colour: "critic of colour", r1_pair: "critic of the pair" } },
  { title: "Judged right", unit: "percent", series: { accuracy_line: "critic of line", accuracy_colour: "critic of colour", accuracy_pair: "critic of the pair", accuracy_real: "real", accuracy_fake: "generated" } },
  { title: "Gradient lengths", log: true, series: { generator_gradient: "generator", critic_gradient_line: "critic of line", critic_gradient_colour: "critic of colour", critic_gradient_pair: "critic of the pair", discriminator_gradient: "discriminator" } },
  { title: "What the critics ask of the comics", log: true, series: { adversarial_gradient_line: "critic of line", adversarial_gradient_colour: "critic of colour", adversarial_gradient_pair: "critic of the pair" } },
  { title: "Diversity", series: { diversity: "diversity", coverage: "coverage" } },
  { title: "Distance from the data (Fréchet)", series: { frechet: "distance" } },
  { title: "Learning rates", log: true, series: { generator_rate: "generator", critic_rate: "critics", discriminator_rate: "discriminator" } },
  { title: "Pictures a second", series: { images_per_second: "crops", samples_per_second: "samples" } },
];
/* Series that the page shows in words. */
const UNPLOTTED = new Set(["seconds", "steps_per_second"]);

const byId = (id) => document.getElementById(id);

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

/* ---- numbers in words ---- */

const wholeFormat = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

function whole(value) {
  return wholeFormat.format(value);
}

function number(value, unit) {
  if (unit === "percent") return `${(100 * value).toFixed(1)} %`;
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return value.toExponential(2);
  return String(Number(value.toPrecision(4)));
}

function duration(seconds) {
  const minutes = Math.round(seconds / 60);
  if (seconds < 100) return `${Math.round(seconds)} s`;
  return minutes < 100 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/* ---- plots ---- */

const charts = new Map(); /* title and first series -> its figure and graph */

function colourOf(index) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--curve-${index % CURVES + 1}`).trim();
}

/* Rows of [step, value or null of each series], in the order of steps. */
function rowsOf(members) {
  const rows = new Map();
  members.forEach((member, column) => {
    member.steps.forEach((step, i) => {
      if (!rows.has(step)) rows.set(step, [step, ...members.map(() => null)]);
      rows.get(step)[column + 1] = member.values[i];
    });
  });
  return [...rows.values()].sort((a, b) => a[0] - b[0]);
}

function createFigure(title) {
  const legend = element("p", { className: "legend" });
  const chart = element("div", { className: "chart" });
  const figure = element("figure", { className: "plot" },
    element("figcaption", {}, element("h3", { textContent: title }), legend), chart);
  byId("plots").append(figure);
  return { figure, legend, chart, graph: null };
}

/* The values in the legend: those under the pointer, else the last ones. */
function fillLegend(plot, row) {
  plot.legend.replaceChildren(...plot.members.map((member, i) => {
    const value = row ? row[i + 1] : member.values.at(-1);
    return element("span", { className: `curve-${i % CURVES + 1}` }, `${member.label} `,
      element("b", { textContent: value === null || value === undefined ? "–" : number(value, plot.unit) }));
  }));
}

function drawGraph(plot) {
  const style = getComputedStyle(document.documentElement);
  const options = {
    labels: ["step", ...plot.members.map((member) => member.name)],
    colors: plot.members.map((_, i) => colourOf(i)),
    strokeWidth: 1.8,
    connectSeparatedPoints: true,
    drawPoints: plot.rows.length < 40,
    pointSize: 2.2,
    highlightCircleSize: 4,
    legend: "never",
    logscale: plot.logscale,
    axisLineColor: style.getPropertyValue("--line"),
    gridLineColor: style.getPropertyValue("--line"),
    gridLineWidth: 0.6,
    axisLabelFontSize: 12,
    xRangePad: 6,
    yRangePad: 8,
    axes: {
      x: { axisLabelFormatter: (step) => whole(step), pixelsPerLabel: 48 },
      y: { axisLabelFormatter: (value) => number(value, plot.unit), axisLabelWidth: 58, pixelsPerLabel: 34 },
    },
    highlightCallback: (event, step, points, row) => fillLegend(plot, plot.rows[row]),
    unhighlightCallback: () => fillLegend(plot),
  };
  if (plot.graph) plot.graph.updateOptions({ ...options, file: plot.rows });
  else plot.graph = new Dygraph(plot.chart, plot.rows, options);
}

function showPlot(definition, members) {
  const key = `${definition.title} ${members[0].name}`;
  if (!charts.has(key)) charts.set(key, createFigure(definition.title));
  const plot = charts.get(key);
  plot.members = members;
  plot.unit = definition.unit;
  plot.rows = rowsOf(members);
  plot.logscale = Boolean(definition.log) && members.every((m) => m.values.every((v) => v > 0));
  plot.figure.setAttribute("aria-label",
    `${definition.title}: ${members.map((m) => `${m.label}, ${m.values.length} points`).join("; ")}`);
  fillLegend(plot);
  drawGraph(plot);
}

function showPlots(series) {
  const byName = new Map(series.filter((s) => s.steps.length > 0 && !UNPLOTTED.has(s.name)).map((s) => [s.name, s]));
  byId("no-plots").hidden = byName.size > 0;
  const take = (name, label) => {
    const found = byName.get(name);
    byName.delete(name);
    return found ? [{ ...found, label }] : [];
  };
  for (const definition of PLOTS) {
    const members = Object.entries(definition.series).flatMap(([name, label]) => take(name, label));
    if (members.length > 0) showPlot(definition, members);
  }
  for (const name of [...byName.keys()]) showPlot({ title: name }, take(name, name));
}

/* ---- samples ---- */

const samples = { list: [], layout: null, layer: "comic", image: new Image(), url: "" };

/* Columns to choose among: all but the photo, which always stands beside. */
function layersOf(layout) {
  return layout.columns.filter((name) => name !== "photo");
}

function showLayers(layout) {
  const names = layersOf(layout);
  if (!names.includes(samples.layer)) samples.layer = names[0];
  byId("layers").hidden = names.length < 2;
  byId("layers").replaceChildren(element("legend", { textContent: "Layer" }), ...names.map((name) => {
    const input = element("input", { type: "radio", name: "layer", value: name, checked: name === samples.layer });
    input.addEventListener("change", () => {
      samples.layer = name;
      drawSamples();
    });
    return element("label", {}, input, name);
  }));
}

/* One picture of the sheet. */
function cut(row, column, size, layout) {
  const canvas = element("canvas", { width: size.width, height: size.height });
  canvas.getContext("2d").drawImage(samples.image, column * layout.cell_width, row * layout.cell_height,
    size.width, size.height, 0, 0, size.width, size.height);
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `${layout.columns[column]} ${row + 1}`);
  return canvas;
}

function drawSamples() {
  const { image, layout } = samples;
  if (!image.complete || image.naturalWidth === 0) return;
  if (layout.rows.length === 0) {
    const canvas = element("canvas", { width: image.naturalWidth, height: image.naturalHeight });
    canvas.getContext("2d").drawImage(image, 0, 0);
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", "generated pictures");
    byId("gallery").replaceChildren(element("div", { className: "pair whole" }, canvas));
    return;
  }
  const columns = [layout.columns.indexOf("photo"), layout.columns.indexOf(samples.layer)];
  byId("gallery").replaceChildren(...layout.rows.map((size, row) =>
    element("div", { className: "pair" }, ...columns.filter((c) => c >= 0).map((c) => cut(row, c, size, layout)))));
}

function showSample() {
  const sample = samples.list[byId("time").valueAsNumber];
  if (!sample) return;
  byId("time-step").textContent = `${whole(sample.step)} (${byId("time").valueAsNumber + 1} of ${samples.list.length})`;
  byId("time").setAttribute("aria-valuetext", `step ${whole(sample.step)}`);
  if (sample.url !== samples.url) {
    samples.url = sample.url;
    samples.image.src = sample.url;
  }
}

/* A slider that stands at the newest sample follows it. */
function showSamples(list, layout) {
  const slider = byId("time");
  const atEnd = slider.valueAsNumber >= samples.list.length - 1;
  samples.list = list;
  byId("pictures").hidden = list.length === 0;
  if (JSON.stringify(layout) !== JSON.stringify(samples.layout)) {
    samples.layout = layout;
    showLayers(layout);
    drawSamples();
  }
  slider.max = Math.max(0, list.length - 1);
  if (atEnd) slider.value = slider.max;
  showSample();
}

/* ---- status and the rest ---- */

const live = { data: null, version: -1, token: "", status: null, asked: 0, shown: 0 };

function lastOf(name) {
  const series = live.data?.series.find((s) => s.name === name);
  return series?.values.at(-1);
}

function progressText(status) {
  const parts = [];
  const speed = lastOf("steps_per_second") ?? lastOf("samples_per_second");
  const trained = status.seconds || lastOf("seconds") || 0;
  parts.push(status.steps_limit ? `step ${whole(status.step)} of ${whole(status.steps_limit)}` : `step ${whole(status.step)}`);
  if (trained > 0) parts.push(`${duration(trained)} so far`);
  if (lastOf("steps_per_second") !== undefined) parts.push(`${number(speed)} steps/s`);
  const left = [];
  if (status.steps_limit && trained > 0 && status.step > 0 && lastOf("steps_per_second") > 0)
    left.push((status.steps_limit - status.step) / lastOf("steps_per_second"));
  if (status.minutes_limit) left.push(60 * status.minutes_limit - trained);
  if (left.length > 0 && ["training", "paused"].includes(status.state))
    parts.push(`about ${duration(Math.max(0, Math.min(...left)))} left`);
  if (status.saved_step) parts.push(`saved at step ${whole(status.saved_step)}`);
  return parts.join(" · ");
}

/* Answers may come in another order than they were asked for; one to an older question is not shown. */
function showStatus(status, number) {
  if (number < live.shown) return;
  live.shown = number;
  live.status = status;
  byId("state").textContent = status.text && status.state !== "failed" ? `${status.state}: ${status.text}` : status.state;
  byId("state").dataset.state = status.state;
  const shares = [0];
  if (status.steps_limit) shares.push(status.step / status.steps_limit);
  if (status.minutes_limit) shares.push(status.seconds / 60 / status.minutes_limit);
  byId("progress").value = status.state === "finished" ? 1 : Math.min(1, Math.max(...shares));
  byId("progress-text").textContent = progressText(status);
  showNotice(status.state === "failed" ? status.text : "");
  const may = Boolean(live.token) && ["training", "paused"].includes(status.state);
  byId("pause").disabled = byId("stop").disabled = !may;
  byId("save").disabled = !may || status.saving;
  byId("pause").textContent = status.state === "paused" ? "Resume" : "Pause";
}

function showNotice(text) {
  byId("notice").textContent = text;
  byId("notice").hidden = text === "";
}

function showAlarms(alarms) {
  byId("alarms").hidden = alarms.length === 0;
  byId("alarm-list").replaceChildren(...alarms.toReversed().map((alarm) =>
    element("li", {}, element("strong", { textContent: alarm.name.replaceAll("-", " ") }),
      `${alarm.about ? `, ${alarm.about}` : ""}, at step ${whole(alarm.step)}. To try: ${alarm.advice}.`)));
}

function showFacts(facts) {
  byId("facts-section").hidden = facts.length === 0;
  byId("facts").replaceChildren(...facts.map((fact) => element("div", {},
    element("dt", { textContent: fact.name.replaceAll("_", " ") }), element("dd", { textContent: fact.text }))));
}

function showData(data) {
  live.data = data;
  document.title = `${data.title} – comicgan`;
  byId("title").textContent = data.title;
  showAlarms(data.alarms);
  showSamples(data.samples, data.layout);
  showPlots(data.series);
  showFacts(data.facts);
}

/* ---- talking to the server ---- */

async function fetchJson(url, options) {
  const response = await fetch(url, { cache: "no-store", ...options });
  if (!response.ok) throw new Error((await response.text()).trim());
  return response.json();
}

async function poll() {
  const number = ++live.asked;
  try {
    const status = await fetchJson("status.json");
    if (status.version !== live.version) {
      showData(await fetchJson("data.json"));
      live.version = live.data.version;
    }
    showStatus(status, number);
  } catch {
    byId("state").textContent = "no answer";
    byId("state").dataset.state = "away";
    for (const button of document.querySelectorAll("button")) button.disabled = true;
    showNotice("The run has ended, or its server cannot be reached. What it left is in report.html in its folder.");
  }
  setTimeout(poll, POLL_MS);
}

async function act(action) {
  const number = ++live.asked;
  try {
    showStatus(await fetchJson(action, { method: "POST", headers: { "X-Monitor-Token": live.token } }), number);
  } catch (error) {
    showNotice(error.message);
  }
}

/* Stopping takes two presses. */
function pressStop() {
  const stop = byId("stop");
  if ("armed" in stop.dataset) {
    act("stop");
    return disarmStop();
  }
  stop.dataset.armed = "";
  stop.textContent = "Really stop?";
  setTimeout(disarmStop, STOP_ARMED_MS);
}

function disarmStop() {
  delete byId("stop").dataset.armed;
  byId("stop").textContent = "Stop";
}

/* The token comes behind the '#' of the printed address and is kept while the tab is open. */
function takeToken() {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given) {
    sessionStorage.setItem("token", given);
    history.replaceState(null, "", location.pathname);
  }
  return sessionStorage.getItem("token") ?? "";
}

function startLive() {
  live.token = takeToken();
  byId("controls").hidden = false;
  if (!live.token) byId("controls").title = "To act, open the address that was printed when the run began: it has the token.";
  byId("pause").addEventListener("click", () => act(live.status?.state === "paused" ? "resume" : "pause"));
  byId("save").addEventListener("click", () => act("save"));
  byId("stop").addEventListener("click", pressStop);
  poll();
}

samples.image.addEventListener("load", drawSamples);
byId("time").addEventListener("input", showSample);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => charts.forEach(drawGraph));

const embedded = byId("data");
if (embedded) {
  const { status, data } = JSON.parse(embedded.textContent);
  showData(data);
  showStatus(status, 0);
} else {
  startLive();
}
