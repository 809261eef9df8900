"""What two versions differ on as the HTML that stands beside the article on the labeling screen.

All words of articles are escaped; the screen shows markup in a text as text.
"""

import re
from collections.abc import Sequence
from html import escape
from itertools import groupby

from fogbank.curate.comparison import Comparison, Dispute, disputes

_AROUND = 30
_CUT_LEFT, _CUT_RIGHT = re.compile(r"^\S*(?=\s)"), re.compile(r"(?<=\s)\S*$")
_BLANKS = re.compile(r"\s+")
_LONGEST = 60
_TITLES = {"span": "Spans", "attribute": "Attributes", "relation": "Relations"}


def render(comparison: Comparison, annotators: Sequence[str]) -> str:
    """Give the HTML of one document: the disputes by kind, each with its place and what either annotator has there."""
    found = disputes(comparison)
    parts = [] if found else ["<h4>No differences</h4>"]
    for kind, group in groupby(enumerate(found, start=1), key=lambda entry: entry[1].kind):
        listed = list(group)
        parts.append(f"<h4>{_TITLES[kind]}: {len(listed)}</h4>")
        parts.extend(_dispute(comparison.text or "", number, dispute, annotators) for number, dispute in listed)
    return "\n".join(parts)


def _dispute(text: str, number: int, dispute: Dispute, annotators: Sequence[str]) -> str:
    about = f"<p>{escape(dispute.about)}</p>" if dispute.about else ""
    readings = "".join(
        f"<p><i>{escape(name)}</i> {'<i>nothing</i>' if reading is None else escape(reading)}</p>"
        for name, reading in zip(annotators, (dispute.first, dispute.second), strict=True)
    )
    context = _context(text, dispute.start, dispute.end)
    return f"<div><p><i>{number}.</i> {context}</p>{about}{readings}</div>"


def _context(text: str, start: int, end: int) -> str:
    """Give the words of a place in bold between what stands around them, cut at words where it can be."""
    before, words, after = text[max(0, start - _AROUND) : start], text[start:end], text[end : end + _AROUND]
    before, after = _CUT_LEFT.sub("…", before), _CUT_RIGHT.sub("…", after)
    if len(words) > _LONGEST:
        words = f"{words[: _LONGEST // 2]} … {words[-_LONGEST // 2 :]}"
    before, words, after = (escape(_BLANKS.sub(" ", part)) for part in (before, words, after))
    return f"<i>{before}</i><b>{words}</b><i>{after}</i>"
