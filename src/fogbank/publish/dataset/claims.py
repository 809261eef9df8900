"""The config `claims`: a row a claim of a gold document.

A name is a struct of `text`, `start`, `end` (offsets of the mention that the event or cue has) and `spans` (ids of all
its mentions in the document); one that is not there is a struct of nulls.  Of wire articles no word is published:
`text` is null there, and offsets stand in its place.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fogbank.model.claim import Claim, Mention
from fogbank.model.corpus import Article
from fogbank.model.scheme import SCHEME

if TYPE_CHECKING:
    from datasets import Features

_BOUNDS = ("low", "best", "high")
COLUMNS: Mapping[str, str] = {
    "document": "id of the document",
    "claim": "C1, C2, … in the order of derivation",
    "incident": "id of the incident; of a wire article its own",
    "sources": "the chain of sources, innermost first: `names` (several make a joint statement), `kind`, `stance`, "
    "`cue` (a span id); empty for the writer's own voice",
    "stance": "how the innermost source stands to it; the writer asserts",
    "source_kind": "the kind of the innermost source; null for the writer",
    "label": "what kind of event",
    "status": "how the event is presented",
    "affected": "to whom or what, a name",
    "quantity": "how many: `low`, `best`, `high` by the scheme's table, null where open; `modifier`, `vague_class`",
    "agent": "who did it, a name",
    "place": "where, a name",
    "start": "earliest day or minute",
    "end": "latest day or minute, inclusive",
    "said": "when it was said, where the text tells",
    "part": "the group is part of another that the document counts",
    "revised": "the document itself replaces the figure by a later one",
    "event": "id of the event's first trigger in the document, so that rival claims of one event share it",
    "spans": "ids of all spans that the claim was made from",
}
"""What each column holds."""


def claim_features() -> "Features":
    """Declare the features of a row of `claims`."""
    from datasets import ClassLabel, Features, List, Value  # noqa: PLC0415

    def choice(attribute: str) -> Any:
        return ClassLabel(names=list(SCHEME.attribute[attribute].names))

    name = {
        "text": Value("string"),
        "start": Value("int32"),
        "end": Value("int32"),
        "spans": List(Value("string")),
    }
    source = {
        "names": List(name),
        "kind": choice("source_kind"),
        "stance": choice("stance"),
        "cue": Value("string"),
    }
    return Features(
        {
            **{key: Value("string") for key in ("document", "claim", "incident")},
            "sources": List(source),
            "stance": choice("stance"),
            "source_kind": choice("source_kind"),
            "label": ClassLabel(names=list(SCHEME.labels_in("event"))),
            "status": choice("status"),
            "affected": name,
            "quantity": {
                **{bound: Value("int64") for bound in _BOUNDS},
                "modifier": choice("modifier"),
                "vague_class": choice("vague_class"),
            },
            "agent": name,
            "place": name,
            **{key: Value("string") for key in ("start", "end", "said")},
            "part": Value("bool"),
            "revised": Value("bool"),
            "event": Value("string"),
            "spans": List(Value("string")),
        }
    )


def claim_row(article: Article, number: int, claim: Claim) -> dict[str, Any]:
    """Make the row of a document's claim, numbered from 1; choices are names."""

    def name(mention: Mention | None) -> dict[str, Any]:
        if mention is None:
            return {"text": None, "start": None, "end": None, "spans": []}
        return {"text": mention.text, "start": mention.start, "end": mention.end, "spans": list(mention.spans)}

    figure = claim.quantity
    return {
        "document": article.id,
        "claim": f"C{number}",
        "incident": article.incident or article.id,
        "sources": [
            {"names": [name(m) for m in s.mentions], "kind": s.kind, "stance": s.stance, "cue": s.cue}
            for s in claim.sources
        ],
        "stance": claim.stance,
        "source_kind": claim.kind,
        "label": claim.label,
        "status": claim.status,
        "affected": name(claim.affected),
        "quantity": {
            key: None if figure is None else getattr(figure, key) for key in (*_BOUNDS, "modifier", "vague_class")
        },
        "agent": name(claim.agent),
        "place": name(claim.place),
        "start": claim.start,
        "end": claim.end,
        "said": claim.said,
        "part": claim.part,
        "revised": claim.revised,
        "event": claim.event,
        "spans": list(claim.spans),
    }
