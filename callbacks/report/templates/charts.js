"use strict";
(() => {
  const charts = JSON.parse(document.getElementById("data").textContent);
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  let printing = false;

  const LIGHT = {
    depth: ["#4636a8", "#1f77b4", "#0f8f80", "#b07a00"], map: ["#f3ead2", "#b9d3b0", "#4aa79a", "#1d6d8c", "#1f3a6b"],
    windows: ["#8a949c", "#3c86c6", "#0b5d56"], run: ["#0b6b62", "#b07a00"], pale: 0.35, bad: "#c62828", zero: "#7b3fa0",
  };
  const DARK = {
    depth: ["#a99bff", "#5cb8ff", "#3fd0b5", "#f0b84b"], map: ["#26302f", "#28565a", "#2f8f87", "#86c9a1", "#f0eab8"],
    windows: ["#8c979f", "#5fa9e6", "#7fe3d4"], run: ["#6cd3c4", "#f0b84b"], pale: 0.45, bad: "#ff6f61", zero: "#a06bc8",
  };
  const DASHES = ["2 3", "7 4", null];
  const paint = () => (scheme.matches && !printing ? DARK : LIGHT);
  const number = (v) => (typeof v === "number" ? v : NaN);
  const ramp = (colours) => d3.piecewise(d3.interpolateLab, colours);
  const cut = (text, most) => (text.length > most ? "…" + text.slice(1 - most) : text);

  function show(v) {
    if (v === null || v === undefined) return "not measured";
    if (typeof v !== "number") return v;
    const size = Math.abs(v);
    return size >= 1e6 || (size > 0 && size < 1e-4) ? String(Number(v.toPrecision(3)).toExponential()) : String(Number(v.toPrecision(4)));
  }

  function powers(low, high, most) {
    const first = Math.ceil(Math.log10(low) - 1e-9), last = Math.floor(Math.log10(high) + 1e-9);
    if (high / low < 5) return d3.ticks(low, high, 5);
    if (high / low < 300) {
      const steps = high / low < 30 ? [1, 2, 5] : [1, 3]; // d3 leaves labels away that it finds too many
      const fine = d3.range(first - 1, last + 1).flatMap((p) => steps.map((m) => Number(`${m}e${p}`)));
      return fine.filter((t) => t >= low && t <= high);
    }
    const stride = Math.ceil((last - first + 1) / most);
    return d3.range(last, first - 1, -stride).reverse().map((p) => Number(`1e${p}`));
  }

  function tick(v) {
    const power = Math.log10(v);
    if (Math.abs(power - Math.round(power)) > 1e-6 || (v >= 0.001 && v <= 1000)) return show(v);
    return "10" + [...String(Math.round(power))].map((c) => (c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[c])).join("");
  }

  function yAxis(values, scale, label, include = []) {
    if (scale === "percent") {
      const top = d3.max([...values, 0.04]);
      const high = top > 0.5 ? 1 : top * 1.1;
      return { label, domain: [0, high], tickFormat: (v) => `${show(v * 100)} %`, grid: true, ticks: 5 };
    }
    if (scale === "linear") return { label, grid: true, nice: true, ticks: 5, tickFormat: show };
    let [low, high] = d3.extent([...values, ...include]);
    if (high / low < 1.5) [low, high] = [low / 1.5, high * 1.5];
    const room = (high / low) ** 0.04;
    const domain = [low / room, high * room];
    return { type: "log", label, domain, grid: true, ticks: powers(...domain, 7), tickFormat: tick };
  }

  function element(tag, attributes = {}, ...children) {
    const node = document.createElement(tag);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.append(...children);
    return node;
  }

  function swatch(colour, dash, opacity = 1) {
    const svg = d3.create("svg").attr("width", 26).attr("height", 8).attr("aria-hidden", "true");
    svg.append("line").attr("x2", 26).attr("y1", 4).attr("y2", 4).attr("stroke", colour).attr("stroke-width", 2.5)
      .attr("stroke-dasharray", dash).attr("stroke-opacity", opacity);
    return svg.node();
  }

  function box(colour, text) {
    return element("span", {}, element("i", { class: "ramp", style: `width:0.8rem;background:${colour}` }), text);
  }

  const legend = (...items) => element("div", { class: "legend" }, ...items);
  const bar = (interpolate, from, to) => {
    const stops = d3.range(9).map((k) => interpolate(k / 8)).join(",");
    return element("span", {}, from, element("i", { class: "ramp", style: `background:linear-gradient(90deg,${stops})` }), to);
  };

  function missing(values) {
    if (values.some((v) => v > 0 && typeof v === "number")) return "";
    return values.some((v) => typeof v === "string") ? " (not finite)" : " (all zero)";
  }

  function styled(chart) {
    const ink = paint();
    if (chart.colours === "depth") {
      const colour = ramp(ink.depth), last = chart.series.length - 1;
      const styles = chart.series.map((_, k) => ({ colour: colour(last ? k / last : 0.4), dash: null, opacity: last > 20 ? 0.6 : 0.9 }));
      const few = chart.series.length <= 6;
      const key = few
        ? legend(...chart.series.map((s, k) => element("span", {}, swatch(styles[k].colour), s.name)))
        : legend(bar(colour, `first: ${chart.series[0].name}`, `last: ${chart.series[last].name}`));
      return [styles, key];
    }
    const back = chart.series.length - 1;
    const styles = chart.series.map((_, k) => (chart.kind === "profile"
      ? { colour: ink.windows[k + 2 - back], dash: DASHES[k + 2 - back], opacity: 1 }
      : { colour: ink.run[chart.colours === "run" ? 0 : k], dash: null, opacity: chart.colours === "run" && k < back ? ink.pale : 1 }));
    const items = chart.series.map((s, k) => element("span", {},
      swatch(styles[k].colour, styles[k].dash, styles[k].opacity), s.name + (chart.kind === "profile" ? missing(s.values) : "")));
    return [styles, items.length > 1 || chart.kind === "profile" ? legend(...items) : ""];
  }

  function points(chart, x, usable) {
    const [styles, key] = styled(chart);
    const dots = chart.series.flatMap((s, k) => s.values.map((v, i) => (
      { x: x[i], y: usable(number(v)) ? v : NaN, v, i, name: s.name, ...styles[k] })));
    return [dots, key];
  }

  function lineMarks(dots, few) {
    const groups = d3.groups(dots, (d) => d.name);
    const real = dots.filter((d) => !Number.isNaN(d.y));
    const alone = (d, all, i) => Number.isNaN(all[i - 1]?.y ?? NaN) && Number.isNaN(all[i + 1]?.y ?? NaN);
    const single = groups.flatMap(([, all]) => all.filter((d, i) => !Number.isNaN(d.y) && (few || alone(d, all, i))));
    return [
      ...groups.map(([, all]) => Plot.line(all, {
        x: "x", y: "y", stroke: all[0].colour, strokeWidth: groups.length > 20 ? 1.2 : 1.8, strokeDasharray: all[0].dash, strokeOpacity: all[0].opacity,
      })),
      Plot.dot(single, { x: "x", y: "y", fill: "colour", r: 2.6 }),
      Plot.dot(real, Plot.pointer({ x: "x", y: "y", fill: "colour", r: 4 })),
    ];
  }

  const nothing = () => element("p", { class: "none" }, "There is no finite, positive number to draw; the table has what there is.");
  const base = (width, height) => ({ width, height, marginLeft: 62, marginRight: 16, marginTop: 24, marginBottom: 38, style: { fontSize: "12px" } });

  function lines(chart, width) {
    const usable = chart.scale === "log" ? (v) => v > 0 : (v) => !Number.isNaN(v);
    const [dots, key] = points(chart, chart.x, usable);
    const real = dots.filter((d) => !Number.isNaN(d.y));
    if (!real.length) return [key, nothing()];
    const ink = paint();
    const band = chart.band ?? [];
    const log = chart.x_scale === "log";
    const [first, last] = [chart.x[0], chart.x[chart.x.length - 1]];
    const beside = (x) => (x < (log ? Math.sqrt(first * last) : (first + last) / 2) ? { textAnchor: "start", dx: 6 } : { textAnchor: "end", dx: -6 });
    const y = yAxis(real.map((d) => d.y), chart.scale, chart.y_label, band);
    const marks = [
      ...(band.length ? [Plot.rect([band], { y1: (d) => d[0], y2: (d) => d[1], fill: "var(--calm)", fillOpacity: 0.11 })] : []),
      ...lineMarks(real.length === dots.length ? real : dots, chart.x.length < 12),
      ...(chart.bad != null ? [
        Plot.ruleX([chart.bad], { stroke: ink.bad, strokeDasharray: "4 3" }),
        Plot.text([chart.bad], {
          x: (d) => d, text: () => "not finite", frameAnchor: "top", dy: 8, fill: ink.bad, ...beside(chart.bad),
        }),
      ] : []),
      ...(chart.rules ?? []).flatMap((rule, k) => [
        Plot.ruleX([rule.x], { stroke: "currentColor", strokeOpacity: 0.55, strokeDasharray: "4 3" }),
        Plot.text([rule], { x: "x", text: "text", frameAnchor: "top", dy: 8 + 15 * k, fill: "currentColor", ...beside(rule.x) }),
      ]),
      Plot.tip(real, Plot.pointer({ x: "x", y: "y", title: (d) => `${d.name}\n${chart.x_label} ${d.x}: ${show(d.v)}` })),
    ];
    const [before, after] = log ? [first / 2, last * 2] : [first - 1, last + 1];
    const domain = first === last ? [before, after] : [first, last];
    const whole = d3.ticks(...domain, Math.max(3, Math.min(9, width / 90))).filter((t) => Number.isInteger(t) && t >= first && t <= last);
    const x = log
      ? { type: "log", label: chart.x_label, domain, ticks: powers(...domain, Math.max(3, width / 60)), tickFormat: tick }
      : { label: chart.x_label, domain, ticks: whole, tickFormat: ",d" };
    return [key, Plot.plot({ ...base(width, width > 700 ? 320 : 260), x, y, marks })];
  }

  function layerTicks(paths, room) {
    const stride = Math.max(1, Math.ceil(paths.length / room));
    return d3.range(0, paths.length, stride);
  }

  function profile(chart, width) {
    const [dots, key] = points(chart, d3.range(chart.paths.length), (v) => v > 0);
    const real = dots.filter((d) => !Number.isNaN(d.y));
    if (!real.length) return [key, nothing()];
    const y = yAxis(real.map((d) => d.y), "log", chart.y_label);
    const ticks = layerTicks(chart.paths, Math.max(4, (width - 80) / 26));
    const edge = chart.paths.length === 1 ? 0.5 : 0.2;
    return [key, Plot.plot({
      ...base(width, 310), marginBottom: 80, y,
      x: { label: null, domain: [-edge, chart.paths.length - 1 + edge], ticks, tickRotate: -40, tickFormat: (k) => cut(chart.paths[k], 14) },
      marks: [
        ...lineMarks(dots, chart.paths.length <= 30),
        Plot.tip(real, Plot.pointer({ x: "x", y: "y", title: (d) => `${chart.paths[d.x]}\n${d.name}\n${show(d.v)}` })),
      ],
    })];
  }

  function rowsOf(count, small) {
    return Math.max(small, Math.min(26, 420 / count)) * count;
  }

  function rowAxis(paths, height, width) {
    const ticks = layerTicks(paths, height / 13).map((k) => k + 0.5);
    const letters = width < 500 ? 13 : 22;
    const margin = 16 + 7 * Math.min(letters, d3.max(paths, (p) => p.length));
    return [{ label: null, domain: [paths.length, 0], ticks, tickSize: 0, tickFormat: (v) => cut(paths[v - 0.5], letters) }, margin];
  }

  function heat(chart, width) {
    const ink = paint();
    const cells = chart.rows.flatMap((row, j) => row.map((v, i) => ({ i, j, v }))).filter((d) => d.v !== null);
    const logs = cells.filter((d) => d.v > 0 && typeof d.v === "number").map((d) => Math.log10(d.v));
    const [low, high] = logs.length ? d3.extent(logs) : [0, 0];
    const colour = ramp(ink.map);
    const fill = (d) => (typeof d.v !== "number" ? ink.bad : d.v <= 0 ? ink.zero : colour(high > low ? (Math.log10(d.v) - low) / (high - low) : 0.5));
    const height = rowsOf(chart.paths.length, 3.2);
    const [y, marginLeft] = rowAxis(chart.paths, height, width);
    const stride = Math.ceil(chart.steps.length / Math.max(3, width / 80));
    const ticks = d3.range(0, chart.steps.length, stride).map((k) => k + 0.5);
    const items = [
      ...(logs.length ? [bar(colour, tick(Number((10 ** low).toPrecision(2))), tick(Number((10 ** high).toPrecision(2))))] : []),
      ...(cells.some((d) => typeof d.v !== "number") ? [box(ink.bad, "not finite")] : []),
      ...(cells.some((d) => d.v === 0) ? [box(ink.zero, "exactly zero")] : []),
    ];
    return [legend(...items), Plot.plot({
      ...base(width, height + 62), marginLeft, y,
      x: { label: "optimizer step", domain: [0, chart.steps.length], ticks, tickFormat: (v) => String(chart.steps[v - 0.5]) },
      marks: [
        Plot.rect(cells, { x1: "i", x2: (d) => d.i + 1, y1: "j", y2: (d) => d.j + 1, fill, shapeRendering: "crispEdges" }),
        Plot.tip(cells, Plot.pointer({ x: (d) => d.i + 0.5, y: (d) => d.j + 0.5, title: (d) => `${chart.paths[d.j]}\nstep ${chart.steps[d.i]}\n${show(d.v)}` })),
      ],
    })];
  }

  function units(chart, width) {
    const ink = paint();
    const colour = ramp(ink.map);
    const cells = chart.layers.flatMap((layer, j) => layer.cells.map((v, k) => (
      { j, v, layer, x1: k / layer.cells.length, x2: (k + 1) / layer.cells.length })));
    const fill = (d) => (typeof d.v !== "number" || d.v === 0 ? ink.bad : colour(Math.sqrt(Math.min(1, d.v))));
    const height = rowsOf(chart.layers.length, 5);
    const [y, marginLeft] = rowAxis(chart.layers.map((layer) => layer.path), height, width);
    const gap = height / chart.layers.length > 9 ? 1 : 0;
    const narrow = width < 500;
    const words = (layer) => (narrow ? `${layer.dead}/${layer.units}` : `${layer.dead} of ${layer.units} dead`);
    const shown = chart.layers.map((layer, j) => ({ layer, j })).filter(({ j }) => j % Math.ceil((13 * chart.layers.length) / height) === 0);
    return [
      legend(box(ink.bad, "dead"), bar(colour, "rarely", "always active")),
      Plot.plot({
        ...base(width, height + 30), marginLeft, marginRight: narrow ? 70 : 120, marginTop: 8, marginBottom: 22, y,
        x: { label: null, domain: [0, 1], ticks: [0, 1], tickSize: 0, tickFormat: (v) => (v ? "most active" : "least active") },
        marks: [
          Plot.rect(cells, { x1: "x1", x2: "x2", y1: "j", y2: (d) => d.j + 1, insetTop: gap, insetBottom: gap, fill, shapeRendering: "crispEdges" }),
          Plot.text(shown, { frameAnchor: "right", textAnchor: "start", dx: 8, y: (d) => d.j + 0.5, text: (d) => words(d.layer), fill: "currentColor" }),
          Plot.tip(cells, Plot.pointer({ x: (d) => (d.x1 + d.x2) / 2, y: (d) => d.j + 0.5, title: (d) => `${d.layer.path}: ${words(d.layer)}\nactive on ${show(d.v * 100)} % of samples` })),
        ],
      }),
    ];
  }

  const draw = { lines, profile, heat, units };
  const places = [...document.querySelectorAll("[data-chart]")];
  const widths = new Map();

  function render(place) {
    const width = Math.floor(place.clientWidth);
    const chart = charts[place.dataset.chart];
    if (width < 40) return;
    widths.set(place, width);
    place.replaceChildren(...draw[chart.kind](chart, width));
  }

  const all = () => places.forEach(render);
  const watch = new ResizeObserver((entries) => requestAnimationFrame(() => {
    for (const { target } of entries) if (Math.floor(target.clientWidth) !== widths.get(target)) render(target);
  }));
  all();
  places.forEach((place) => watch.observe(place));
  scheme.addEventListener("change", all);
  addEventListener("beforeprint", () => { printing = true; all(); });
  addEventListener("afterprint", () => { printing = false; all(); });
})();
