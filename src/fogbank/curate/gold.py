"""Gold: the adjudicated version of each document, in canonical order, as it is published."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fogbank.curate.rounds import annotated, read_rounds, versions
from fogbank.model.corpus import Corpus
from fogbank.model.document import Document
from fogbank.model.storage import json_bytes


@dataclass(frozen=True, slots=True)
class Gold:
    """A gold document and who made it."""

    document: Document
    adjudicator: str
    annotators: tuple[str, ...]


def collect_gold(corpus: Corpus, before: str | None = None) -> dict[str, Gold]:
    """Take the gold documents out of the adjudication rounds; a later round replaces an earlier one.

    `before` names a round whose gold is wanted as it was then: only rounds before it count.  `annotators` are those of
    the last annotation round before it that holds the document.
    """
    found: dict[str, Gold] = {}
    rounds = read_rounds(corpus)
    for number, one in enumerate(rounds):
        if one.name == before:
            break
        if one.kind == "adjudication":
            sources = annotated(rounds[:number])
            for version in versions(corpus, one):
                document = version.document.canonical()
                annotators = sources[document.id][1] if document.id in sources else ()
                found[document.id] = Gold(document, version.annotator, annotators)
    return found


def gold_bytes(gold: Gold, sha256: str) -> bytes:
    """Give the gold file of a document: JSON with one span and one relation a line, so that changes can be read."""
    value = gold.document.to_json()
    head: Mapping[str, Any] = {
        "id": value["id"],
        "sha256": sha256,
        "annotators": list(gold.annotators),
        "adjudicator": gold.adjudicator,
    }
    lines = [f" {_one_line(key)}: {_one_line(entry)}," for key, entry in head.items()]
    for key, end in (("spans", ","), ("relations", "")):
        entries = ",\n".join(f"  {_one_line(entry)}" for entry in value[key])
        lines.append(f' "{key}": [\n{entries}\n ]{end}' if entries else f' "{key}": []{end}')
    return ("{\n" + "\n".join(lines) + "\n}\n").encode()


def _one_line(value: Any) -> str:
    return json_bytes(value).decode().rstrip("\n")
