"""Does gold hold to the world: the figures of a dispatch beside the sheet of the incident that it reports.

Every claim whose event is of a measure, and which has a figure, is looked up among all figures of that measure that the
sheet holds: those of its statements, whoever made them, and those that are true.  One that nobody gave is reported,
with what else the sheet has of that number.  These are places to look at, not problems: a report may count for itself,
an annotation may be wrong, and so may a sheet.

A figure is found if it and one of the sheet have the same bounds, or the same best figure.  A CASUALTY is looked up as
killed and as injured; a figure of those to whom it did not happen ("39 were freed", "all 168 are unhurt") under every
measure, since it is none of its own.  A single member of a group is no figure.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from fogbank.model.claim import Claim, Figure
from fogbank.model.claims import claims
from fogbank.model.document import Document, Span
from fogbank.model.ledger import MEASURES
from fogbank.model.scheme import SCHEME

_UNITS = [
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_NUMBER = re.compile(
    rf"\d[\d,]*|\b(?:{'|'.join(_TENS)})(?:[- ](?:{'|'.join(_UNITS[1:10])}))?\b|\b(?:{'|'.join(_UNITS)})\b"
)


class Stray(NamedTuple):
    """A figure that nobody in the sheet gave: where it stands (code points), and what the sheet has instead."""

    document: str
    start: int
    end: int
    words: str
    measure: str
    figure: Figure
    source: str
    status: str
    part: bool
    others: tuple[str, ...]
    told: bool

    def __str__(self) -> str:
        if self.others:
            instead = f"the sheet has it as {', '.join(self.others)}"
        else:
            instead = "the number is only in the sheet's words" if self.told else "the number is nowhere in the sheet"
        notes = f"{self.words!r}, {self.source}, {self.status}{', a part' if self.part else ''}"
        return (
            f"{self.document}:{self.start}-{self.end}: {self.measure} {self.figure} ({notes}): "
            f"nobody gave this figure; {instead}"
        )

    def to_json(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return {**self._asdict(), "figure": list(self.figure.interval), "others": list(self.others)}


def strays(document: Document, sheet: Mapping[str, Any]) -> Iterator[Stray]:
    """Find the figures of a document's claims that its incident's sheet does not have, in the order of claims."""
    given = [(f["measure"], Figure.of(f)) for s in sheet["statements"] for f in s.get("figures", ())]
    given += [(f["measure"], Figure.of({"value": f["value"]})) for f in sheet["truth"].get("figures", ())]
    words = [sheet["truth"]["summary"], *(s["says"] for s in sheet["statements"])]
    told = {number for text in words for number in _numbers(text)}
    seen: set[tuple[int, str]] = set()
    for claim in claims(document):
        figure, place, measures = claim.quantity, _place(claim, document), _measures(claim)
        if not measures or figure is None or place is None or figure.best is None or (claim.part and figure.best == 1):
            continue
        if any(name in measures and _same(figure, held) for name, held in given) or (place.start, claim.label) in seen:
            continue
        seen.add((place.start, claim.label))
        others = dict.fromkeys(name for name, other in given if _same(figure, other))
        source = claim.sources[0].name or "unnamed" if claim.sources else "the writer"
        quote = document.quote(place) if document.text is not None else ""
        yield Stray(
            document=document.id,
            start=place.start,
            end=place.end,
            words=quote,
            measure=" or ".join(measures) if len(measures) < len(SCHEME.measures) else f"not {MEASURES[claim.label]}",
            figure=figure,
            source=source,
            status=claim.status,
            part=claim.part,
            others=tuple(others),
            told=figure.best in told,
        )


def _measures(claim: Claim) -> tuple[str, ...]:
    """Name the measures among which a claim's figure must be found; none where its event is of no measure."""
    if claim.label == "CASUALTY":
        return MEASURES["DEATH"], MEASURES["INJURY"]
    if claim.label in MEASURES and claim.status == "negated" and claim.quantity and claim.quantity.high != 0:
        return SCHEME.measures
    return (MEASURES[claim.label],) if claim.label in MEASURES else ()


def _same(a: Figure, b: Figure) -> bool:
    return a.interval == b.interval or (a.best is not None and a.best == b.best)


def _place(claim: Claim, document: Document) -> Span | None:
    """Give the QUANTITY that a claim's figure is of."""
    spans = (document.by_id[name] for name in claim.spans)
    return next((s for s in spans if s.label == "QUANTITY" and Figure.of(s.attributes) == claim.quantity), None)


def _numbers(text: str) -> Iterator[int]:
    """Read the numbers in a text, in digits and in words below a hundred."""
    for match in _NUMBER.finditer(text.casefold()):
        found = match[0]
        if found[0].isdigit():
            yield int(found.replace(",", ""))
        else:
            first, *rest = re.split("[- ]", found)
            tens = 20 + 10 * _TENS.index(first) if first in _TENS else _UNITS.index(first)
            yield tens + sum(map(_UNITS.index, rest))
