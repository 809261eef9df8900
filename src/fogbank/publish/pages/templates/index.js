"use strict";
// The list of the corpus: every item is in the page; the search hides those that lack a word or a choice.
// `items` are, for each list item in order, [text to search besides its own words, one choice for each filter].
const { items } = JSON.parse(document.getElementById("data").textContent);
const field = document.getElementById("words"), filters = [...document.querySelectorAll("[data-filter]")];
const sections = [...document.querySelectorAll("section")].map((section) => ({
  section, none: section.querySelector("ul + p"), name: section.id, rows: [...section.querySelectorAll(".items > li")],
}));

// Folded for comparison, without a change of length, so that places in it are places in the text.
const plain = (letter) => {
  const folded = letter.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  return folded.length === letter.length ? folded : letter;
};
const fold = (text) => text.toLowerCase().length === text.length
  ? text.toLowerCase().replace(/[^\x00-\x7f]/g, plain)
  : text.replace(/[^]/g, plain);

let entries = null;
function prepare() {
  let at = 0;
  entries = sections.flatMap(({ rows }) => rows.map((row) => {
    const [text, ...choices] = items[at++];
    return { row, text, folded: fold(`${text} ${row.textContent}`), choices, note: null };
  }));
}

const BEFORE = 40, AFTER = 90;
function quote(entry, word) {
  const at = word ? entry.folded.indexOf(word) : -1;
  if (entry.note) entry.note.remove();
  entry.note = null;
  if (at < 0 || at + word.length > entry.text.length) return;
  const start = Math.max(0, at - BEFORE), end = Math.min(entry.text.length, at + word.length + AFTER);
  const note = document.createElement("p"), found = document.createElement("mark");
  found.textContent = entry.text.slice(at, at + word.length);
  note.append(start ? "…" : "", entry.text.slice(start, at), found, entry.text.slice(at + word.length, end), end < entry.text.length ? "…" : "");
  entry.note = note;
  entry.row.append(note);
}

const QUOTED = 60;
function search() {
  const asked = fold(field.value.trim()).split(/\s+/).filter(Boolean), chosen = filters.map((filter) => filter.value);
  if (!entries && !asked.length && chosen.every((choice) => !choice)) return;
  if (!entries) prepare();
  let quoted = 0;
  for (const entry of entries) {
    const held = chosen.every((choice, at) => !choice || entry.choices[at].includes(choice)) && asked.every((word) => entry.folded.includes(word));
    if (entry.row.hidden === held) entry.row.hidden = !held;
    if (entry.note || (held && asked.length)) quote(entry, held && asked.length && quoted++ < QUOTED ? asked[0] : "");
  }
  const counts = sections.map(({ rows, none, name }) => {
    const shown = rows.filter((row) => !row.hidden).length;
    none.hidden = shown > 0;
    return `${shown} ${shown === 1 ? name.slice(0, -1) : name}`;
  });
  document.getElementById("number").textContent = counts.join(", ");
}
let waiting = 0;
field.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(search, 60); });
filters.forEach((filter) => filter.addEventListener("change", search));
document.querySelector("form").addEventListener("submit", (event) => { event.preventDefault(); search(); });
addEventListener("pageshow", search);
(window.requestIdleCallback || setTimeout)(() => { if (!entries) prepare(); });
