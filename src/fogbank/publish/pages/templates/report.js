// The report page: which document and system is shown, and the list of errors.
const { kinds, documents } = data;
const options = (select, names) => {
  const before = select.value;
  select.replaceChildren(...names.map((name) => { const option = make("option", name); option.value = name; return option; }));
  if (names.includes(before)) select.value = before;
};
const SHOWN_ERRORS = 300, ANY = "any";

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
  const entry = current(), errors = system() ? system().errors : [];
  const look = (kind) => (kind === "missed" || kind === "spurious" ? kind : kind.endsWith("relation") ? "" : "differs");
  const states = (side) => new Map(errors.filter((error) => error[side]).map((error) => [error[side], { text: error[0], look: look(error[0]) }]).reverse());
  const wanted = [{ name: "gold", version: entry.gold, states: states(1) }];
  if (system()) wanted.push({ name: $("system").value, version: system(), states: states(2) });
  show(entry.text, wanted);
}

hooks.redraw = draw;
hooks.counterpart = (pane, id) => {
  const side = pane === panes[0] ? 1 : 2, other = panes[2 - side];
  const found = other && system().errors.find((error) => error[side] === id && error[3 - side] && !error[0].endsWith("relation"));
  return found ? { pane: other, id: found[3 - side] } : null;
};

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
  const item = make("li");
  item.append(link(`${kind}: ${change} “${clip(quoted)}” (${entry.id})`, () => {
    if (entry !== current()) { $("document").value = documents.indexOf(entry); open(); }
    const pane = panes[goldId ? 0 : 1], id = goldId || ownId;
    if (pane && pane.byId.has(id)) lead(pane, id);
  }));
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
["kind", "label", "where"].forEach((id) => $(id).addEventListener("change", listErrors));
const first = ["wire", "test"].map((split) => documents.findIndex((entry) => entry.split === split && entry.text !== null)).find((at) => at >= 0);
$("document").value = first ?? 0;
open();
