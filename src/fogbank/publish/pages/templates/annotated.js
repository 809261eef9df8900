"use strict";
// Annotated texts in panes beside each other: tags, nested underlines, relations as curves, a panel for the chosen span.
// A page gives { text, panes: [{ name, version, states }] } to `show`; a state is { text, look } of a span by its id.
const data = JSON.parse(document.getElementById("data").textContent);
const { labels } = data;
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
const clip = (text) => (text.length > 70 ? `${text.slice(0, 68)}…` : text);
const hidden = new Set();
// What is shown: its text as code points (offsets count these, JavaScript's strings count UTF-16 units), and its panes.
// `chosen` says which relations of a pane are drawn: { pane, id, draws(head, tail) }.
let points = [], panes = [], chosen = null;
// What a page may add: `counterpart(pane, id)` names the span { pane, id } that stands for one in another pane,
// `further(pane, id)` gives elements for the panel, `chose(pane, id)` hears of it, `redraw()` shows it all again.
const hooks = { counterpart: () => null, further: () => [], chose: () => {}, redraw: () => {} };

for (const layer of new Set(Object.values(labels).map((label) => label.layer))) {
  const box = make("input"), label = make("label", undefined, "layer");
  box.type = "checkbox"; box.checked = true;
  box.addEventListener("change", () => { box.checked ? hidden.delete(layer) : hidden.add(layer); hooks.redraw(); });
  label.append(box, layer);
  $("layers").append(label);
}

// One stop of the Tab key for many elements; the arrow keys, Home and End go from one to the next.
function rove(container, elements) {
  elements.forEach((element, at) => { element.tabIndex = at ? -1 : 0; });
  container.addEventListener("focusin", (event) => {
    if (elements.includes(event.target)) elements.forEach((element) => { element.tabIndex = element === event.target ? 0 : -1; });
  });
  container.addEventListener("keydown", (event) => {
    const at = elements.indexOf(event.target), last = elements.length - 1;
    if (at < 0) return;
    const to = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    elements[Math.min(last, Math.max(0, to))].focus();
  });
}

const spansOf = (version) => version.spans.map(([id, start, end, label, attributes]) => ({ id, start, end, label, attributes }));
const words = (span) => points.slice(span.start, span.end).join("");
const attributesOf = (span) => Object.entries(span.attributes).map(([key, value]) => `${key}: ${value}`).sort();

function show(text, wanted) {
  chosen = null; panes = []; hideTip();
  $("panel").replaceChildren(make("p", "Choose a span to see its attributes and relations.", "faint"));
  document.querySelectorAll(".panes > .pane, .panes > .withheld").forEach((old) => old.remove());
  $("panel").hidden = text === null;
  if (text === null) {
    const note = make("p", "The text is withheld; “", "withheld");
    note.append(make("code", "fogbank restore --texts DIR"), "” joins your copy of it.");
    $("panes").prepend(note);
    return;
  }
  points = Array.from(text);
  wanted.forEach(({ name, version, states }) => addPane(name, version, states || new Map()));
  $("panes").classList.toggle("one", $("panes").children.length === 1);
  drawArcs();
}

function addPane(name, version, states) {
  const box = make("section", undefined, "pane"), text = make("div", undefined, "words");
  const title = make("p", undefined, "name"), arcs = drawn("svg", { class: "arcs", "aria-hidden": "true" });
  title.append(make("bdi", name));
  box.tabIndex = 0;
  box.setAttribute("aria-label", name);
  const spans = spansOf(version).filter((span) => !hidden.has(labels[span.label].layer)).sort((a, b) => a.start - b.start || b.end - a.end);
  const pane = { name, box, version, states, spans, byId: new Map(spans.map((span) => [span.id, span])), tags: new Map(), text, arcs };
  const lanes = [], starts = new Map();
  for (const span of spans) {
    let lane = lanes.findIndex((end) => end <= span.start);
    if (lane < 0) lane = lanes.length;
    lanes[lane] = span.end;
    span.lane = lane;
    starts.set(span.start, [...(starts.get(span.start) || []), span]);
  }
  const cuts = [...new Set([0, points.length, ...spans.flatMap((s) => [s.start, s.end])])].sort((a, b) => a - b);
  for (let i = 0; i + 1 < cuts.length; i++) {
    const [from, to] = [cuts[i], cuts[i + 1]];
    (starts.get(from) || []).forEach((s) => text.append(tag(pane, s)));
    const over = spans.filter((s) => s.start <= from && s.end >= to);
    const piece = make("span", points.slice(from, to).join(""), over.length ? "piece" : undefined);
    if (over.length) underline(pane, piece, over);
    text.append(piece);
  }
  rove(text, [...pane.tags.values()]);
  text.append(arcs);
  box.append(title, text);
  $("panes").insertBefore(box, [...$("panes").children].find((child) => !child.classList.contains("pane")) || null);
  panes.push(pane);
}

// A line for each span over a piece of text, the nested ones above those around them.
function underline(pane, piece, over) {
  const deepest = Math.max(...over.map((s) => s.lane)), lanes = Array.from({ length: deepest + 1 }, (_, lane) => lane);
  piece.style.setProperty("--depth", `${3 * (deepest + 1)}px`);
  piece.style.backgroundImage = lanes.map((lane) => {
    const span = over.find((s) => s.lane === lane);
    return `linear-gradient(${span ? labels[span.label].colour : "transparent"} 0 0)`;
  }).join(", ");
  piece.style.backgroundPosition = lanes.map((lane) => `0 calc(100% - ${3 * lane}px)`).join(", ");
  piece.style.backgroundSize = "100% 2px";
  piece.dataset.spans = over.map((s) => s.id).join("\n");
  const inward = [...over].sort((a, b) => a.end - a.start - (b.end - b.start));
  piece.addEventListener("click", () => choose(pane, inward[0].id));
  hovers(piece, pane, inward);
}

function tag(pane, span) {
  const state = pane.states.get(span.id) || { text: "", look: "" };
  const button = make("button", span.label, `tag ${state.look}`);
  button.type = "button";
  button.style.background = labels[span.label].colour;
  button.style.color = isPale(labels[span.label].colour) ? "#111" : "#fff";
  button.setAttribute("aria-label", [`${span.label} ${state.text}: ${words(span)}`, ...attributesOf(span)].join("; "));
  button.addEventListener("click", () => choose(pane, span.id));
  hovers(button, pane, [span]);
  pane.tags.set(span.id, button);
  return button;
}
function isPale(colour) {
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.5;
}

// What hovers: labels and attributes of the spans under the pointer or the focus, innermost first.
const tip = make("div", undefined, "tip");
let leaving = 0;
tip.setAttribute("role", "tooltip");
tip.hidden = true;
document.body.append(tip);
function hideTip() { clearTimeout(leaving); tip.hidden = true; }
function leave() { clearTimeout(leaving); leaving = setTimeout(hideTip, 200); }
function hovers(element, pane, spans) {
  const open = () => {
    clearTimeout(leaving);
    tip.replaceChildren(...spans.map((span) => {
      const line = make("p"), state = pane.states.get(span.id);
      line.append(make("strong", span.label), ` “${clip(words(span))}”`, make("br"), attributesOf(span).join(" · ") || labels[span.label].gloss);
      if (state) line.append(make("br"), make("em", state.text));
      return line;
    }));
    tip.hidden = false;
    const box = element.getClientRects()[0], own = tip.getBoundingClientRect();
    const below = box.bottom + 4 + own.height < innerHeight;
    tip.style.left = `${Math.max(8, Math.min(box.left, innerWidth - own.width - 8))}px`;
    tip.style.top = `${below ? box.bottom + 4 : Math.max(4, box.top - own.height - 4)}px`;
  };
  element.addEventListener("mouseenter", open);
  element.addEventListener("mouseleave", leave);
  element.addEventListener("focus", open);
  element.addEventListener("blur", hideTip);
}
tip.addEventListener("mouseenter", () => clearTimeout(leaving));
tip.addEventListener("mouseleave", leave);
document.addEventListener("keydown", (event) => { if (event.key === "Escape") hideTip(); });
document.addEventListener("scroll", hideTip, true);

// Mark spans of one pane in all panes' texts: what is chosen, and what is joined with it.
function mark(pane, ids, joined = new Set()) {
  panes.forEach((each) => each.text.querySelectorAll(".piece").forEach((piece) => {
    const over = each === pane ? piece.dataset.spans.split("\n") : [];
    const isChosen = over.some((id) => ids.has(id));
    piece.classList.toggle("chosen", isChosen);
    piece.classList.toggle("joined", !isChosen && over.some((id) => joined.has(id)));
  }));
}

function choose(pane, id) {
  chosen = { pane, id, draws: (head, tail) => head === id || tail === id };
  const span = pane.byId.get(id), joined = new Set(), list = make("ul"), facts = make("ul");
  for (const [head, label, tail] of pane.version.relations) {
    if (head !== id && tail !== id) continue;
    const other = pane.byId.get(head === id ? tail : head);
    const item = make("li", head === id ? `${label} → ` : `← ${label} of `);
    if (other) {
      joined.add(other.id);
      item.append(link(`${other.label} “${clip(words(other))}”`, () => { choose(pane, other.id); pane.tags.get(other.id).focus(); }));
    } else item.append("a span of a hidden layer");
    list.append(item);
  }
  attributesOf(span).forEach((fact) => facts.append(make("li", fact)));
  const state = pane.states.get(id), heading = make("strong", `${span.label}${state ? ` (${state.text})` : ""}`);
  $("panel").replaceChildren(heading, " ", make("bdi", `in ${pane.name}`, "faint"), make("p", words(span)),
    make("p", labels[span.label].gloss, "faint"), facts, list, ...counterpart(pane, id), ...hooks.further(pane, id));
  mark(pane, new Set([id]), joined);
  align(pane, span);
  drawArcs();
  hooks.chose(pane, id);
}
function link(text, act) {
  const button = make("button", text);
  button.type = "button";
  button.addEventListener("click", act);
  return button;
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
  const found = hooks.counterpart(pane, id), span = found && found.pane.byId.get(found.id);
  if (!span) return [];
  const text = `${found.pane.name} has ${span.label} “${clip(words(span))}” ${attributesOf(span).join(", ")}`;
  return [link(text, () => lead(found.pane, span.id))];
}
// Choose a span and bring it into view.
function lead(pane, id) {
  choose(pane, id);
  const button = pane.tags.get(id);
  button.scrollIntoView({ block: "center" });
  button.focus({ preventScroll: true });
  align(pane, pane.byId.get(id));
}

// Relations as curves between the tags of their spans: those that are chosen with their labels, all on request.
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
      const isChosen = chosen && chosen.pane === pane && chosen.draws(head, tail);
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
$("every").addEventListener("change", drawArcs);
new ResizeObserver(drawArcs).observe($("panes"));
