"""spaCy: one `.spacy` file a split, a `DocBin` of its documents.

`doc.spans` has a group for each layer, with all of its spans, nested ones too; a span's `label_` is its label and its
`id_` the id by which the rest names it.  `doc.ents`, which may not overlap, holds the longest of the entities and
values.  `doc.user_data["fogbank"]` holds what spaCy has no place for, as plain values:

    {"id": "vdr-01-a", "attributes": {"T1": {"status": "actual"}, …}, "relations": [["T1", "affected", "T3"], …]}

Tokens are those of spaCy's English tokeniser, split further where a span of gold ends inside one ("Reteval-led").

Left out in writing: a span that begins or ends with white space.  Left out in reading: spans in groups that are no
layer, and attributes of what is no span; `doc.ents` is not read, since the groups hold it.

Source: https://spacy.io/api/docbin
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fogbank.errors import FogbankError
from fogbank.model.document import Document, Relation, Span
from fogbank.model.scheme import SCHEME
from fogbank.model.storage import read_bytes, write_bytes
from fogbank.publish.exchange.format import (
    Format,
    FormatError,
    LeftOut,
    Read,
    is_blank_edged,
    joined,
    reading,
    without,
)

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

_KEY = "fogbank"
_FLAT = ("entity", "value")


@cache
def _language() -> "Language":
    try:
        import spacy  # noqa: PLC0415  an optional package, and one that takes seconds to import
    except ImportError:
        raise FogbankError("this format needs spaCy; install it with pip install 'fogbank[spacy]'") from None
    return spacy.blank("en")


def write(documents: Sequence[Document], folder: Path, name: str) -> LeftOut:
    """Write `<name>.spacy`.  Raises FogbankError where spaCy is not installed."""
    language = _language()
    from spacy.tokens import DocBin  # noqa: PLC0415

    left_out = LeftOut()
    language.max_length = max([language.max_length, *(len(document.text or "") for document in documents)])
    packed = DocBin(store_user_data=True)
    for document in documents:
        blank = [span for span in document.spans if is_blank_edged(document, span)]
        packed.add(_doc(language, without(document, blank, "with white space at an edge", left_out).canonical()))
    write_bytes(folder / f"{name}.spacy", packed.to_bytes())
    return left_out


def _doc(language: "Language", document: Document) -> "Doc":
    from spacy.util import filter_spans  # noqa: PLC0415

    doc = language.make_doc(document.text or "")
    _split(doc, {edge for span in document.spans for edge in (span.start, span.end)})
    for layer in SCHEME.layers:
        labels = SCHEME.labels_in(layer.name)
        here = (span for span in document.spans if span.label in labels)
        found = [doc.char_span(span.start, span.end, label=span.label, span_id=span.id) for span in here]
        doc.spans[layer.name] = [span for span in found if span is not None]  # none is, now that tokens are split
    doc.set_ents(filter_spans(span for name in _FLAT for span in doc.spans[name]))
    doc.user_data[_KEY] = {
        "id": document.id,
        "attributes": {span.id: dict(span.attributes) for span in document.spans if span.attributes},
        "relations": [[relation.head, relation.label, relation.tail] for relation in document.relations],
    }
    return doc


def _split(doc: "Doc", edges: set[int]) -> None:
    """Split the tokens inside which a span begins or ends."""
    with doc.retokenize() as retokenizer:
        for token in doc:
            start, end = token.idx, token.idx + len(token)
            if inside := sorted(edge for edge in edges if start < edge < end):
                parts = [token.text[a - start : b - start] for a, b in pairwise([start, *inside, end])]
                retokenizer.split(token, parts, heads=[(token, number) for number in range(len(parts))])


def read(path: Path) -> Iterator[Read]:
    """Read the documents of a `.spacy` file.  Raises FogbankError where spaCy is not installed."""
    language = _language()
    return reading(path, lambda: _parse(path, language))


def _parse(path: Path, language: "Language") -> Iterator[tuple[Document, LeftOut]]:
    from spacy.tokens import DocBin  # noqa: PLC0415

    try:
        docs = DocBin().from_bytes(read_bytes(path)).get_docs(language.vocab)
        for number, doc in enumerate(docs):
            yield _document(doc, f"doc {number}")
    except (FogbankError, FormatError):
        raise
    except Exception as error:  # spaCy raises what its parts raise: zlib.error, KeyError, IndexError, …
        raise FormatError("$", f"{type(error).__name__}: {error}"[:120], "a DocBin of spaCy 3") from None


def _document(doc: "Doc", place: str) -> tuple[Document, LeftOut]:
    left_out = LeftOut()
    held = doc.user_data.get(_KEY)
    if not isinstance(held, Mapping) or not isinstance(held.get("id"), str):
        raise FormatError(place, "it does not say which document it is", f"an id in doc.user_data[{_KEY!r}]")
    attributes, relations = held.get("attributes", {}), held.get("relations", [])
    if not isinstance(attributes, Mapping) or not all(isinstance(given, Mapping) for given in attributes.values()):
        raise FormatError(place, "attributes are of another form", "a mapping by span and name")
    if not isinstance(relations, list | tuple) or not all(map(_is_triple, relations)):
        raise FormatError(place, "relations are of another form", "a list of head, label and tail")
    spans: list[Span] = []
    for name, group in doc.spans.items():
        if name not in {layer.name for layer in SCHEME.layers}:
            left_out["span in a group that is no layer"] += len(group)
            continue
        for number, span in enumerate(group):
            key = span.id_ or f"{name}.{number}"
            spans.append(
                Span(key, span.start_char, span.end_char, span.label_, _values(attributes.get(key, {}), place))
            )
    left_out["attribute of what is no span"] = sum(
        len(given) for key, given in attributes.items() if key not in {span.id for span in spans}
    )
    made = (Relation(head, tail, label) for head, label, tail in relations)
    return joined(held["id"], doc.text, spans, made), +left_out


def _is_triple(value: Any) -> bool:
    return isinstance(value, list | tuple) and len(value) == 3 and all(isinstance(part, str) for part in value)


def _values(given: Mapping[Any, Any], place: str) -> dict[str, str | int | float]:
    for name, value in given.items():
        if not isinstance(name, str) or isinstance(value, bool) or not isinstance(value, str | int | float):
            raise FormatError(place, f"the attribute {name!r} is {value!r}"[:120], "words or a number")
    return dict(given)


FORMAT = Format("spacy", "spaCy's DocBin", ".spacy", write, read)
