"""What two versions differ on as the HTML that stands beside the article on the labeling screen.

All words of articles are escaped; the screen shows markup in a text as text.
"""

from collections.abc import Sequence
from html import escape
from itertools import groupby

from fogbank.curate.comparison import Comparison, Dispute, compare, disputes
from fogbank.curate.rounds import Round, two_versions
from fogbank.model.corpus import Corpus

_AROUND = 24
_LONGEST = 60
_TITLES = {"span": "Spans", "attribute": "Attributes", "relation": "Relations"}


def differences_html(corpus: Corpus, one: Round) -> dict[str, str]:
    """Give the differences of each document of an adjudication round whose text is there; of another round none."""
    if one.kind != "adjudication":
        return {}
    return {
        document_id: render(compare(first.document, second.document), (first.annotator, second.annotator))
        for document_id, (first, second) in two_versions(corpus, one).items()
        if first.document.text is not None
    }


def render(comparison: Comparison, annotators: Sequence[str]) -> str:
    """Give the HTML of one document: the disputes by kind, each with its place and what either annotator has there."""
    found = disputes(comparison)
    parts = [] if found else ["<h4>No differences</h4>"]
    for kind, group in groupby(found, key=lambda dispute: dispute.kind):
        listed = list(group)
        parts.append(f"<h4>{_TITLES[kind]}: {len(listed)}</h4>")
        parts.extend(_dispute(comparison.text or "", dispute, annotators) for dispute in listed)
    return "\n".join(parts)


def _dispute(text: str, dispute: Dispute, annotators: Sequence[str]) -> str:
    about = f"<p>{escape(dispute.about)}</p>" if dispute.about else ""
    readings = "".join(
        f"<p><i>{escape(name)}</i> {'<i>–</i>' if reading is None else escape(reading)}</p>"
        for name, reading in zip(annotators, (dispute.first, dispute.second), strict=True)
    )
    return f"<div><p>{_context(text, dispute.start, dispute.end)}</p>{about}{readings}</div>"


def _context(text: str, start: int, end: int) -> str:
    """Give the words of a place in bold between what stands around them, each on one line."""
    before, after = text[max(0, start - _AROUND) : start], text[end : end + _AROUND]
    words = text[start:end]
    if len(words) > _LONGEST:
        words = f"{words[: _LONGEST // 2]} … {words[-_LONGEST // 2 :]}"
    before, words, after = (escape(" ".join(f"|{part}|".split()).strip("|")) for part in (before, words, after))
    return f"<i>…{before}</i><b>{words}</b><i>{after}…</i>"
