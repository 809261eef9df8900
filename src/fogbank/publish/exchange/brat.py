"""brat standoff: a `.txt` and an `.ann` file for each document, with the configuration that brat opens them by.

    T1	DEATH 10 16	killed                    a span; of several lines: `T1	CONTENT 0 4;6 9	said more`
    A1	status T1 actual                      an attribute that is a choice
    #1	AnnotatorNotes T2	value=27          the other attributes of a span: numbers, dates, lengths
    R1	affected Arg1:T1 Arg2:T3              a relation, from its head to its tail

Offsets count code points, as brat's do.  Every span is a text-bound annotation and every relation a relation, events
included: brat's own events would hide which of several mentions an argument is, and cannot be ends of relations.  A
span over a line end becomes one annotation of several fragments, since brat knows none over lines.  `annotation.conf`
and `visual.conf` hold the scheme: labels by layer, what relations may connect, choices, colours.

Left out in writing: a span that begins or ends with white space.  Left out in reading: brat's events, normalisations,
equivalences, notes that are not of the form above, attributes without a value, and spans of fragments with words
between them.

Source: https://brat.nlplab.org/standoff.html, https://brat.nlplab.org/configuration.html
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from fogbank.errors import DataError
from fogbank.model.document import AttributeValue, Document, Relation, Span
from fogbank.model.scheme import SCHEME
from fogbank.model.storage import read_bytes, write_text
from fogbank.publish.exchange.format import (
    Format,
    FormatError,
    LeftOut,
    Read,
    is_blank_edged,
    joined,
    read_value,
    reading,
    without,
    written_value,
)

_SPACE = re.compile(r"\s+")
_BREAK = re.compile("[\t\n\v\f\x1c-\x1e\x85\u2028\u2029]")  # what ends a line, or a field, for one reader or another
_TEXTBOUND = re.compile(r"(\S+) (\d{1,9} \d{1,9}(?:;\d{1,9} \d{1,9})*)\t(.*)", re.ASCII | re.DOTALL)
_RELATION = re.compile(r"(\S+) Arg1:(\S+) Arg2:(\S+)\s*")
_ATTRIBUTE = re.compile(r"(\S+) (\S+)(?: (\S+))?\s*")
_NOTE = re.compile(r"AnnotatorNotes (\S+)\t(.*)", re.DOTALL)


def write(documents: Sequence[Document], folder: Path, name: str) -> LeftOut:
    """Write `<name>/<id>.txt` and `.ann` for each document, and the configuration into the folder."""
    left_out = LeftOut()
    for document in documents:
        blank = [span for span in document.spans if is_blank_edged(document, span)]
        kept = without(document, blank, "with white space at an edge", left_out)
        write_text(folder / name / f"{document.id}.txt", document.text or "")
        write_text(folder / name / f"{document.id}.ann", "".join(f"{line}\n" for line in _lines(kept.canonical())))
    write_text(folder / "annotation.conf", _annotation_conf())
    write_text(folder / "visual.conf", _visual_conf())
    return left_out


def _fragments(text: str, span: Span) -> list[tuple[int, int]]:
    found, start = [], span.start
    for gap in _SPACE.finditer(text, span.start, span.end):
        if _BREAK.search(gap[0]):
            found.append((start, gap.start()))
            start = gap.end()
    return [*found, (start, span.end)]


def _lines(document: Document) -> Iterator[str]:
    text = document.text or ""
    choices: list[tuple[str, str, str]] = []
    notes: list[tuple[str, str]] = []
    for span in document.spans:
        fragments = _fragments(text, span)
        offsets = ";".join(f"{start} {end}" for start, end in fragments)
        yield f"{span.id}\t{span.label} {offsets}\t{' '.join(text[start:end] for start, end in fragments)}"
        others = []
        for key, value in span.attributes.items():
            if SCHEME.attribute[key].type == "choice":
                choices.append((key, span.id, str(value)))
            else:
                others.append(f"{key}={written_value(value)}")
        if others:
            notes.append((span.id, "; ".join(others)))
    for number, choice in enumerate(choices, start=1):
        yield f"A{number}\t{' '.join(choice)}"
    for number, relation in enumerate(document.relations, start=1):
        yield f"R{number}\t{relation.label} Arg1:{relation.head} Arg2:{relation.tail}"
    for number, (span_id, note) in enumerate(notes, start=1):
        yield f"#{number}\tAnnotatorNotes {span_id}\t{note}"


def _annotation_conf() -> str:
    lines = ["[entities]"]
    for layer in SCHEME.layers:
        lines += [f"!{layer.name}", *(f"\t{label}" for label in SCHEME.labels_in(layer.name))]
    lines += ["", "[relations]", "<OVERLAP>\tArg1:<ENTITY>, Arg2:<ENTITY>, <OVL-TYPE>:<ANY>"]
    for relation in SCHEME.relations:
        heads_of: dict[str, list[str]] = {}  # by tails, so that a line holds all heads that may have the same
        for head in SCHEME.label_names:
            if tails := "|".join(tail for tail in SCHEME.label_names if (head, tail) in relation.pairs):
                heads_of.setdefault(tails, []).append(head)
        lines += [f"{relation.name}\tArg1:{'|'.join(heads)}, Arg2:{tails}" for tails, heads in heads_of.items()]
    lines += ["", "[events]", "", "[attributes]"]
    for attribute in SCHEME.attributes:
        if attribute.type == "choice":
            labels = "|".join(label for label in SCHEME.label_names if label in attribute.labels)
            lines.append(f"{attribute.name}\tArg:{labels}, Value:{'|'.join(attribute.names)}")
    return "\n".join(lines) + "\n"


def _visual_conf() -> str:
    lines = ["[labels]", "[drawing]", "SPAN_DEFAULT\tfgColor:white, bgColor:grey, borderColor:darken"]
    lines += [f"{label.name}\tbgColor:{label.colour}" for label in SCHEME.labels]
    # No default glyph of attributes: brat would draw it in place of each value ("actual" and "negated" both "*").
    lines.append("ARC_DEFAULT\tcolor:black, arrowHead:triangle-5")
    return "\n".join(lines) + "\n"


def read(path: Path) -> Iterator[Read]:
    """Read the document of an `.ann` file and the `.txt` file of the same name."""
    return reading(path, lambda: [_parse(path)])


def _decode(path: Path) -> str:
    try:
        return read_bytes(path).decode()
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: byte {error.start} is not UTF-8; expected UTF-8") from None


def _parse(path: Path) -> tuple[Document, LeftOut]:
    text = _decode(path.with_suffix(".txt"))
    spans: dict[str, Span] = {}
    attributes: dict[str, dict[str, AttributeValue]] = {}
    relations: list[Relation] = []
    left_out = LeftOut()
    for number, line in enumerate(_decode(path).split("\n"), start=1):
        key, tab, rest = line.removesuffix("\r").partition("\t")
        place = f"line {number}"
        if not line.strip():
            continue
        if not tab:
            raise FormatError(place, repr(line[:60]), "an id and a tab")
        if key.startswith("T"):
            if (span := _read_span(key, rest, text, place)) is None:
                left_out["span of fragments with words between them"] += 1
            elif spans.setdefault(key, span) is not span:
                raise FormatError(place, f"{key} is the id of an earlier line", "an id of its own")
        elif key.startswith("R"):
            if not (match := _RELATION.fullmatch(rest)):
                raise FormatError(place, repr(rest[:60]), "a type, Arg1:… and Arg2:…")
            relations.append(Relation(match[2], match[3], match[1]))
        elif key.startswith(("A", "M")):
            if not (match := _ATTRIBUTE.fullmatch(rest)):
                raise FormatError(place, repr(rest[:60]), "a name, an id and a value")
            if match[3] is None:
                left_out["attribute without a value"] += 1
            else:
                attributes.setdefault(match[2], {})[match[1]] = read_value(match[1], match[3])
        elif (match := _NOTE.fullmatch(rest)) and (given := _read_note(match[2])) is not None:
            attributes.setdefault(match[1], {}).update(given)
        else:
            left_out[_KINDS.get(key[0], "line of another kind")] += 1
    left_out["attribute of what is no span"] = sum(len(held) for key, held in attributes.items() if key not in spans)
    made = (Span(s.id, s.start, s.end, s.label, attributes.get(s.id, {})) for s in spans.values())
    return joined(path.stem, text, made, relations), +left_out


_KINDS = {"E": "event", "N": "normalisation", "*": "equivalence", "#": "note"}


def _read_span(key: str, rest: str, text: str, place: str) -> Span | None:
    if not (match := _TEXTBOUND.fullmatch(rest)):
        raise FormatError(place, repr(rest[:60]), "a type, offsets, a tab and the words")
    fragments = [tuple(map(int, pair.split())) for pair in match[2].split(";")]
    words = " ".join(text[start:end] for start, end in fragments)
    if words != match[3]:
        raise FormatError(place, f"{key} says {match[3][:60]!r}, but the text has {words[:60]!r}", "the words there")
    gaps = (text[one[1] : other[0]] for one, other in itertools.pairwise(fragments))
    if any(gap.strip() for gap in gaps):
        return None
    return Span(key, fragments[0][0], fragments[-1][1], match[1])


def _read_note(note: str) -> dict[str, AttributeValue] | None:
    given: dict[str, AttributeValue] = {}
    for part in note.split("; "):
        name, sign, value = part.strip().partition("=")
        if not sign or name not in SCHEME.attribute:
            return None
        given[name] = read_value(name, value)
    return given


FORMAT = Format("brat", "brat standoff", ".ann", write, read)
