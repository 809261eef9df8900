"""Annotated documents as the script of annotated texts (`templates/annotated.js`) reads them."""

from collections.abc import Iterable
from typing import Any

from fogbank.model.document import Document
from fogbank.model.scheme import SCHEME


def label_data(versions: Iterable[Document] = ()) -> dict[str, dict[str, str]]:
    """Give what is shown of each label: its layer, colour and gloss; also of labels that only these versions know."""
    known = {
        label.name: {"layer": label.layer, "colour": label.colour, "gloss": label.gloss} for label in SCHEME.labels
    }
    others = sorted({span.label for version in versions for span in version.spans} - known.keys())
    return known | {name: {"layer": "other", "colour": "#57606a", "gloss": "no label of the scheme"} for name in others}


def version_data(version: Document) -> dict[str, Any]:
    """Give the spans and relations of a version: `[id, start, end, label, attributes]` and `[head, label, tail]`."""
    return {
        "spans": [[s.id, s.start, s.end, s.label, dict(s.attributes)] for s in version.spans],
        "relations": [[r.head, r.label, r.tail] for r in version.relations],
    }
