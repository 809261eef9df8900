"""Annotated documents as the script of annotated texts (`templates/annotated.js`) reads them."""

from typing import Any

from fogbank.model.document import Document
from fogbank.model.scheme import SCHEME


def label_data() -> dict[str, dict[str, str]]:
    """Give what is shown of each label: its layer, colour and gloss."""
    return {label.name: {"layer": label.layer, "colour": label.colour, "gloss": label.gloss} for label in SCHEME.labels}


def version_data(version: Document) -> dict[str, Any]:
    """Give the spans and relations of a version: `[id, start, end, label, attributes]` and `[head, label, tail]`."""
    return {
        "spans": [[s.id, s.start, s.end, s.label, dict(s.attributes)] for s in version.spans],
        "relations": [[r.head, r.label, r.tail] for r in version.relations],
    }
