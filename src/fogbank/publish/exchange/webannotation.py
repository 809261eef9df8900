"""W3C Web Annotation: for each document its `.txt` and an AnnotationPage, `.jsonld`, beside it.

A span is an annotation of the text: its label is a tag, each attribute a body of the purpose `describing` that has the
attribute's name, and its target is selected by position and by quotation, so that it is still found where the text has
changed.  A relation is an annotation of the motivation `linking` whose targets are the annotations of its head and its
tail, in this order, as Recogito writes it; its label is a tag.

Positions count code points, as the model asks.  Nothing of a document is left out in writing.  Left out in reading:
annotations that are neither, bodies of other purposes (comments, say), and a second tag.

Source: https://www.w3.org/TR/annotation-model/
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from fogbank.errors import DataError
from fogbank.model.document import AttributeValue, Document, Relation, Span
from fogbank.model.storage import pretty_json_bytes, read_bytes, read_json, write_bytes, write_text
from fogbank.publish.exchange.format import Format, FormatError, LeftOut, Read, joined, reading

_CONTEXT = ["http://www.w3.org/ns/anno.jsonld", {"attribute": "https://fogbank.example/ns#attribute"}]
_AROUND = 32  # code points quoted before and after a span, as browsers' text fragments do


def write(documents: Sequence[Document], folder: Path, name: str) -> LeftOut:
    """Write `<name>/<id>.txt` and `.jsonld` for each document."""
    for document in documents:
        write_text(folder / name / f"{document.id}.txt", document.text or "")
        write_bytes(folder / name / f"{document.id}.jsonld", pretty_json_bytes(_page(document.canonical())))
    return LeftOut()


def _page(document: Document) -> dict[str, Any]:
    spans = [_span_json(document, span) for span in document.spans]
    relations = [
        {
            "id": f"#R{number}",
            "type": "Annotation",
            "motivation": "linking",
            "body": [_tag(relation.label)],
            "target": [{"id": f"#{relation.head}"}, {"id": f"#{relation.tail}"}],
        }
        for number, relation in enumerate(document.relations, start=1)
    ]
    return {"@context": _CONTEXT, "id": f"{document.id}.jsonld", "type": "AnnotationPage", "items": spans + relations}


def _tag(label: str) -> dict[str, Any]:
    return {"type": "TextualBody", "purpose": "tagging", "value": label}


def _span_json(document: Document, span: Span) -> dict[str, Any]:
    text = document.text or ""
    described = [
        {"type": "TextualBody", "purpose": "describing", "attribute": name, "value": value}
        for name, value in span.attributes.items()
    ]
    quotation = {
        "type": "TextQuoteSelector",
        "exact": document.quote(span),
        "prefix": text[max(0, span.start - _AROUND) : span.start],
        "suffix": text[span.end : span.end + _AROUND],
    }
    position = {"type": "TextPositionSelector", "start": span.start, "end": span.end}
    return {
        "id": f"#{span.id}",
        "type": "Annotation",
        "body": [_tag(span.label), *described],
        "target": {"source": f"{document.id}.txt", "selector": [position, quotation]},
    }


def read(path: Path) -> Iterator[Read]:
    """Read the document of a `.jsonld` file and the `.txt` file of the same name."""
    return reading(path, lambda: [_parse(path)])


def _parse(path: Path) -> tuple[Document, LeftOut]:
    try:
        text = read_bytes(path.with_suffix(".txt")).decode()
    except UnicodeDecodeError as error:
        raise DataError(f"{path.with_suffix('.txt')}: byte {error.start} is not UTF-8; expected UTF-8") from None
    page = read_json(path)
    if not isinstance(page, Mapping) or not isinstance(items := page.get("items"), list):
        raise FormatError("$.items", "there is no list", "an AnnotationPage with items")
    spans, relations, left_out = [], [], LeftOut()
    for number, item in enumerate(items):
        place = f"$.items[{number}]"
        if not isinstance(item, Mapping):
            raise FormatError(place, repr(item)[:60], "an annotation")
        label, attributes = _read_bodies(item, place, left_out)
        target = item.get("target")
        if label is None:
            left_out["annotation without a tag"] += 1
        elif item.get("motivation") == "linking" and isinstance(target, list):
            ends = [_name(end.get("id") if isinstance(end, Mapping) else end) for end in target]
            if len(ends) != 2:
                raise FormatError(f"{place}.target", f"a list of {len(ends)}", "a head and a tail")
            relations.append(Relation(ends[0], ends[1], label))
        elif (found := _position(target)) is not None:
            start, end, words = found
            span = Span(_name(item.get("id")), start, end, label, attributes)
            if words is not None and text[start:end] != words:
                raise FormatError(f"{place}.target", f"quotes {words[:60]!r} of {text[start:end][:60]!r}", "one text")
            spans.append(span)
        else:
            left_out["annotation without a position"] += 1
    return joined(path.stem, text, spans, relations), +left_out


def _name(identifier: object) -> str:
    """Give the part of an IRI behind `#`."""
    return identifier.rpartition("#")[2] if isinstance(identifier, str) else ""


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _read_bodies(
    item: Mapping[str, Any], place: str, left_out: LeftOut
) -> tuple[str | None, dict[str, AttributeValue]]:
    label: str | None = None
    attributes: dict[str, AttributeValue] = {}
    for body in _listed(item.get("body", [])):
        value = body.get("value") if isinstance(body, Mapping) else None
        purpose = body.get("purpose") if isinstance(body, Mapping) else None
        if purpose == "tagging" and label is None and isinstance(value, str):
            label = value
        elif purpose == "describing" and isinstance(name := body.get("attribute"), str):
            if isinstance(value, bool) or not isinstance(value, str | int | float):
                raise FormatError(f"{place}.body", f"{name} is {value!r}"[:80], "words or a number")
            attributes[name] = value
        else:
            left_out["body of another purpose"] += 1
    return label, attributes


def _position(target: object) -> tuple[int, int, str | None] | None:
    """Find the offsets that a target selects, and the words that it quotes."""
    selectors = _listed(target.get("selector")) if isinstance(target, Mapping) else []
    held = {s.get("type"): s for s in selectors if isinstance(s, Mapping) and isinstance(s.get("type"), str)}
    position = held.get("TextPositionSelector", {})
    start, end = position.get("start"), position.get("end")
    words = held.get("TextQuoteSelector", {}).get("exact")
    if type(start) is not int or type(end) is not int:
        return None
    return start, end, words if isinstance(words, str) else None


FORMAT = Format("webannotation", "W3C Web Annotation (JSON-LD)", ".jsonld", write, read)
