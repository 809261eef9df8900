"""The page of one document: its text with spans and relations, the claims beside it, its versions side by side.

Claims are those of the first version (gold, where there is one); two versions are compared as adjudicators see them.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from fogbank.curate.comparison import Dispute, compare, disputes
from fogbank.model.claim import Claim, Mention
from fogbank.model.claims import claims
from fogbank.model.document import Document
from fogbank.publish.pages.annotated import label_data, version_data
from fogbank.publish.pages.html import range_words, templates


class Link(NamedTuple):
    """What a page calls another, and where that stands from here."""

    name: str
    address: str


class Head(NamedTuple):
    """What stands above a document: its title, the way to it, facts in words, and a note."""

    title: str
    way: Sequence[Link] = ()
    facts: Sequence[str] = ()
    note: str = ""


class Pair(NamedTuple):
    """Two versions by name, and what they differ on."""

    first: str
    second: str
    differences: list[list[str | None]]


class ClaimRow(NamedTuple):
    """A claim as people read it: who (each with kind and stance), what, to whom, how many, further words; its spans."""

    name: str
    who: Sequence[tuple[str, str, str]]
    event: str
    status: str
    affected: str
    figure: str
    further: Sequence[tuple[str, str]]
    spans: Sequence[str]


def document_page(text: str | None, versions: Mapping[str, Document], pairs: Sequence[Pair], head: Head) -> str:
    """Make the page of a text with its versions by name; the first is the one that is shown at first."""
    first = next(iter(versions), None)
    rows = [claim_row(number, claim) for number, claim in enumerate(claims(versions[first]), start=1)] if first else []
    data = {
        "labels": label_data(versions.values()),
        "text": text,
        "versions": {name: version_data(version) for name, version in versions.items()},
        "pairs": [list(one) for one in pairs],
    }
    template = templates().get_template("document.html")
    return template.render(head=head, first=first, rows=rows, pairs=pairs, data=data, withheld=text is None)


def claim_row(number: int, claim: Claim) -> ClaimRow:
    """Make the row of a document's claim, numbered from 1."""
    when = claim.start if claim.start == claim.end else f"{claim.start or '…'} to {claim.end or '…'}"
    further = {
        "by": _name(claim.agent),
        "at": _name(claim.place),
        "on": (when or "").replace("T", " "),
        "said": (claim.said or "").replace("T", " "),
    }
    figure = claim.quantity
    return ClaimRow(
        name=f"C{number}",
        who=[(" and ".join(map(_name, s.mentions)), s.kind, s.stance) for s in claim.sources],
        event=claim.label,
        status=claim.status,
        affected=_name(claim.affected),
        figure="" if figure is None else range_words(figure.interval, figure.vague_class),
        further=[
            *((key, value) for key, value in further.items() if value),
            *(("is", word) for word, held in (("a part", claim.part), ("replaced later", claim.revised)) if held),
        ],
        spans=claim.spans,
    )


def _name(mention: Mention | None) -> str:
    if mention is None:
        return ""
    return f"characters {mention.start}–{mention.end}" if mention.text is None else mention.text


def pair(first: tuple[str, Document], second: tuple[str, Document]) -> Pair:
    """Compare two named versions of one document.

    A difference is `[kind, about, first reading, second reading, first's span, second's span]`, ids as each version has
    them; what one has not is None.
    """
    (one, left), (other, right) = first, second
    return Pair(one, other, list(_differences(left, right)))


def _differences(left: Document, right: Document) -> Iterator[list[str | None]]:
    compared = compare(left, right)
    relations = {held.id: held.relation.head for held in compared.relations}
    own = [{span.key: span.id for span in version.spans} for version in (left, right)]

    def ids(dispute: Dispute) -> list[str | None]:
        names = [relations.get(name.split(".")[0], name.split(".")[0]) for name in dispute.ids]
        spans = [compared.document.by_id[name] for name in names]
        return [next((held[s.key] for s in spans if s.key in held), None) for held in own]

    for one in disputes(compared):
        yield [one.kind, one.about, one.first, one.second, *ids(one)]


def prediction_head(document: Document) -> Head:
    """Give what stands above a document that a system predicted."""
    counts: Mapping[str, Any] = {"span": document.spans, "relation": document.relations, "claim": claims(document)}
    facts = [f"{len(held)} {name}{'s' * (len(held) != 1)}" for name, held in counts.items()]
    return Head(document.id, facts=facts, note="Predicted by a system, and checked by nobody.")
