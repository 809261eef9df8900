"""Every problem that FogBank can find, in one table: its code, level, explanation, an example and what was expected.

The rules for one document bring their own rows; the rows below are of what only a file, a Label Studio export, an
annotation by quotation, a decision or the whole corpus can break.  Every problem has a code of this table, also
by the layers above, so that the table is all there is.  Codes are stable: scripts may rely on them.
"""

from typing import NamedTuple

from fogbank.check.problem import Level, Problem
from fogbank.check.rules import RULES


class Row(NamedTuple):
    """One row; `expected` is what a problem says it expected where the place does not say it better."""

    code: str
    level: Level
    explanation: str
    example: str
    expected: str = ""


_S, _I, _C = Level.SYNTAX, Level.INTEGRITY, Level.CORPUS

_FILES = (
    # ------------------------------------------------------------ any file
    Row("file-encoding", _S, "A file is not UTF-8, or begins with a byte order mark.", "a file saved as Latin-1",
        "UTF-8 without a byte order mark"),
    Row("file-empty", _S, "A file holds nothing.", "a file of no bytes", "a file that holds something"),
    Row("file-kind-unknown", _S, "A file is none of the kinds that FogBank reads.", "an HTML page",
        "a Label Studio export, a gold document, predictions, a manifest, or a theatre, incident or rounds sheet"),
    Row("json-syntax", _S, "A file or a line is no JSON: cut off, NaN, a lone surrogate, a raw control character, a "
        "number that no program can hold.", '`{"value": NaN}`', "JSON (RFC 8259)"),
    Row("json-key-repeated", _S, "An object has one key twice, so readers differ in which they take.",
        '`{"id": "a", "id": "b"}`', "each key once"),
    Row("json-too-deep", _S, "Values are nested deeper than any of FogBank's files are.", "2,000 opening brackets",
        "at most 250 levels"),
    Row("json-not-lines", _S, "Predictions, a manifest or tasks stand as one object over several lines.",
        "a prediction file written with indents", "JSON Lines: one object a line"),
    Row("json-shape", _S, "A value does not have the shape that its JSON Schema gives it.", '`"start": "12"`'),
    Row("toml-syntax", _S, "A sheet is no TOML.", "`title = no quotes`", "TOML 1.0"),
    Row("toml-time-quoted", _S, "A date-time stands in quotation marks, so it is read as words.",
        '`time = "2020-03-04T09:00:00"`', "a date-time without quotation marks"),
    # ------------------------------------------------------------ spans, before a document can be built of them
    Row("offset-not-whole", _S, "An offset is written with a decimal point; Label Studio drops such offsets.",
        '`"start": 12.0`', "a whole number without a decimal point"),
    Row("span-reversed", _S, "A span does not end after its start.", '`"start": 12, "end": 12`', "start below end"),
    # ------------------------------------------------------------ annotations by quotation, and decisions on them
    Row("quotes-shape", _S, "An annotation by quotation is not written as one: no list of spans, a span without id, "
        "label or quote, a relation without its three names.", '`{"id": "T1", "label": "PLACE"}` without a `quote`'),
    Row("quotes-id", _S, "An annotation by quotation is of another document than the one it was asked for.",
        '`"id": "vdr-01-b"` in the answer for `vdr-01-a`'),
    Row("quotes-place", _S, "A quote does not settle one place in the text, or what it says of it makes no span.",
        '"Hask", which stands there three times, without an `occurrence`', "a quote that settles one place"),
    Row("adjudication-decision", _S, "An adjudicator's decisions leave a difference open, contradict each other, or "
        "name what is not there.", '`"keep": ["A1"], "drop": ["A1"]`'),
    # ------------------------------------------------------------ files of other tools
    Row("exchange-syntax", _S, "A file of another tool is not written as its format asks, or states other words than "
        "its text has.", "`T1` without offsets in an `.ann` file"),
    # ------------------------------------------------------------ Label Studio's export
    Row("result-item-no-object", _S, "A result holds something that is no object; Label Studio stores it unseen.",
        '`"result": ["x", null]`', "an object"),
    Row("item-control-unknown", _S, "An item comes from a control or points at an object that the labeling config "
        "lacks; Label Studio drops it, or its label, at the next save.", '`"from_name": "lable"`'),
    Row("span-several-labels", _S, "One region carries several labels.", '`"labels": ["ORG", "FORCE"]`', "one label"),
    Row("attribute-several-values", _S, "One attribute of a region has several values.",
        '`"choices": ["actual", "planned"]`', "one value"),
    Row("attribute-without-span", _I, "An attribute has the id of no region; Label Studio drops it at the next save.",
        "an item of `stance` whose region was deleted", "the id of a region"),
    Row("attribute-repeated", _I, "A region has one attribute twice.", "two items of `status` with one id", "one item"),
    Row("attribute-place", _I, "An attribute's item stands elsewhere than its region.",
        "region at 10–16, its `status` at 10–15", "the offsets of the region"),
    Row("relation-both-ways", _I, "A relation has the direction `bi`; every relation has one head and one tail.",
        '`"direction": "bi"`', "right or left"),
    Row("relation-several-types", _I, "One relation carries several types.", '`"labels": ["agent", "affected"]`',
        "one type"),
    Row("offset-utf16", _I, "Offsets count UTF-16 units: they fit the stated words, or the words of the text, only if "
        "each character beyond U+FFFF counts two.", "a span one to the right after an emoji",
        "offsets in Unicode code points"),
    Row("span-words-differ", _I, "The words that a region states are not those at its offsets (line ends stand as the "
        "two characters `\\n` in them).", '`"text": "Orel"` at the offsets of "orel"'),
    Row("text-hash", _I, "A task's text is not the one whose SHA-256 the task states.",
        "a text edited in Label Studio"),
    Row("text-not-normalised", _I, "A task's text is not as FogBank stores texts.", "CR LF line ends, a NUL",
        "NFC, LF, no control characters"),
    Row("document-repeated", _I, "Two tasks, lines or documents of one file have the same id.",
        "a task imported twice", "each id once"),
    Row("annotation-missing", _I, "A task has no annotation.", '`"annotations": []`', "an annotation"),
    Row("annotation-cancelled", _I, "An annotation was skipped, not submitted.", '`"was_cancelled": true`',
        "a submitted annotation"),
    Row("annotation-draft", _I, "A task holds a draft that was never submitted.", '`"drafts": [{…}]`', "no draft"),
    Row("annotation-repeated", _I, "One annotator has two annotations of one task.",
        "two annotations with one `completed_by`", "one annotation"),
    # ------------------------------------------------------------ sheets
    Row("sheet-name-repeated", _I, "Two entries of one list have the same name or id.", "two places of one name",
        "each once"),
    Row("sheet-time-order", _I, "Statements or reports are out of order in time, or an incident ends before it starts.",
        "a statement of 09:00 after one of 10:00", "the order of time"),
    Row("statement-unknown", _I, "`knows` or `revises` names no statement, or no earlier one.", '`knows = ["s99"]`',
        "the id of an earlier statement"),
    Row("statement-later", _I, "A report knows a statement that was made after its publication.",
        "a report of 10:00 that knows a statement of 11:00", "a statement made by then"),
    Row("figure-contradictory", _I, "The parts of a figure do not fit each other.", "`vague` with a value",
        "vague: a class alone; range: value below value_high; else a value alone"),
    Row("report-id", _I, "A report's id is not that of its incident and one of its first letters, each once.",
        "`vdr-01-c` of two reports"),
    Row("place-unknown", _I, "A sheet names a place that the theatre's sheet does not have.", '`within = "Nowhere"`',
        "a place of the theatre"),
    Row("place-in-circle", _I, "A place lies, by way of others, in itself.", "A within B, B within A", "a tree"),
    Row("outlet-id", _I, "An outlet's id does not begin with its theatre's.", "`abc-wire` in theatre `xyz`"),
    Row("agent-unknown", _C, "An incident's agent is no party of the theatre.", '`agent = "the army"`',
        "the name of a party, or unknown"),
    Row("theatre-unknown", _C, "A sheet or article names a theatre that has no sheet, or that its own id denies.",
        '`theatre = "xyz"`', "a theatre of the corpus"),
    Row("incident-unknown", _C, "An article names an incident that has no sheet.", '`"incident": "vdr-99"`',
        "an incident of the corpus"),
    Row("outlet-unknown", _C, "An article or report names an outlet that its theatre does not have.",
        '`"outlet": "vdr-times"`', "an outlet of the theatre"),
    Row("report-differs", _C, "An article says other things of itself than its incident's sheet says.",
        "another outlet, genre or time of publication"),
    # ------------------------------------------------------------ the corpus
    Row("file-name", _C, "A file is not named after what it holds.", "gold of `vdr-01-a` in `vdr-01-b.json`"),
    Row("file-missing", _C, "A file that the corpus needs is not there.", "no `corpus/splits/test.txt`", "the file"),
    Row("article-file-missing", _C, "The text of an article that is shared is not there.",
        "no `corpus/articles/vdr-01-a.txt`", "the text"),
    Row("article-file-changed", _C, "A text is not the one that was registered.", "an edited article"),
    Row("article-file-unlisted", _C, "A text belongs to no article of the manifest.", "a stray `draft.txt`",
        "a line in the manifest"),
    Row("article-unknown", _C, "Something names an article that the manifest does not have.",
        "gold of an article that was renamed", "the id of an article"),
    Row("text-other", _C, "A document or task was made of another text than the registered one.",
        "gold whose `sha256` is that of an earlier text"),
    Row("words-not-withheld", _C, "An export in the corpus holds words of an article whose text is withheld.",
        "`data.text` of a wire article", "offsets and labels only"),
    Row("split-repeated", _C, "An article stands twice in the splits.", "`vdr-01-a` in train and in test",
        "one split for an article"),
    Row("split-missing", _C, "An article in use stands in no split.", "a new article", "one split for an article"),
    Row("split-retired", _C, "An article that is out of use stands in a split.", "`vdr-01-a`, retired, in train",
        "articles in use only"),
    Row("split-part", _C, "A wire article stands outside the split `wire`, or another inside it.",
        "a dispatch in `wire.txt`"),
    Row("split-incident", _C, "The articles of one incident stand in several splits, of one outlet or of several.",
        "`vdr-01-a` in train, `vdr-01-b` in test", "one split for an incident"),
    Row("split-near-duplicate", _C, "Two texts of different splits are alike: the shorter has half its runs of five "
        "words, or more, from the other (texts that are withheld and not here are not compared).",
        "an agency's report in train, its reprint in test", "near duplicates in one split"),
    Row("gold-missing", _C, "An article has no gold document.", "no `annotations/gold/vdr-01-a.json`", "a document"),
    Row("annotator-unknown", _C, "Something names an annotator whom `rounds.toml` does not list.",
        '`"annotators": ["b9"]`', "an annotator of rounds.toml"),
    Row("annotator-differs", _C, "An annotation was made by another than the file's annotator.",
        "`first/a1.json` with work of a2"),
    Row("assignment-differs", _C, "An annotator's export does not hold the articles assigned in `rounds.toml`.",
        "an article that was assigned and is not exported"),
    Row("export-missing", _C, "An annotator with assignments in a round has no export.",
        "no `exports/first/a1.json`", "an export"),
    Row("export-unassigned", _C, "An export belongs to no round, or to no annotator of it.", "`exports/first/a9.json`",
        "a round and an annotator of rounds.toml"),
)  # fmt: skip

TABLE: dict[str, Row] = {
    row.code: row for row in (*_FILES, *(Row(rule.code, rule.level, rule.explanation, rule.example) for rule in RULES))
}
"""Every row by its code."""


def problem(code: str, file: str, place: str, message: str, expected: str = "") -> Problem:
    """Make a problem of a code in the table, with the table's level, and its expectation unless another is given."""
    row = TABLE[code]
    return Problem(file, place, code, row.level, message, expected or row.expected)


def rule_table() -> str:
    """Give the table in Markdown, by level and then by code."""
    levels = list(Level)
    lines = ["| code | level | what it means | example |", "|---|---|---|---|"]
    for row in sorted(TABLE.values(), key=lambda row: (levels.index(row.level), row.code)):
        cells = (f"`{row.code}`", row.level.value, row.explanation, row.example)
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"
