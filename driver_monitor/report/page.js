"use strict";
// Reading off and zooming. The page is complete without it: everything drawn here has been drawn once by the program.
(() => {
  const D = JSON.parse(document.getElementById("data").textContent);
  const charts = [...document.querySelectorAll("svg.chart")];
  const tools = document.getElementById("tools");
  const [now, reset] = [document.getElementById("now"), document.getElementById("reset")];
  const UNKNOWN = -32768;
  const STEPS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400];
  const video = document.querySelector("#film video");
  const hint = `Point at a chart to read it off, drag to zoom${video ? ", click to see the moment in the video" : ""}.`;
  let view = [D.start, D.end];
  let dragFrom = null;
  let pinned = null; // what the charts are read at while nobody points at one: the alert's or the video's moment

  const unpack = (text, kind) => new kind(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
  const times = Float64Array.from(unpack(D.times, Uint32Array), (ms) => D.first + ms / 1000);
  for (const curve of D.curves) {
    curve.highs = unpack(curve.high_values || curve.low_values, Int16Array);
    curve.lows = unpack(curve.low_values || curve.high_values, Int16Array);
  }

  const px = (t) => D.x0 + ((t - view[0]) / (view[1] - view[0])) * (D.x1 - D.x0);
  const round = (v) => Math.round(v * 10) / 10;
  const clock = (t, digits) => {
    const units = Math.round(t * 10 ** digits);
    const whole = Math.floor(units / 10 ** digits);
    const two = (n) => String(n).padStart(2, "0");
    const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
    return (h ? `${h}:${two(m)}` : m) + `:${two(s)}` + (digits ? `.${units - whole * 10 ** digits}` : "");
  };
  const element = (chart, name, attributes, text) => {
    const made = document.createElementNS(chart.namespaceURI, name);
    for (const key in attributes) made.setAttribute(key, attributes[key]);
    if (text !== undefined) made.textContent = text;
    return made;
  };
  const before = (t) => {
    // Index of the last bucket that begins at or before t, -1 when there is none.
    let [low, high] = [0, times.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (times[middle] <= t) low = middle + 1; else high = middle;
    }
    return low - 1;
  };

  function curvePath(curve) {
    const y = (q) => {
      const value = Math.min(Math.max(curve.offset + q * curve.scale, curve.low), curve.high);
      return round(curve.top + curve.height * (1 - (value - curve.low) / (curve.high - curve.low)));
    };
    const last = Math.min(before(view[1]) + 1, times.length - 1);
    let [path, down, rising, i] = ["", false, true, Math.max(before(view[0]), 0)];
    let [upper, lower] = [[], []]; // of a band: there along one edge, back along the other
    const close = () => {
      if (upper.length) path += `M${upper.join("L")}L${lower.join("L")}z`;
      [upper, lower] = [[], []];
    };
    while (i <= last && curve.highs.length) {
      const column = Math.floor(px(times[i]));
      let [low, high, middles] = [Infinity, -Infinity, []];
      if (i && times[i] - times[i - 1] > D.gap) down = false;
      do {
        if (curve.highs[i] !== UNKNOWN) {
          low = Math.min(low, curve.lows[i]);
          high = Math.max(high, curve.highs[i]);
          middles.push((curve.lows[i] + curve.highs[i]) / 2);
        }
        i += 1;
      } while (i <= last && Math.floor(px(times[i])) === column && times[i] - times[i - 1] <= D.gap);
      if (high < low) { down = false; close(); continue; }
      if (curve.keep === "band") {
        if (!down) close();
        upper.push(`${column} ${y(high)}`);
        lower.unshift(`${column} ${y(low)}`);
        down = true;
        continue;
      }
      if (curve.keep === "median") low = high = middles.sort((a, b) => a - b)[middles.length >> 1];
      if (curve.keep === "high") low = high;
      if (curve.keep === "low") high = low;
      const [a, b] = rising ? [y(low), y(high)] : [y(high), y(low)];
      path += `${down ? "L" : "M"}${column} ${a}`;
      if (a !== b) { path += `V${b}`; rising = !rising; } else if (!down) path += "h.5";
      down = true;
    }
    close();
    return path;
  }

  function drawLane(chart, group) {
    const lane = D.lanes[group.dataset.lane];
    group.replaceChildren();
    for (const [start, end, cls, title] of lane.bars) {
      if (end < view[0] || start > view[1]) continue;
      const inset = D.insets[cls || lane.cls] ?? D.insets[""];
      const box = {
        x: px(start), y: lane.y + inset, width: Math.max(px(end) - px(start), 1.6), height: D.row - 2 * inset,
        class: cls || lane.cls,
      };
      const bar = element(chart, "rect", box);
      const times = `${clock(start, 1)}, ${(end - start).toFixed(1)} s`;
      bar.append(element(chart, "title", {}, title ? `${title} (${times})` : times));
      group.append(bar);
    }
  }

  function drawAxis(chart) {
    const [group, bottom] = [chart.querySelector(".axis"), Number(chart.dataset.bottom)];
    const span = view[1] - view[0];
    const step = STEPS.find((s) => span / s <= 12) ?? 86400;
    group.replaceChildren();
    for (let k = Math.ceil(view[0] / step - 1e-9); k * step <= view[1] + 1e-9; k += 1) {
      const x = round(px(k * step));
      group.append(element(chart, "line", { x1: x, x2: x, y1: chart.dataset.top, y2: bottom, class: "grid" }));
      const label = { x, y: bottom + 14, class: "tick", "text-anchor": "middle" };
      group.append(element(chart, "text", label, clock(k * step, step < 1 ? 1 : 0)));
    }
  }

  function draw() {
    for (const chart of charts) {
      drawAxis(chart);
      for (const group of chart.querySelectorAll("[data-lane]")) drawLane(chart, group);
      for (const path of chart.querySelectorAll("[data-curve]")) path.setAttribute("d", curvePath(D.curves[path.dataset.curve]));
      const shade = chart.querySelector(".shade");
      if (!shade) continue;
      shade.replaceChildren();
      for (const [start, end, cls] of D.shades) {
        if (end < view[0] || start > view[1]) continue;
        const width = Math.max(px(end) - px(start), 1);
        const height = chart.dataset.bottom - chart.dataset.top;
        shade.append(element(chart, "rect", { x: px(start), y: chart.dataset.top, width, height, class: cls }));
      }
    }
    reset.hidden = view[0] === D.start && view[1] === D.end;
  }

  function zoom(start, end) {
    const least = 0.5;
    const [a, b] = [Math.max(D.start, start), Math.min(D.end, end)];
    if (b - a < Math.min(least, D.end - D.start)) return;
    view = [a, b];
    draw();
  }

  function timeAt(chart, event) {
    const box = chart.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * D.width;
    return x < D.x0 - 4 || x > D.x1 + 4 ? null : view[0] + ((x - D.x0) / (D.x1 - D.x0)) * (view[1] - view[0]);
  }

  function read(t) {
    const i = t === null ? -1 : before(t);
    const seen = i >= 0 && t - times[i] <= D.gap;
    document.querySelectorAll("text.value").forEach((label, k) => {
      const curve = D.curves[k];
      if (!seen || !curve.highs.length || curve.highs[i] === UNKNOWN) { label.textContent = seen ? "–" : ""; return; }
      const digits = curve.shown > 1 ? 1 : curve.high - curve.low > 20 ? 0 : 2;
      const words = (q) => ((curve.offset + q * curve.scale) * curve.shown).toFixed(digits).replace(/^-(0\.?0*)$/, "$1");
      const [low, high] = [words(curve.lows[i]), words(curve.highs[i])];
      label.textContent = low === high ? high : `${low} to ${high}`;
    });
    for (const chart of charts) {
      const cursor = chart.querySelector(".cursor");
      cursor.setAttribute("visibility", t === null ? "hidden" : "visible");
      if (t !== null) for (const end of ["x1", "x2"]) cursor.setAttribute(end, px(t));
    }
    const firing = t === null ? [] : D.shades.filter(([start, end]) => start <= t && t <= end).map((shade) => shade[3]).reverse();
    now.textContent = t === null ? hint : [clock(Math.max(t, 0), 1), ...firing].join("  ·  ");
  }

  // What was cut out of the video has no moment in it: there it shows what came next.
  const cutBefore = (t) => D.video.cuts.reduce((sum, [from, all]) => (from <= t ? all : sum), 0);
  function show(t) {
    if (!video || !D.video) return;
    video.pause();
    video.currentTime = Math.max(0, t - D.video.start - cutBefore(t));
  }
  // On a phone the charts are wider than the window: scroll each to the moment.
  function reveal(t) {
    for (const chart of charts) {
      const figure = chart.closest("figure");
      figure.scrollLeft = (px(t) / D.width) * chart.getBoundingClientRect().width - figure.clientWidth / 2;
    }
  }
  function follow() {
    let t = video.currentTime + D.video.start;
    for (const [from, all] of D.video.cuts) if (video.currentTime + D.video.start + all >= from) t = video.currentTime + D.video.start + all;
    read((pinned = t));
  }

  for (const chart of charts) {
    const drag = chart.querySelector(".drag");
    chart.addEventListener("pointerdown", (event) => { dragFrom = timeAt(chart, event); });
    chart.addEventListener("pointermove", (event) => {
      const t = timeAt(chart, event);
      read(t);
      drag.setAttribute("width", 0);
      if (dragFrom === null || t === null || !event.buttons) return;
      event.preventDefault();
      drag.setAttribute("x", Math.min(px(t), px(dragFrom)));
      drag.setAttribute("width", Math.abs(px(t) - px(dragFrom)));
    });
    chart.addEventListener("pointerup", (event) => {
      const [from, to] = [dragFrom, timeAt(chart, event)];
      dragFrom = null;
      drag.setAttribute("width", 0);
      if (from === null || to === null) return;
      if (Math.abs(px(to) - px(from)) > 6) zoom(Math.min(from, to), Math.max(from, to));
      else show(to);
    });
    chart.addEventListener("pointerleave", () => { read(pinned); drag.setAttribute("width", 0); });
    chart.addEventListener("dblclick", () => zoom(D.start, D.end));
  }
  for (const button of document.querySelectorAll("button[data-start]")) {
    button.addEventListener("click", () => {
      zoom(Number(button.dataset.start) - 15, Number(button.dataset.end) + 15);
      read((pinned = Number(button.dataset.start)));
      reveal(Number(button.dataset.start));
      show(Number(button.dataset.start));
      (video ? video.closest("section") : charts[0]).scrollIntoView({ behavior: "smooth" });
    });
  }
  if (video) for (const event of ["timeupdate", "seeked"]) video.addEventListener(event, follow);
  reset.addEventListener("click", () => { zoom(D.start, D.end); read((pinned = null)); });
  addEventListener("beforeprint", () => { for (const box of document.querySelectorAll("details")) box.open = true; });
  tools.hidden = false;
  now.textContent = hint;
})();
