"use strict";
const { labels, kinds, documents } = JSON.parse(document.getElementById("data").textContent);
const $ = (id) => document.getElementById(id);
const make = (tag, text, className) => {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  if (className) element.className = className;
  return element;
};
const drawn = (tag, attributes) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
  return element;
};
const options = (select, names) => {
  const before = select.value;
  select.replaceChildren(...names.map((name) => { const option = make("option", name); option.value = name; return option; }));
  if (names.includes(before)) select.value = before;
};
const SHOWN_ERRORS = 300, ANY = "any";
const hidden = new Set();
// What is open: its text as code points (offsets count these, JavaScript's strings count UTF-16 units), and its panes.
let points = [], panes = [], chosen = null;

for (const layer of new Set(Object.values(labels).map((label) => label.layer))) {
  const box = make("input"), label = make("label", undefined, "layer");
  box.type = "checkbox"; box.checked = true;
  box.addEventListener("change", () => { box.checked ? hidden.delete(layer) : hidden.add(layer); draw(); });
  label.append(box, layer);
  $("layers").append(label);
}
const splits = new Map();
documents.forEach((entry, number) => {
  if (!splits.has(entry.split)) {
    const group = make("optgroup"); group.label = entry.split;
    splits.set(entry.split, group); $("document").append(group);
  }
  const option = make("option", entry.title ? `${entry.id}  ${entry.title}` : entry.id);
  option.value = number;
  splits.get(entry.split).append(option);
});
const current = () => documents[Number($("document").value)];
const system = () => current().systems[$("system").value];
const spansOf = (version) => version.spans.map(([id, start, end, label, attributes]) => ({ id, start, end, label, attributes }));
const clip = (text) => (text.length > 70 ? `${text.slice(0, 68)}…` : text);

function open() {
  const entry = current();
  options($("system"), Object.keys(entry.systems));
  $("system").disabled = !Object.keys(entry.systems).length;
  $("title").textContent = entry.title || entry.id;
  $("about").textContent = `${entry.id} · ${entry.split} · ${entry.about}`;
  draw();
  listErrors();
}

function draw() {
  const entry = current();
  chosen = null; panes = [];
  $("panel").replaceChildren(make("p", "Choose a span to see its attributes and relations.", "faint"));
  $("panes").replaceChildren();
  if (entry.text === null) {
    $("panes").append(make("p", "The text is withheld; “fogbank restore --texts DIR” joins your copy of it.", "faint"));
    return;
  }
  points = Array.from(entry.text);
  const errors = system() ? system().errors : [];
  const states = (side) => new Map(errors.filter((error) => error[side]).map((error) => [error[side], error[0]]).reverse());
  addPane("gold", entry.gold, states(1));
  if (system()) addPane($("system").value, system(), states(2));
  $("panes").classList.toggle("one", panes.length === 1);
  drawArcs();
}

function addPane(name, version, states) {
  const box = make("section", undefined, "pane"), text = make("div", undefined, "words");
  const title = make("h4"), arcs = drawn("svg", { class: "arcs", "aria-hidden": "true" });
  title.append(make("bdi", name));
  box.tabIndex = 0;
  box.setAttribute("aria-label", name);
  const spans = spansOf(version).filter((span) => !hidden.has(labels[span.label].layer)).sort((a, b) => a.start - b.start || b.end - a.end);
  const pane = { name, box, version, states, spans, byId: new Map(spans.map((span) => [span.id, span])), tags: new Map(), text, arcs };
  const lanes = [];
  for (const span of spans) {
    let lane = lanes.findIndex((end) => end <= span.start);
    if (lane < 0) lane = lanes.length;
    lanes[lane] = span.end;
    span.lane = lane;
  }
  const cuts = [...new Set([0, points.length, ...spans.flatMap((s) => [s.start, s.end])])].sort((a, b) => a - b);
  for (let i = 0; i + 1 < cuts.length; i++) {
    const [from, to] = [cuts[i], cuts[i + 1]];
    spans.filter((s) => s.start === from).forEach((s) => text.append(tag(pane, s)));
    const over = spans.filter((s) => s.start <= from && s.end >= to);
    const piece = make("span", points.slice(from, to).join(""), over.length ? "piece" : undefined);
    if (over.length) {
      const deepest = Math.max(...over.map((s) => s.lane));
      piece.style.setProperty("--depth", `${3 * (deepest + 1)}px`);
      piece.style.background = Array.from({ length: deepest + 1 }, (_, lane) => {
        const span = over.find((s) => s.lane === lane);
        return `linear-gradient(${span ? labels[span.label].colour : "transparent"} 0 0) 0 calc(100% - ${3 * lane}px) / 100% 2px no-repeat`;
      }).join(", ");
      piece.dataset.spans = over.map((s) => s.id).join("\n");
      const inner = over.reduce((a, b) => (b.end - b.start < a.end - a.start ? b : a));
      piece.addEventListener("click", () => choose(pane, inner.id));
    }
    text.append(piece);
  }
  text.append(arcs);
  box.append(title, text);
  $("panes").append(box);
  panes.push(pane);
}

function tag(pane, span) {
  const state = pane.states.get(span.id) || "";
  const look = state === "missed" || state === "spurious" ? state : state && !state.endsWith("relation") ? "differs" : "";
  const button = make("button", span.label, `tag ${look}`);
  button.style.background = labels[span.label].colour;
  button.style.color = isPale(labels[span.label].colour) ? "#111" : "#fff";
  button.title = state ? `${labels[span.label].gloss} (${state})` : labels[span.label].gloss;
  button.setAttribute("aria-label", `${span.label} ${state}: ${words(span)}`);
  button.addEventListener("click", () => choose(pane, span.id));
  pane.tags.set(span.id, button);
  return button;
}
function isPale(colour) {
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.5;
}
const words = (span) => points.slice(span.start, span.end).join("");
const attributesOf = (span) => Object.entries(span.attributes).map(([key, value]) => `${key}: ${value}`).sort();

function choose(pane, id) {
  chosen = { pane, id };
  const span = pane.byId.get(id), joined = new Set(), list = make("ul"), facts = make("ul");
  for (const [head, label, tail] of pane.version.relations) {
    if (head !== id && tail !== id) continue;
    const other = pane.byId.get(head === id ? tail : head);
    const item = make("li", head === id ? `${label} → ` : `← ${label} of `);
    if (other) {
      joined.add(other.id);
      const link = make("button", `${other.label} “${clip(words(other))}”`);
      link.addEventListener("click", () => { choose(pane, other.id); pane.tags.get(other.id).focus(); });
      item.append(link);
    } else item.append("a span of a hidden layer");
    list.append(item);
  }
  attributesOf(span).forEach((fact) => facts.append(make("li", fact)));
  const state = pane.states.get(id), heading = make("strong", `${span.label}${state ? ` (${state})` : ""}`);
  $("panel").replaceChildren(heading, " ", make("bdi", `in ${pane.name}`, "faint"), make("p", words(span)),
    make("p", labels[span.label].gloss, "faint"), facts, list, ...counterpart(pane, id));
  panes.forEach((each) => each.text.querySelectorAll(".piece").forEach((piece) => {
    const ids = each === pane ? piece.dataset.spans.split("\n") : [];
    const mark = ids.includes(id) ? "color-mix(in srgb, #f5c400 45%, transparent)" : ids.some((other) => joined.has(other)) ? "color-mix(in srgb, #57a5ff 35%, transparent)" : "transparent";
    piece.style.backgroundColor = mark;
  }));
  align(pane, span);
  drawArcs();
}

// Bring the same words of the other version to the same height.
function align(pane, span) {
  const place = (each) => each.spans.find((s) => s.start >= span.start);
  for (const other of panes.filter((each) => each !== pane && place(each))) {
    const height = (each, id) => each.tags.get(id).getBoundingClientRect().top - each.box.getBoundingClientRect().top;
    other.box.scrollTop += height(other, place(other).id) - height(pane, span.id);
  }
}

// What the other version has in place of a span, if it has anything else.
function counterpart(pane, id) {
  const side = pane === panes[0] ? 1 : 2, other = panes[2 - side];
  if (!other || panes.length < 2) return [];
  const found = system().errors.find((error) => error[side] === id && error[3 - side] && !error[0].endsWith("relation"));
  const span = found && other.byId.get(found[3 - side]);
  if (!span) return [];
  const link = make("button", `${other.name} has ${span.label} “${clip(words(span))}” ${attributesOf(span).join(", ")}`);
  link.addEventListener("click", () => { choose(other, span.id); pulls(other, span.id); });
  return [link];
}
function pulls(pane, id) {
  const button = pane.tags.get(id);
  button.scrollIntoView({ block: "center" });
  button.focus({ preventScroll: true });
  align(pane, pane.byId.get(id));
}

// Relations as curves between the tags of their spans: those of the chosen span with their labels, all on request.
function drawArcs() {
  for (const pane of panes) {
    const marker = drawn("marker", { id: `end${panes.indexOf(pane)}`, viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 6, markerHeight: 6, orient: "auto" });
    marker.append(drawn("path", { d: "M0 0 8 4 0 8z" }));
    pane.arcs.replaceChildren(marker);
    const frame = pane.text.getBoundingClientRect();
    const middle = (id) => {
      const box = pane.tags.get(id).getBoundingClientRect();
      return [box.left + box.width / 2 - frame.left, box.top - frame.top];
    };
    for (const [head, label, tail] of pane.version.relations) {
      const isChosen = chosen && chosen.pane === pane && (head === chosen.id || tail === chosen.id);
      if (!pane.tags.has(head) || !pane.tags.has(tail) || !(isChosen || $("every").checked)) continue;
      const [x1, y1] = middle(head), [x2, y2] = middle(tail);
      const lift = Math.min(46, 14 + Math.abs(x2 - x1) / 10), x = (x1 + x2) / 2, y = Math.max(4, Math.min(y1, y2) - lift);
      const path = drawn("path", { d: `M${x1} ${y1}Q${x} ${y} ${x2} ${y2}` });
      if (isChosen) { path.setAttribute("class", "chosen"); path.setAttribute("marker-end", `url(#${marker.id})`); }
      pane.arcs.append(path);
      if (isChosen) {
        const name = drawn("text", { x, y: Math.max(12, (y1 + 2 * y + y2) / 4), "text-anchor": "middle" });
        name.textContent = label;
        pane.arcs.append(name);
      }
    }
  }
}

function listErrors() {
  const name = $("system").value;
  const entries = $("where").value === "here" ? [current()] : documents.filter((entry) => entry.split === current().split);
  const all = entries.flatMap((entry) => (entry.systems[name] ? entry.systems[name].errors.map((error) => ({ entry, error })) : []));
  const count = (kind) => all.filter(({ error }) => kind === ANY || error[0] === kind).length;
  const kind = $("kind").value || ANY;
  $("kind").replaceChildren(...[ANY, ...kinds].map((each) => { const option = make("option", `${each} (${count(each)})`); option.value = each; return option; }));
  $("kind").value = kind;
  options($("label"), [ANY, ...new Set(all.flatMap(({ error }) => [error[3], error[4]]).filter(Boolean).sort())]);
  const label = $("label").value;
  const kept = all.filter(({ error }) => (kind === ANY || error[0] === kind) && (label === ANY || error[3] === label || error[4] === label));
  const more = kept.length > SHOWN_ERRORS ? `; the first ${SHOWN_ERRORS} are listed` : "";
  $("number").textContent = name ? `${kept.length} error${kept.length === 1 ? "" : "s"} of ${name}${more}` : "No system predicted this document.";
  $("errors").replaceChildren(...kept.slice(0, SHOWN_ERRORS).map(({ entry, error }) => errorItem(entry, name, error)));
}
function errorItem(entry, name, [kind, goldId, ownId, goldLabel, ownLabel]) {
  const find = (version, id) => id && spansOf(version).find((span) => span.id === id);
  const span = find(entry.gold, goldId) || find(entry.systems[name], ownId);
  const quoted = entry.text === null ? "withheld" : Array.from(entry.text).slice(span.start, span.end).join("");
  const change = goldLabel === ownLabel ? goldLabel : `${goldLabel || "nothing"} → ${ownLabel || "nothing"}`;
  const item = make("li"), link = make("button", `${kind}: ${change} “${clip(quoted)}” (${entry.id})`);
  link.addEventListener("click", () => {
    if (entry !== current()) { $("document").value = documents.indexOf(entry); open(); }
    const pane = panes[goldId ? 0 : 1], id = goldId || ownId;
    if (!pane || !pane.byId.has(id)) return;
    choose(pane, id);
    pulls(pane, id);
  });
  item.append(link);
  return item;
}
function step(by) {
  $("document").value = (Number($("document").value) + by + documents.length) % documents.length;
  open();
}
$("before").addEventListener("click", () => step(-1));
$("after").addEventListener("click", () => step(1));
$("document").addEventListener("change", open);
$("system").addEventListener("change", () => { draw(); listErrors(); });
$("every").addEventListener("change", drawArcs);
["kind", "label", "where"].forEach((id) => $(id).addEventListener("change", listErrors));
new ResizeObserver(drawArcs).observe($("panes"));
const first = ["wire", "test"].map((split) => documents.findIndex((entry) => entry.split === split && entry.text !== null)).find((at) => at >= 0);
$("document").value = first ?? 0;
open();
