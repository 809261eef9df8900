"""UIMA CAS XMI: an `.xmi` file for each document and one `TypeSystem.xml` for all, as INCEpTION imports them.

    fogbank.Span       an annotation with `label`, and a feature for each attribute of the scheme
    fogbank.Relation   `Governor` and `Dependent`, its head and its tail, each a fogbank.Span; and `label`

One span type holds all layers, because a relation layer of INCEpTION attaches to one span layer and ours run between
layers; nesting and overlap are as in the document.  Features are strings, since a CAS integer ends at 2,147,483,647.
The attributes `start` and `end` of a TIME are the features `time_start` and `time_end`: every annotation has an `end`
of its own.  In the file, offsets count UTF-16 units, as UIMA's do; cassis converts them, and `cas.select` gives ours.
Tokens and sentences are not written; INCEpTION makes its own.

Left out in writing: a document whose text holds a character that XML 1.0 cannot (a form feed, say).  Left out in
reading: annotations of other types, and spans or relations without a label or an end.

Source: https://docs.oasis-open.org/uima/v1.0/uima-v1.0.html, https://inception-project.github.io
"""

import re
import warnings
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fogbank.errors import FogbankError
from fogbank.model.document import Document, Relation, Span
from fogbank.model.scheme import SCHEME
from fogbank.model.storage import read_bytes, write_text
from fogbank.publish.exchange.format import (
    Format,
    FormatError,
    LeftOut,
    Read,
    joined,
    read_value,
    reading,
    written_value,
)

if TYPE_CHECKING:
    from cassis import Cas, TypeSystem

SPAN, RELATION = "fogbank.Span", "fogbank.Relation"
TYPES = "TypeSystem.xml"
FEATURE = {a.name: {"start": "time_start", "end": "time_end"}.get(a.name, a.name) for a in SCHEME.attributes}
"""The feature that holds each attribute."""
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # the production Char of XML 1.0
_DOCTYPE = b"<!DOCTYPE"  # no CAS has one, and entities are a way to attack a reader


def _cassis() -> Any:
    try:
        import cassis  # noqa: PLC0415  an optional package
    except ImportError:
        raise FogbankError("this format needs cassis; install it with pip install 'fogbank[xmi]'") from None
    return cassis


def _type_system() -> "TypeSystem":
    types = _cassis().TypeSystem()
    string = "uima.cas.String"
    span = types.create_type(SPAN, "uima.tcas.Annotation", "A labelled stretch of text.")
    types.create_feature(span, "label", string, description="; ".join(SCHEME.label_names))
    for attribute in SCHEME.attributes:
        types.create_feature(span, FEATURE[attribute.name], string, description=attribute.gloss)
    relation = types.create_type(RELATION, "uima.tcas.Annotation", "A labelled link from its Governor.")
    types.create_feature(relation, "Governor", span, description="the head")
    types.create_feature(relation, "Dependent", span, description="the tail")
    types.create_feature(relation, "label", string, description="; ".join(SCHEME.relation_names))
    return types


def write(documents: Sequence[Document], folder: Path, name: str) -> LeftOut:
    """Write `<name>/<id>.xmi` for each document and `TypeSystem.xml`.  Raises FogbankError without cassis."""
    left_out = LeftOut()
    types = _type_system()
    write_text(folder / TYPES, types.to_xml())
    for document in documents:
        if _NO_XML.search(document.text or ""):
            left_out["document with a character that XML cannot hold"] += 1
        else:
            write_text(folder / name / f"{document.id}.xmi", _cas(types, document.canonical()).to_xmi())
    return left_out


def _cas(types: "TypeSystem", document: Document) -> "Cas":
    cas: Cas = _cassis().Cas(types)
    cas.sofa_string, cas.sofa_mime = document.text or "", "text/plain"
    span_type, relation_type = types.get_type(SPAN), types.get_type(RELATION)
    made = {}
    for span in document.spans:
        features = {FEATURE[name]: written_value(value) for name, value in span.attributes.items()}
        made[span.id] = span_type(begin=span.start, end=span.end, label=span.label, **features)
    cas.add_all(made.values())
    for relation in document.relations:
        head, tail = made[relation.head], made[relation.tail]
        # It stands where its tail does, as INCEpTION's own relations do.
        cas.add(relation_type(begin=tail.begin, end=tail.end, Governor=head, Dependent=tail, label=relation.label))
    return cas


def read(path: Path) -> Iterator[Read]:
    """Read the document of an `.xmi` file by the `TypeSystem.xml` beside or above it, or else by ours.

    Raises FogbankError where cassis is not installed.
    """
    cassis = _cassis()
    return reading(path, lambda: [_parse(path, cassis)])


def _parse(path: Path, cassis: Any) -> tuple[Document, LeftOut]:
    content = read_bytes(path)
    beside = next((p for p in (path.parent / TYPES, path.parent.parent / TYPES) if p.is_file()), None)
    described = None if beside is None else read_bytes(beside)
    if _DOCTYPE in content or _DOCTYPE in (described or b""):
        raise FormatError("$", "there is a document type declaration", "XML without one")
    try:
        with warnings.catch_warnings(record=True) as unknown:
            warnings.simplefilter("always")
            types = _type_system() if described is None else cassis.load_typesystem(BytesIO(described))
            cas = cassis.load_cas_from_xmi(BytesIO(content), typesystem=types, lenient=True)
            text = cas.sofa_string
            everything = cas.select_all_annotations()
            spans, relations = cas.select(SPAN), cas.select(RELATION)
    except Exception as error:  # cassis raises what its parts raise: XMLSyntaxError, KeyError, RuntimeError, …
        raise FormatError("$", f"{type(error).__name__}: {error}"[:120], f"a CAS in XMI with the type {SPAN}") from None
    if not isinstance(text, str):
        raise FormatError("$", "there is no text", "a CAS with a text")
    others = sum(1 for one in everything if one.type.name not in (SPAN, RELATION))
    left_out = LeftOut({"annotation of another type": others + sum(w.category is UserWarning for w in unknown)})
    found: dict[int, Span] = {}
    for number, one in enumerate(spans):
        if one.label and isinstance(one.begin, int) and isinstance(one.end, int):
            attributes = {
                name: read_value(name, str(value))
                for name, feature in FEATURE.items()
                if (value := getattr(one, feature, None)) is not None
            }
            found[one.xmiID] = Span(f"S{number}", one.begin, one.end, one.label, attributes)
        else:
            left_out["span without a label"] += 1
    links: list[Relation] = []
    for one in relations:
        ends = [found.get(getattr(end, "xmiID", -1)) for end in (one.Governor, one.Dependent)]
        if one.label and ends[0] is not None and ends[1] is not None:
            links.append(Relation(ends[0].id, ends[1].id, one.label))
        else:
            left_out["relation without a label or an end"] += 1
    return joined(path.stem, text, found.values(), links), +left_out


FORMAT = Format("xmi", "UIMA CAS XMI (INCEpTION)", ".xmi", write, read)
