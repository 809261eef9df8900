"""Claims, the ledger and the annotators' versions as rows of the dataset, each with its declared features.

    claims    one row a claim of a gold document: `document`, `claim` (C1, C2, … in the order of derivation), the chain
              of `sources` (innermost first, empty for the writer), `stance` and `source_kind` of the innermost one,
              `label`, `status`, `affected`, `agent`, `place`, `quantity`, `start`, `end`, `said`, and `spans`
    ledger    one row a measure of an incident: the reconciled range, what is true, and all entries in order of time
    versions  one row an annotator and document: spans and relations as `documents` has them, and who made them when

A name is a struct of `text`, `start`, `end` (offsets of the mention that the event or cue has) and `spans` (ids of all
its mentions); a name that is not there is one of nulls.  Of wire articles no word is published: `text`, `group` and
`source` are null there and offsets stand in their place.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from fogbank.model.claim import Claim, Mention
from fogbank.model.corpus import Article
from fogbank.model.ledger import STANDINGS, Account, Entry
from fogbank.model.scheme import SCHEME

if TYPE_CHECKING:
    from datasets import Features

_BOUNDS = ("low", "best", "high")


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


def ledger_features() -> "Features":
    """Declare the features of a row of `ledger`."""
    from datasets import ClassLabel, Features, List, Value  # noqa: PLC0415

    bounds = {bound: Value("int64") for bound in _BOUNDS}
    entry = {
        **{key: Value("string") for key in ("document", "claim", "time", "source")},
        "source_kind": ClassLabel(names=list(SCHEME.attribute["source_kind"].names)),
        "stance": ClassLabel(names=list(SCHEME.attribute["stance"].names)),
        "group": Value("string"),
        **bounds,
        "modifier": ClassLabel(names=list(SCHEME.attribute["modifier"].names)),
        "vague_class": ClassLabel(names=list(SCHEME.attribute["vague_class"].names)),
        "standing": ClassLabel(names=list(STANDINGS)),
    }
    return Features(
        {
            "incident": Value("string"),
            "measure": ClassLabel(names=list(SCHEME.measures)),
            **bounds,
            "true": Value("int64"),
            "entries": List(entry),
        }
    )


def account_json(account: Account) -> dict[str, Any]:
    """Make the row of one measure of an incident; choices are names."""
    return {
        "incident": account.incident,
        "measure": account.measure,
        **account.range._asdict(),
        "true": account.true,
        "entries": [_entry(entry) for entry in account.entries],
    }


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "document": entry.document,
        "claim": f"C{entry.number + 1}",
        "time": entry.time,
        "source": entry.source,
        "source_kind": entry.kind,
        "stance": entry.stance,
        "group": entry.group,
        **entry.figure.interval._asdict(),
        "modifier": entry.figure.modifier,
        "vague_class": entry.figure.vague_class,
        "standing": entry.standing,
    }


def encoded(features: "Features", rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Put the number of each choice in the place of its name."""
    made: list[dict[str, Any]] = [features.encode_example(row) for row in rows]
    return made
