// The page of a document: its claims lead to their spans and back, and two versions are shown with their differences.
const { text, versions, pairs } = data;
const rows = [...document.querySelectorAll("#claims tbody tr")];
const spansOfRow = (row) => row.dataset.spans.split(" ").filter(Boolean);
const pairShown = () => ($("shown") && $("shown").value ? pairs[Number($("shown").value)] : null);
const nothing = { spans: [], relations: [] };

function draw() {
  const compared = pairShown(), [first] = Object.keys(versions);
  if ($("claims")) $("claims").hidden = Boolean(compared);
  if ($("compared")) $("compared").hidden = !compared;
  rows.forEach((row) => row.classList.remove("chosen"));
  if (!compared) { show(text, [{ name: first || "text", version: versions[first] || nothing }]); return; }
  const [one, other, differences] = compared;
  show(text, [one, other].map((name, side) => ({ name, version: versions[name], states: states(differences, side, [one, other]) })));
  listDifferences(differences, [one, other]);
}

function states(differences, side, names) {
  const found = new Map();
  for (const [kind, , ...held] of differences) {
    const [readings, ids] = [held.slice(0, 2), held.slice(2)], id = ids[side], theirs = readings[1 - side];
    if (!id || found.has(id)) continue;
    if (kind === "relation") found.set(id, { text: "relation differs", look: "" });
    else if (kind === "span" && theirs === null) found.set(id, { text: `only in ${names[side]}`, look: "only" });
    else found.set(id, { text: `${names[1 - side]} has ${theirs === null ? "none" : theirs}`, look: "differs" });
  }
  return found;
}

function listDifferences(differences, names) {
  ["one", "other"].forEach((id, side) => { $(id).textContent = names[side]; });
  const made = differences.map(([kind, about, ...held]) => {
    const row = make("tr"), head = make("th");
    head.scope = "row";
    head.append(link(kind, () => {
      const side = held[2] ? 0 : 1;
      if (panes[side] && panes[side].byId.has(held[2 + side])) lead(panes[side], held[2 + side]);
    }));
    row.append(head, make("td", about), ...held.slice(0, 2).map((reading) => make("td", reading === null ? "–" : reading)));
    return row;
  });
  $("differences").tBodies[0].replaceChildren(...made);
  rove($("differences"), made.map((row) => row.querySelector("button")));
}

hooks.redraw = draw;
hooks.counterpart = (pane, id) => {
  const compared = pairShown(), side = panes.indexOf(pane);
  const found = compared && compared[2].find(([kind, , , , ...ids]) => kind !== "relation" && ids[side] === id && ids[1 - side]);
  return found ? { pane: panes[1 - side], id: found[5 - side] } : null;
};

// From a claim to its spans: they are marked, and the relations between them drawn.
function pick(row, isAsked) {
  const [pane] = panes, ids = new Set(spansOfRow(row));
  rows.forEach((each) => each.classList.toggle("chosen", each === row));
  if (!pane) return;
  chosen = { pane, draws: (head, tail) => ids.has(head) && ids.has(tail) };
  const isContent = (id) => pane.byId.has(id) && pane.byId.get(id).label === "CONTENT";
  mark(pane, new Set([...ids].filter((id) => !isContent(id))), ids);
  drawArcs();
  const first = pane.spans.find((span) => ids.has(span.id));
  if (isAsked && first) pane.box.scrollTop += pane.tags.get(first.id).getBoundingClientRect().top - pane.box.getBoundingClientRect().top - 80;
}
rows.forEach((row) => {
  row.addEventListener("focusin", () => pick(row, true));
  row.addEventListener("click", () => pick(row, true));
  row.addEventListener("mouseenter", () => { if (!$("claims").contains(document.activeElement)) pick(row, false); });
});
if (rows.length) rove($("claims"), rows.map((row) => row.querySelector("button")));

// And from a span to its claims.
const rowsWith = (id) => (pairShown() ? [] : rows.filter((row) => spansOfRow(row).includes(id)));
hooks.chose = (pane, id) => {
  const held = rowsWith(id);
  rows.forEach((row) => row.classList.toggle("chosen", held.includes(row)));
  if (held.length) $("claims").scrollTop += held[0].getBoundingClientRect().top - $("claims").getBoundingClientRect().top - 80;
};
hooks.further = (pane, id) => {
  const held = rowsWith(id), line = make("p", "In claims: ");
  held.forEach((row) => line.append(link(row.id, () => row.querySelector("button").focus()), " "));
  return held.length ? [line] : [];
};

if ($("shown")) $("shown").addEventListener("change", draw);
draw();
// A link to a claim; the browser's own step to it takes the focus away, so ours comes after.
function follow() {
  const named = rows.find((row) => `#${row.id}` === location.hash);
  if (named) named.querySelector("button").focus();
}
addEventListener("load", () => setTimeout(follow));
addEventListener("hashchange", follow);
