"""Markdown made from the scheme and the statistics: the tables in guidelines, card and datasheet.

A document that is otherwise written by hand marks where such a part stands:

    <!-- generated: NAME -->
    …
    <!-- /generated -->
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from fogbank.compare.report import shown, shown_figure
from fogbank.errors import DataError
from fogbank.model.corpus import SPLITS, WIRE
from fogbank.model.scheme import SCHEME
from fogbank.publish.dataset.configs import CONFIGS
from fogbank.publish.pages.markdown import markdown_table
from fogbank.publish.release.statistics import AGREEMENT, Statistics

_PART = re.compile(r"(<!-- generated: (?P<name>[^\n]+?) -->\n)(?P<old>.*?)(<!-- /generated -->)", re.DOTALL)


def fill(document: str, parts: Mapping[str, str], name: str) -> str:
    """Put parts into the marked places of the document `name`.  Raises DataError for a mark that nothing fills."""

    def put(match: re.Match[str]) -> str:
        if match["name"] not in parts:
            raise DataError(f"{name}: nothing makes the part {match['name']!r}; expected one of {', '.join(parts)}")
        return f"{match[1]}{parts[match['name']].rstrip()}\n{match[4]}"

    return _PART.sub(put, document)


def scheme_tables() -> dict[str, str]:
    """Make a table for each layer, one of the relations and one of the attributes."""
    tables = {}
    for layer in SCHEME.layers:
        rows = [
            (f"`{b.name}`", b.hotkey, b.gloss, ", ".join(f"`{a.name}`" for a in SCHEME.attributes_of[b.name]))
            for b in SCHEME.labels
            if b.layer == layer.name
        ]
        tables[f"table {layer.name}"] = markdown_table(("label", "key", "what it marks", "attributes"), rows)
    tables["table relations"] = markdown_table(
        ("relation", "from", "to", "meaning"),
        [
            (
                f"`{r.name}`",
                " / ".join(_ends(heads) for heads, _ in r.shape),
                " / ".join(_ends(t) for _, t in r.shape),
                r.gloss,
            )
            for r in SCHEME.relations
        ],
    )
    tables["table attributes"] = markdown_table(
        ("attribute", "of", "meaning", "values"),
        [
            (
                f"`{a.name}`",
                _ends(("@event",)) if a.name == "status" else " ".join(sorted(f"`{label}`" for label in a.labels)),
                a.gloss,
                "; ".join(f"`{v.name}` {v.gloss}" for v in a.values) or a.type,
            )
            for a in SCHEME.attributes
        ],
    )
    return tables


def column_tables() -> dict[str, str]:
    """Make a table of the columns of each config."""
    return {
        f"columns {config.name}": markdown_table(
            ("column", "what it holds"), [(f"`{name}`", what) for name, what in config.columns.items()]
        )
        for config in CONFIGS
    }


def _ends(names: Sequence[str]) -> str:
    return " ".join(f"any {name[1:]}" if name.startswith("@") else f"`{name}`" for name in names)


def statistics_tables(statistics: Statistics) -> dict[str, str]:
    """Make the tables of the card and the datasheet."""
    names = (*SPLITS, WIRE)
    rows = ("documents", "incidents", "theatres", "words", "spans", "relations", "claims", "accounts", "versions")
    tables = {
        "splits": markdown_table(
            ("", *names),
            [
                (
                    row,
                    *(f"{statistics.splits[n].get(row, '–'):,}" if row in statistics.splits[n] else "–" for n in names),
                )
                for row in rows
            ],
        )
    }
    for name, counted in (
        ("labels", statistics.labels),
        ("relations", statistics.relations),
        ("theatres", statistics.theatres),
        ("genres", statistics.genres),
        ("claims by event", statistics.claims),
        ("claims by stance", statistics.stances),
    ):
        tables[name] = markdown_table(("", *names), [(key, *(row[n] for n in names)) for key, row in counted.items()])
    if nearest := statistics.nearest:
        ends = (f"{nearest.first} ({nearest.first_split})", f"{nearest.second} ({nearest.second_split})")
        tables["nearest texts across splits"] = markdown_table(
            ("one", "other", "of the shorter's runs of five words"), [(*ends, f"{nearest.share:.1%}")]
        )
    for name, measured in (
        ("agreement", {key: one for key, one in statistics.agreement.items() if "," not in key}),
        ("agreement by part", statistics.agreement),
    ):
        tables[name] = markdown_table(
            ("round", "documents", *(m.replace("_", " ") for m in AGREEMENT)),
            [
                (
                    key,
                    one.documents,
                    *(
                        f"{shown_figure(a.value)} ({shown(a.interval)})"
                        for a in map(one.measures.__getitem__, AGREEMENT)
                    ),
                )
                for key, one in measured.items()
            ],
        )
    return tables


def realism_table(measured: Mapping[str, Any]) -> str:
    """Make the table of `realism`: measures of the dispatches beside those of real texts, then the classifiers."""
    sets: Mapping[str, Mapping[str, float]] = measured["sets"]
    names = next(iter(sets.values()))
    rows = [[f"`{name}`", *(_rounded(values[name]) for values in sets.values())] for name in names]
    areas = [[pair, "not measured on these texts" if area is None else area] for pair, area in measured["auc"].items()]
    return "\n".join((markdown_table(["", *sets], rows), markdown_table(["classifier", "AUC"], areas)))


def _rounded(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.4g}"
