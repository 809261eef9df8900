"""The config `ledger`: a row a measure of an incident, with all sources' figures in order of time.

Of wire articles no word is published: `source` and `group` are null there.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fogbank.model.ledger import STANDINGS, Account, Entry
from fogbank.model.scheme import SCHEME

if TYPE_CHECKING:
    from datasets import Features

_BOUNDS = ("low", "best", "high")
COLUMNS: Mapping[str, str] = {
    "incident": "id of the incident; of a wire article its own",
    "measure": "killed, injured, missing, detained, displaced, evacuated, trapped",
    "low": "the smallest lower bound that stands",
    "best": "the latest figure of the most reliable sources that stand",
    "high": "the largest upper bound that stands",
    "true": "what is true in the invented world; null where the sheet does not say, and of wire articles",
    "entries": "every source's figure in order of `time`: `document` and `claim`, `source`, `source_kind`, "
    "`stance`, `group`, `low`, `best`, `high`, `modifier`, `vague_class`, and its `standing`",
}
"""What each column holds."""


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
