"use strict";
// Labelling one drive: a cursor that plays, keys that start and end labels, a file that is always as the page shows it.
(() => {
  const D = JSON.parse(document.getElementById("data").textContent);
  const $ = (id) => document.getElementById(id);
  const DANGERS = ["drowsy", "microsleep", "sleep", "phone", "distracted"];
  const HARMLESS = ["attentive", "mirror", "talking"];
  const STEPS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400];
  const [ROW, GAP, PLOT, PITCH, AXIS] = [20, 10, 56, 72, 18];
  const SAVE_AFTER_MS = 250, LOOK_EVERY_MS = 4000, RETRY_MS = 2000, FETCH_AFTER_MS = 120;

  let labels = [], version = "", nextId = 1, chosen = null;
  let past = [], future = [];
  let running = {}; // kind: where it started
  let rating = null; // where a KSS rating is being given
  let cursor = D.start, view = [D.start, D.end], playing = null;
  let dirty = false, saving = false, conflict = false, saveTimer = 0;
  let detail = null, detailTimer = 0;
  let frame = { wanted: null, loading: false };
  let rows = [], listTimer = 0, blind = false;

  // Times ----------------------------------------------------------------------------------------------------------
  const clamp = (v, low, high) => Math.min(Math.max(v, low), high);
  const ms = (t) => Math.round(t * 1000) / 1000;
  const two = (n) => String(n).padStart(2, "0");
  function clock(t, digits = 0) {
    const units = Math.round(Math.abs(t) * 10 ** digits);
    const whole = Math.floor(units / 10 ** digits);
    const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
    const part = digits ? `.${String(units - whole * 10 ** digits).padStart(digits, "0")}` : "";
    return (t < 0 && units ? "-" : "") + (h ? `${h}:${two(m)}` : m) + `:${two(s)}${part}`;
  }
  function seconds(text) {
    const found = text.trim().match(/^(?:(\d+):)?(\d+):(\d{1,2}(?:\.\d+)?)$/);
    if (found) return ms(Number(found[1] || 0) * 3600 + Number(found[2]) * 60 + Number(found[3]));
    return /^\d+(\.\d+)?$/.test(text.trim()) ? ms(Number(text)) : NaN;
  }

  // Saying things --------------------------------------------------------------------------------------------------
  function say(text, bad = false) {
    $("said").textContent = text;
    $("said").className = bad ? "bad" : "";
  }
  function told(text, bad = false) {
    $("saved").textContent = text;
    $("saved").className = bad ? "bad" : "";
  }

  // The file -------------------------------------------------------------------------------------------------------
  const plain = () => labels.map(({ kind, start_s, end_s, value, note }) => ({ kind, start_s, end_s, value, note }));
  const numbered = (list) => list.map((label) => ({ ...label, id: nextId++ }));

  async function ask(path, options = {}) {
    const response = await fetch(path, { cache: "no-store", ...options });
    const body = await response.json();
    return { ok: response.ok, status: response.status, body };
  }
  async function load(why) {
    const { ok, body } = await ask("labels");
    if (!ok) { told(`${D.file} cannot be read: ${body.error}`, true); return false; }
    [labels, version, dirty, conflict] = [numbered(body.labels), body.version, false, false];
    [chosen, $("conflict").hidden] = [null, true];
    told(why);
    drawAll();
    return true;
  }
  function saveSoon() {
    dirty = true;
    told("saving");
    clearTimeout(saveTimer);
    saveTimer = setTimeout(save, SAVE_AFTER_MS);
  }
  async function save() {
    if (saving || conflict || !dirty) return;
    [saving, dirty] = [true, false];
    try {
      const body = JSON.stringify({ version, labels: plain() });
      const answer = await ask("labels", { method: "PUT", headers: { "Content-Type": "application/json" }, body });
      if (answer.ok) {
        version = answer.body.version;
        if (!dirty) told(`saved in ${D.file} at ${new Date().toLocaleTimeString("en-GB")}`);
      } else {
        dirty = true;
        if (answer.status === 409) contest(answer.body.error);
        else told(answer.body.error, true);
        saving = false;
        return;
      }
    } catch {
      dirty = true;
      told("not saved: driver-monitor label does not answer; what you do here is lost unless it runs again", true);
      saveTimer = setTimeout(save, RETRY_MS);
      saving = false;
      return;
    }
    saving = false;
    if (dirty) save();
  }
  function contest(what) {
    conflict = true;
    told("not saved", true);
    $("conflict").hidden = false;
    $("conflict").querySelector("span").textContent = `${what} while you edited it here; nothing was overwritten.`;
  }
  async function look() {
    if (dirty || saving || conflict || document.hidden) return;
    try {
      const { ok, body } = await ask("version");
      if (ok && body.version !== version && !dirty && !saving) {
        remember();
        await load(`${D.file} was changed by another hand and read again`);
      }
    } catch {
      told("driver-monitor label does not answer; start it again to go on", true);
    }
  }
  $("theirs").addEventListener("click", async () => { remember(); await load(`read ${D.file} again`); });
  $("mine").addEventListener("click", async () => {
    const { ok, body } = await ask("version");
    if (!ok) { told(body.error, true); return; }
    [version, conflict, dirty, $("conflict").hidden] = [body.version, false, true, true];
    save();
  });
  addEventListener("beforeunload", (event) => { if (dirty || saving) event.preventDefault(); });
  addEventListener("focus", look);
  setInterval(look, LOOK_EVERY_MS);

  // Editing --------------------------------------------------------------------------------------------------------
  function remember() {
    past.push(JSON.stringify(plain()));
    if (past.length > 500) past.shift();
    future = [];
  }
  function changed() {
    labels.sort((a, b) => a.start_s - b.start_s || a.end_s - b.end_s || a.kind.localeCompare(b.kind));
    saveSoon();
    drawAll();
  }
  function travel(from, to, what) {
    if (!from.length) { say(`nothing to ${what}`); return; }
    to.push(JSON.stringify(plain()));
    labels = numbered(JSON.parse(from.pop()));
    chosen = null;
    say(what === "undo" ? "undone" : "done again");
    changed();
  }
  function add(kind, start, end, value = null) {
    remember();
    const label = { id: nextId++, kind, start_s: ms(start), end_s: ms(end), value, note: "" };
    labels.push(label);
    chosen = label.id;
    changed();
  }
  function toggle(kind) {
    if (kind === "kss") { rating = cursor; say(`KSS at ${clock(cursor, 1)}: press 1 (very alert) to 9 (fighting sleep)`); return; }
    if (!(kind in running)) {
      running[kind] = cursor;
      say(`${kind} starts at ${clock(cursor, 1)}`);
      draw();
      return;
    }
    const [start, end] = [running[kind], cursor].sort((a, b) => a - b);
    delete running[kind];
    if (end - start < 0.001) { say(`${kind}: no time went by, so nothing was labelled`); draw(); return; }
    say(`${kind} from ${clock(start, 1)} to ${clock(end, 1)}`);
    add(kind, start, end);
  }
  function giveUp() {
    if (rating !== null) { rating = null; say("no rating given"); return; }
    const kinds = Object.keys(running);
    if (!kinds.length) { chosen = null; mark(); return; }
    const last = kinds[kinds.length - 1];
    delete running[last];
    say(`${last} given up`);
    draw();
  }
  const current = () => labels.find((label) => label.id === chosen);
  function edit(label, change) {
    const next = { ...label, ...change };
    if (next.kind === "kss") next.end_s = Math.max(next.end_s, next.start_s);
    if (next.end_s < next.start_s) { say(`it would end at ${clock(next.end_s, 1)}, before it starts`, true); return false; }
    remember();
    Object.assign(label, next);
    changed();
    return true;
  }
  function remove(label) {
    if (!label) return;
    remember();
    labels = labels.filter((other) => other !== label);
    chosen = null;
    say(`${label.kind} at ${clock(label.start_s, 1)} deleted; ctrl z brings it back`);
    changed();
  }

  // The cursor -----------------------------------------------------------------------------------------------------
  function seek(t) {
    cursor = clamp(ms(t), D.start, D.end);
    if (playing) playing = { t: cursor, at: performance.now() };
    const span = view[1] - view[0];
    if (cursor < view[0] || cursor > view[1]) look_at(cursor - span * 0.1, cursor + span * 0.9);
    else moved();
  }
  function moved() {
    const done = clock(cursor, 2);
    $("clock").replaceChildren(done, Object.assign(document.createElement("small"), { textContent: `of ${clock(D.end)}` }));
    const x = round(px(cursor));
    for (const head of document.querySelectorAll(".head")) {
      const at = head.dataset.map ? round(mapPx(cursor)) : x;
      head.setAttribute("x1", at);
      head.setAttribute("x2", at);
    }
    const known = current_stretch();
    const i = before(known.times, cursor);
    document.querySelectorAll("#chart text.value").forEach((text) => {
      const value = i < 0 ? NaN : known.values[text.dataset.series][1][i];
      const percent = text.dataset.shown === "100";
      const digits = percent ? 1 : Math.abs(value) >= 10 ? 0 : 2;
      const shown = Number.isFinite(value) ? (value * text.dataset.shown).toFixed(digits) : "–";
      text.textContent = shown.replace(/^-(0\.00)$/, "$1").replace("-", "−");
    });
    for (const [kind, bar] of Object.entries(openBars)) {
      const [a, b] = [running[kind], cursor].sort((p, q) => p - q);
      bar.setAttribute("x", round(px(a)));
      bar.setAttribute("width", Math.max(round(px(b) - px(a)), 2));
    }
    showPicture();
  }
  function play() {
    if (playing) { playing = null; $("play").textContent = "play"; return; }
    if (cursor >= D.end) seek(D.start);
    playing = { t: cursor, at: performance.now() };
    $("play").textContent = "pause";
    requestAnimationFrame(tick);
  }
  function tick(now) {
    if (!playing) return;
    const t = playing.t + ((now - playing.at) / 1000) * Number($("speed").value);
    cursor = clamp(ms(t), D.start, D.end);
    if (cursor > view[1]) { const span = view[1] - view[0]; look_at(cursor - span * 0.1, cursor + span * 0.9); } else moved();
    if (cursor >= D.end) { play(); return; }
    requestAnimationFrame(tick);
  }
  function showPicture() {
    if (!D.video) return;
    frame.wanted = cursor;
    if (frame.loading) return;
    frame.loading = true;
    const shown = frame.wanted;
    const next = () => { frame.loading = false; if (frame.wanted !== shown) showPicture(); };
    $("picture").onload = next;
    $("picture").onerror = next;
    $("picture").src = `frame?t=${shown}`;
  }
  $("speed").addEventListener("change", () => { if (playing) playing = { t: cursor, at: performance.now() }; $("speed").blur(); });

  // The view -------------------------------------------------------------------------------------------------------
  let width = 800, left = 150;
  const right = () => width - 8;
  const round = (v) => Math.round(v * 10) / 10;
  const px = (t) => left + ((t - view[0]) / (view[1] - view[0])) * (right() - left);
  const timeAt = (x) => view[0] + ((x - left) / (right() - left)) * (view[1] - view[0]);
  const mapPx = (t) => left + ((t - D.start) / (D.end - D.start)) * (right() - left);
  const mapTime = (x) => D.start + ((x - left) / (right() - left)) * (D.end - D.start);

  function look_at(start, end) {
    const least = Math.min(1, D.end - D.start);
    const span = clamp(end - start, least, D.end - D.start);
    const from = clamp(start, D.start, D.end - span);
    view = [from, from + span];
    clearTimeout(detailTimer);
    detailTimer = setTimeout(fetchDetail, FETCH_AFTER_MS);
    draw();
  }
  function zoom(factor, around = clamp(cursor, view[0], view[1])) {
    look_at(around - (around - view[0]) * factor, around + (view[1] - around) * factor);
  }
  function unpacked(data) {
    const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer;
    const values = {};
    for (const name in data.values) values[name] = data.values[name].map((text) => new Float32Array(bytes(text)));
    return { first: data.first, last: data.last, times: new Float64Array(bytes(data.times)), values };
  }
  const whole = unpacked(D.whole);
  const current_stretch = () => (detail && detail.first <= view[0] && detail.last >= view[1] ? detail : whole);
  async function fetchDetail() {
    const span = view[1] - view[0];
    if (span > (D.end - D.start) * 0.6) { detail = null; return; }
    try {
      const { ok, body } = await ask(`curves?first=${view[0] - span / 2}&last=${view[1] + span / 2}`);
      if (ok) { detail = unpacked(body); draw(); }
    } catch { /* the coarse curves stay; saving says that nobody answers */ }
  }
  function before(times, t) {
    let [low, high] = [0, times.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (times[middle] <= t) low = middle + 1; else high = middle;
    }
    return low - 1;
  }

  // Drawing --------------------------------------------------------------------------------------------------------
  function make(name, attributes, text) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const key in attributes) made.setAttribute(key, attributes[key]);
    if (text !== undefined) made.textContent = text;
    return made;
  }
  const colour = (kind) => (DANGERS.includes(kind) ? "danger" : HARMLESS.includes(kind) ? "harmless" : "other");
  let openBars = {};

  function bar(start, end, y, cls, title, scale = px) {
    const [a, b] = [clamp(scale(start), left, right()), clamp(scale(end), left, right())];
    const made = make("rect", { x: round(a), y, width: Math.max(round(b - a), 2), height: ROW - 8, class: cls, rx: 2 });
    if (title) made.append(make("title", {}, title));
    return made;
  }
  const seen = (start, end) => end >= view[0] && start <= view[1];

  // Who labels should not be led by what the monitor said.
  const lanes = () => D.lanes.filter((row) => !blind || row.group !== "Alerts");
  function hide() {
    blind = !blind;
    $("blind").setAttribute("aria-pressed", String(blind));
    say(blind ? "what the monitor said is hidden" : "what the monitor said is shown");
    draw();
  }
  function kindsShown() {
    const used = new Set([...labels.map((label) => label.kind), ...Object.keys(running)]);
    const known = D.kinds.filter((kind) => used.has(kind));
    return [...known, ...[...used].filter((kind) => !D.kinds.includes(kind)).sort()];
  }
  function rowTitle(chart, y, group, name) {
    const room = Math.floor((left - 12) / 6.2);
    const shown = name.length > room ? `${name.slice(0, room - 1)}…` : name;
    if (group) chart.append(make("text", { x: 0, y: y - 3, class: "group" }, group));
    const text = make("text", { x: left - 8, y: y + 13, "text-anchor": "end" }, shown);
    if (shown !== name) text.append(make("title", {}, name));
    chart.append(text, make("line", { x1: left, x2: right(), y1: y + ROW - 1, y2: y + ROW - 1, class: "hair" }));
  }
  function labelRow(chart, kind, y) {
    for (const label of labels) {
      if (label.kind !== kind || !seen(label.start_s, label.end_s)) continue;
      const times = `${clock(label.start_s, 1)} to ${clock(label.end_s, 1)}`;
      const cls = `label ${colour(kind)}${label.id === chosen ? " chosen" : ""}`;
      const made = bar(label.start_s, label.end_s, y + 3, cls, [kind, label.value, times, label.note].filter(Boolean).join(", "));
      made.dataset.id = label.id;
      chart.append(made);
      if (kind === "kss") chart.append(make("text", { x: round(px(label.start_s)) + 5, y: y + 13, class: "hint" }, String(label.value)));
    }
    if (kind in running) {
      openBars[kind] = make("rect", { x: 0, y: y + 3, width: 2, height: ROW - 8, class: `open ${colour(kind)}`, rx: 2 });
      chart.append(openBars[kind]);
    }
  }
  function lane(chart, row, y) {
    let last = null;
    for (const [start, end, cls, title] of row.bars) {
      if (!seen(start, end)) continue;
      if (last && cls === last.cls && px(start) < last.right + 0.6) { // on the same pixels: one bar is enough
        last.right = Math.max(last.right, clamp(px(end), left, right()));
        last.made.setAttribute("width", round(last.right - last.left));
        continue;
      }
      const made = bar(start, end, y + 4, cls, `${title ? `${title}, ` : ""}${clock(start, 1)}, ${(end - start).toFixed(1)} s`);
      chart.append(made);
      const [from, room] = ["x", "width"].map((name) => Number(made.getAttribute(name)));
      last = { made, cls, left: from, right: from + room };
      if (row.label === "looks at" && room > title.length * 5.5 + 6) {
        chart.append(make("text", { x: from + 4, y: y + 13, class: "in-bar" }, title));
      }
    }
  }
  function plot(chart, wanted, y) {
    const top = (v) => round(y + PLOT * (1 - (clamp(v, wanted.low, wanted.high) - wanted.low) / (wanted.high - wanted.low)));
    chart.append(make("text", { x: 0, y: y + 11, class: "title" }, wanted.title));
    chart.append(make("text", { x: 0, y: y + 25, class: "unit" }, wanted.unit));
    if (wanted.band) {
      const [low, high] = wanted.band;
      chart.append(make("rect", { x: left, y: top(high), width: right() - left, height: round(top(low) - top(high)), class: "band" }));
    }
    for (const value of [wanted.low, wanted.high]) {
      chart.append(make("line", { x1: left, x2: right(), y1: top(value), y2: top(value), class: "grid" }));
      if (left < 150) continue; // no room beside the title
      const tick = { x: left - 8, y: top(value) + (value === wanted.low ? 0 : 9), class: "tick", "text-anchor": "end" };
      chart.append(make("text", tick, String(value * wanted.shown).replace("-", "−")));
    }
    if (wanted.mark !== null) chart.append(make("line", { x1: left, x2: right(), y1: top(wanted.mark), y2: top(wanted.mark), class: "mark" }));
    wanted.curves.forEach((curve, k) => {
      const [range, line] = paths(curve, top);
      chart.append(make("path", { d: range, class: "range" }), make("path", { d: line, class: `curve c${k + 1}` }));
      chart.append(make("text", { x: 0, y: y + 41, class: "value", "data-series": curve.series, "data-shown": wanted.shown }, ""));
    });
  }
  function paths(curve, top) {
    // One pixel column at a time: the span of its values faintly, what tells the story boldly. Not known is a gap.
    const { times, values } = current_stretch();
    const [lows, highs] = values[curve.series];
    const last = Math.min(before(times, view[1]) + 1, times.length - 1);
    let [i, range, line, down] = [Math.max(before(times, view[0]), 0), "", "", false];
    while (i <= last) {
      const column = clamp(Math.floor(px(times[i])), left, Math.ceil(right()));
      if (i && times[i] - times[i - 1] > Math.max(1, 3 * (times[last] - times[0]) / Math.max(last, 1))) down = false;
      let [low, high] = [Infinity, -Infinity];
      do {
        if (highs[i] === highs[i]) { low = Math.min(low, lows[i]); high = Math.max(high, highs[i]); }
        i += 1;
      } while (i <= last && clamp(Math.floor(px(times[i])), left, Math.ceil(right())) === column);
      if (high < low) { down = false; continue; }
      if (top(low) - top(high) > 1) range += `M${column} ${top(high)}h1V${top(low)}h-1z`;
      const middle = curve.keep === "both" ? (low + high) / 2 : high;
      line += `${down ? "L" : "M"}${column} ${top(middle)}${down ? "" : "h.5"}`;
      down = true;
    }
    return [range, line];
  }
  function axis(chart, bottom) {
    const span = view[1] - view[0];
    const most = Math.max(2, Math.floor((right() - left) / 80));
    const step = STEPS.find((s) => span / s <= most) ?? 86400;
    for (let k = Math.ceil(view[0] / step - 1e-9); k * step <= view[1] + 1e-9; k += 1) {
      const x = round(px(k * step));
      chart.append(make("line", { x1: x, x2: x, y1: AXIS, y2: bottom, class: "grid" }));
      chart.append(make("text", { x, y: 11, class: "tick", "text-anchor": "middle" }, clock(k * step, step < 1 ? 1 : 0)));
    }
  }
  function draw() {
    const chart = $("chart");
    width = Math.max(chart.parentElement.clientWidth - (parseFloat(getComputedStyle(document.body).paddingLeft) * 2), 280);
    left = width < 600 ? 104 : 150;
    chart.replaceChildren();
    openBars = {};
    const kinds = kindsShown();
    rows = [
      ...kinds.map((kind) => ({ group: "Labels", label: kind, draw: (y) => labelRow(chart, kind, y) })),
      ...lanes().map((row) => ({ group: row.group, label: row.label, draw: (y) => lane(chart, row, y) })),
    ];
    if (!kinds.length) {
      const hint = (y) => chart.append(make("text", { x: left + 6, y: y + 13, class: "hint" }, "d: drowsy starts here, d again: it ends"));
      rows.unshift({ group: "Labels", label: "none yet", draw: hint });
    }
    let bottom = AXIS + 4, group = "";
    for (const row of rows) {
      if (row.group !== group) bottom += group ? GAP + 14 : 14;
      row.y = bottom;
      row.first = row.group !== group;
      group = row.group;
      bottom += ROW;
    }
    const plots = bottom + GAP + 6;
    bottom = plots + D.plots.length * PITCH;
    axis(chart, bottom);
    for (const row of rows) {
      rowTitle(chart, row.y, row.first ? row.group : "", row.label);
      row.draw(row.y);
    }
    D.plots.forEach((wanted, k) => plot(chart, wanted, plots + k * PITCH));
    chart.append(make("line", { x1: 0, x2: 0, y1: AXIS - 4, y2: bottom, class: "head" }));
    chart.setAttribute("viewBox", `0 0 ${width} ${bottom}`);
    chart.style.height = `${bottom}px`;
    drawStrip();
    drawRunning();
    moved();
  }
  function drawAll() {
    draw();
    clearTimeout(listTimer);
    listTimer = setTimeout(drawList); // not while the focus is on its way from one field to the next
  }
  function drawStrip() {
    const strip = $("strip");
    strip.setAttribute("viewBox", `0 0 ${width} 34`);
    strip.replaceChildren(make("rect", { x: left, y: 0, width: right() - left, height: 34, class: "ground", rx: 4 }));
    for (const row of lanes().filter((row) => row.group === "Alerts")) {
      for (const [start, end, cls] of row.bars) {
        const a = mapPx(start);
        strip.append(make("rect", { x: round(a), y: 20, width: Math.max(round(mapPx(end) - a), 1.5), height: 9, class: cls }));
      }
    }
    for (const label of labels) {
      const [a, b] = [mapPx(clamp(label.start_s, D.start, D.end)), mapPx(clamp(label.end_s, D.start, D.end))];
      strip.append(make("rect", { x: round(a), y: 5, width: Math.max(round(b - a), 1.5), height: 9, class: colour(label.kind) }));
    }
    const [a, b] = [mapPx(view[0]), mapPx(view[1])];
    const frameBox = { x: round(a), y: 0.5, width: Math.max(round(b - a), 3), height: 33, rx: 4 };
    strip.append(make("rect", { ...frameBox, class: "window" }), make("rect", { ...frameBox, class: "edge" }));
    strip.append(make("line", { x1: 0, x2: 0, y1: 0, y2: 34, class: "head", "data-map": "1" }));
    strip.append(make("text", { x: 0, y: 14, class: "unit" }, "labels"), make("text", { x: 0, y: 29, class: "unit" }, "alerts"));
  }
  function drawRunning() {
    $("running").replaceChildren(...Object.entries(running).map(([kind, start]) => {
      const item = document.createElement("li");
      item.textContent = `${kind} since ${clock(start, 1)}`;
      return item;
    }));
    for (const button of document.querySelectorAll("#kinds [data-kind]")) {
      button.setAttribute("aria-pressed", String(button.dataset.kind in running));
    }
  }

  // The list -------------------------------------------------------------------------------------------------------
  function field(value, name, take) {
    const input = document.createElement("input");
    Object.assign(input, { value, autocomplete: "off", spellcheck: false });
    input.setAttribute("aria-label", name);
    input.addEventListener("change", () => {
      const fine = take(input.value);
      input.setAttribute("aria-invalid", String(!fine));
      if (!fine) input.focus();
    });
    return input;
  }
  function cell(content, cls) {
    const made = document.createElement("td");
    made.className = cls;
    made.append(content);
    return made;
  }
  function takeKind(label, text) {
    const kind = text.trim();
    if (!/^[\p{L}\p{N}_.-](?:[\p{L}\p{N}_. -]{0,38}[\p{L}\p{N}_.-])?$/u.test(kind)) {
      say("a kind is a word of letters, digits, _ - . and inner spaces, at most 40 long", true);
      return false;
    }
    if (kind === "kss" && label.value === null) { say("give a kss rating with k and a number at the cursor", true); return false; }
    return edit(label, { kind });
  }
  function takeTime(label, name, text) {
    const t = seconds(text);
    if (Number.isNaN(t)) { say(`${text} is not a time; write 83.5 or 1:23.5`, true); return false; }
    return edit(label, { [name]: t });
  }
  function takeValue(label, text) {
    const value = text.trim() === "" ? null : Number(text);
    if (Number.isNaN(value) || (label.kind === "kss" && !(value >= 1 && value <= 9))) {
      say(label.kind === "kss" ? "a KSS rating is 1 to 9" : `${text} is no number`, true);
      return false;
    }
    return edit(label, { value });
  }
  function drawList() {
    const body = document.querySelector("#list tbody");
    const active = document.activeElement;
    const place = body.contains(active) ? [active.closest("tr").dataset.id, active.getAttribute("aria-label")] : null;
    body.replaceChildren(...labels.map((label) => {
      const row = document.createElement("tr");
      row.dataset.id = label.id;
      row.className = (label.id === chosen ? "chosen " : "") + (label.end_s < D.start || label.start_s > D.end ? "outside" : "");
      const kind = field(label.kind, "kind", (text) => takeKind(label, text));
      kind.setAttribute("list", "words");
      const gone = Object.assign(document.createElement("button"), { type: "button", textContent: "delete" });
      gone.setAttribute("aria-label", `delete ${label.kind} at ${clock(label.start_s, 1)}`);
      gone.addEventListener("click", (event) => { event.stopPropagation(); remove(label); });
      row.append(
        cell(kind, "kind"),
        cell(field(clock(label.start_s, 3), "start", (text) => takeTime(label, "start_s", text)), "n"),
        cell(field(clock(label.end_s, 3), "end", (text) => takeTime(label, "end_s", text)), "n"),
        cell(`${(label.end_s - label.start_s).toFixed(1)} s`, "n"),
        cell(field(label.value === null ? "" : String(label.value), "value", (text) => takeValue(label, text)), "n value"),
        cell(field(label.note, "note", (text) => edit(label, { note: text.trim().slice(0, 500) })), "note"),
        cell(gone, ""),
      );
      row.addEventListener("click", (event) => {
        if (chosen === label.id) return;
        chosen = label.id;
        if (event.target.tagName !== "INPUT") seek(label.start_s);
        mark();
      });
      return row;
    }));
    $("count").textContent = labels.length === 1 ? "1 label" : `${labels.length} labels`;
    if (place) body.querySelector(`tr[data-id="${place[0]}"] [aria-label="${place[1]}"]`)?.focus();
  }
  function mark() {
    for (const row of document.querySelectorAll("#list tbody tr")) row.classList.toggle("chosen", Number(row.dataset.id) === chosen);
    for (const made of document.querySelectorAll("#chart .label")) made.classList.toggle("chosen", Number(made.dataset.id) === chosen);
  }

  // Hands ----------------------------------------------------------------------------------------------------------
  const xOf = (event, svg) => event.clientX - svg.getBoundingClientRect().left;
  $("chart").addEventListener("pointerdown", (event) => {
    if (event.target.classList.contains("label")) { chosen = Number(event.target.dataset.id); mark(); return; }
    $("chart").setPointerCapture(event.pointerId);
    if (xOf(event, $("chart")) >= left) seek(clamp(timeAt(xOf(event, $("chart"))), view[0], view[1]));
  });
  $("chart").addEventListener("pointermove", (event) => {
    if (event.buttons && $("chart").hasPointerCapture(event.pointerId)) seek(clamp(timeAt(xOf(event, $("chart"))), view[0], view[1]));
  });
  $("chart").addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    zoom(event.deltaY > 0 ? 1.25 : 0.8, clamp(timeAt(xOf(event, $("chart"))), view[0], view[1]));
  }, { passive: false });
  const moveWindow = (event) => {
    const [span, t] = [view[1] - view[0], mapTime(xOf(event, $("strip")))];
    if (span < D.end - D.start) look_at(t - span / 2, t + span / 2);
    else seek(t);
  };
  $("strip").addEventListener("pointerdown", (event) => { $("strip").setPointerCapture(event.pointerId); moveWindow(event); });
  $("strip").addEventListener("pointermove", (event) => { if (event.buttons) moveWindow(event); });

  const KEYS = {
    " ": play, ArrowLeft: (e) => seek(cursor - (e.shiftKey ? 1 : D.step)), ArrowRight: (e) => seek(cursor + (e.shiftKey ? 1 : D.step)),
    ArrowUp: () => seek(cursor - 10), ArrowDown: () => seek(cursor + 10), Home: () => seek(D.start), End: () => seek(D.end),
    "+": () => zoom(0.5), "=": () => zoom(0.5), "-": () => zoom(2), 0: () => look_at(D.start, D.end),
    "[": () => current() && edit(current(), { start_s: ms(cursor), ...(current().kind === "kss" && { end_s: ms(cursor) }) }),
    "]": () => current() && edit(current(), { end_s: ms(cursor) }), Enter: () => current() && seek(current().start_s),
    Delete: () => remove(current()), Backspace: () => remove(current()), Escape: giveUp, h: hide,
    w: () => $("word").focus(), "?": () => { $("help").open = !$("help").open; if ($("help").open) $("help").scrollIntoView(); },
  };
  document.addEventListener("keydown", (event) => {
    const typing = ["INPUT", "SELECT", "TEXTAREA"].includes(event.target.tagName);
    if (typing) { if (event.key === "Escape") event.target.blur(); return; }
    const control = event.ctrlKey || event.metaKey;
    if (control && event.key.toLowerCase() === "z") {
      event.preventDefault();
      if (event.shiftKey) travel(future, past, "do again"); else travel(past, future, "undo");
      return;
    }
    if (control || event.altKey) return;
    if (rating !== null && /^[1-9]$/.test(event.key)) {
      const at = rating;
      rating = null;
      say(`KSS ${event.key} at ${clock(at, 1)}`);
      add("kss", at, at, Number(event.key));
      return;
    }
    if (event.target.tagName === "BUTTON" && ["Enter", " "].includes(event.key)) return;
    if (event.target.tagName === "SUMMARY" && ["Enter", " "].includes(event.key)) return;
    const act = D.keys[event.key] ? () => !event.repeat && toggle(D.keys[event.key]) : KEYS[event.key];
    if (!act) return;
    if (rating !== null) { rating = null; say(""); }
    event.preventDefault();
    act(event);
  });
  const buttons = {
    back10: () => seek(cursor - 10), back: () => seek(cursor - D.step), play, on: () => seek(cursor + D.step),
    on10: () => seek(cursor + 10), closer: () => zoom(0.5), wider: () => zoom(2), all: () => look_at(D.start, D.end),
    blind: hide,
  };
  for (const name in buttons) $(name).addEventListener("click", (event) => { buttons[name](); if (event.detail) event.target.blur(); });
  for (const button of document.querySelectorAll("#kinds [data-kind]")) {
    button.addEventListener("click", (event) => { toggle(button.dataset.kind); if (event.detail) button.blur(); });
  }
  $("own").addEventListener("submit", (event) => {
    event.preventDefault();
    const kind = $("word").value.trim();
    if (kind) { toggle(kind); $("word").blur(); } else $("word").focus();
  });
  let wide = 0;
  new ResizeObserver(() => { if (document.body.clientWidth !== wide) { wide = document.body.clientWidth; draw(); } }).observe(document.body);
  load(`as in ${D.file}`).catch(() => told("driver-monitor label does not answer", true));
})();
