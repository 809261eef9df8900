"""Each task by an example from the corpus: what gold holds of one document, as parts of `docs/tasks.md`.

Tables show the first rows of each kind; `fogbank view` shows all.
"""

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from fogbank.model.attribution import Attribution
from fogbank.model.claims import claims
from fogbank.model.document import Document, Span, clusters
from fogbank.model.ledger import ledger
from fogbank.model.scheme import SCHEME, Interval
from fogbank.publish.pages.document import claim_row
from fogbank.publish.pages.html import range_words
from fogbank.publish.pages.markdown import markdown_table

EXAMPLE = "crk-01-e"
"""A document of train, short, with sources that disagree."""
MEASURE = "missing"
ROWS = 12


def example_tables(gold: Sequence[Document]) -> dict[str, str]:
    """Make the parts of `docs/tasks.md` from the gold documents, of which EXAMPLE and its incident are shown.

    Documents need their datelines.  Returns no part where EXAMPLE is not among them.
    """
    document = next((one for one in gold if one.id == EXAMPLE), None)
    if document is None or document.dateline is None:
        return {}
    incident = [one for one in gold if one.dateline and one.dateline.incident == document.dateline.incident]
    made: Mapping[str, tuple[Sequence[str], Iterator[Sequence[object]]]] = {
        "spans": (("words", "label", "start", "end", "attributes"), _spans(document)),
        "relations": (("head", "relation", "tail"), _relations(document)),
        "attribution": (("cue", "sources", "contents", "stance", "kind of source"), _units(document)),
        "values": (("words", "low to high, or first to last"), _values(document)),
        "coreference": (("label of the first", "mentions"), _chains(document)),
        "claims": (("who says", "what", "to whom", "how many", "further"), _claims(document)),
        "ledger": (("time", "document", "who says", "figure", "standing"), _entries(incident)),
    }
    parts = {f"example: {name}": _table(head, list(rows)) for name, (head, rows) in made.items()}
    quoted = "\n>\n".join(
        f"> {escape(paragraph, quote=False)}" for paragraph in (document.text or "").split("\n") if paragraph
    )
    return {**parts, "example: text": f"{quoted}\n"}


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    further = len(rows) - ROWS
    return markdown_table(head, rows[:ROWS]) + (f"\n… and {further} more.\n" if further > 0 else "")


def _words(document: Document, span: Span) -> str:
    quote = " ".join(document.quote(span).split())
    return f"“{escape(quote if len(quote) <= 60 else f'{quote[:38]} … {quote[-18:]}', quote=False)}”"


def _in_order(document: Document) -> list[Span]:
    return sorted(document.spans, key=lambda span: (span.start, -span.end, span.label))


def _spans(document: Document) -> Iterator[Sequence[object]]:
    for span in _in_order(document):
        attributes = ", ".join(f"{name}: {value}" for name, value in sorted(span.attributes.items()))
        yield _words(document, span), span.label, span.start, span.end, attributes


def _relations(document: Document) -> Iterator[Sequence[object]]:
    place = {span.id: at for at, span in enumerate(_in_order(document))}
    for relation in sorted(document.relations, key=lambda one: (place[one.head], place[one.tail], one.label)):
        head, tail = (document.by_id[name] for name in (relation.head, relation.tail))
        yield f"{_words(document, head)} {head.label}", relation.label, f"{_words(document, tail)} {tail.label}"


def _units(document: Document) -> Iterator[Sequence[object]]:
    sources = Attribution(document).sources
    for cue in _in_order(document):
        if cue.label == "CUE":
            contents = [document.by_id[r.tail] for r in document.relations if (r.head, r.label) == (cue.id, "content")]
            ends = (" and ".join(_words(document, span) for span in held) or "–" for held in (sources(cue), contents))
            yield _words(document, cue), *ends, cue.attributes.get("stance"), cue.attributes.get("source_kind")


def _values(document: Document) -> Iterator[Sequence[object]]:
    for span in _in_order(document):
        if span.label == "QUANTITY":
            yield _words(document, span), range_words(SCHEME.interval(span.attributes))
        elif span.label == "TIME":
            start, end = (str(span.attributes.get(name, "…")) for name in ("start", "end"))
            yield _words(document, span), start if start == end else f"{start} to {end}"


def _chains(document: Document) -> Iterator[Sequence[object]]:
    for relation in ("same", "same_event"):
        held = [
            sorted((document.by_id[name] for name in one), key=lambda s: s.start)
            for one in clusters(document, relation)
        ]
        for chain in sorted((one for one in held if len(one) > 1), key=lambda one: one[0].start):
            yield chain[0].label, ", ".join(_words(document, span) for span in chain)


def _claims(document: Document) -> Iterator[Sequence[object]]:
    for number, claim in enumerate(claims(document), start=1):
        row = claim_row(number, claim)
        who = " ← ".join(f"{name or '–'} ({kind}, {stance})" for name, kind, stance in row.who) or "the writer"
        event = row.event if row.status == "actual" else f"{row.event}, {row.status}"
        yield who, event, row.affected, row.figure, "; ".join(f"{key} {value}" for key, value in row.further)


def _entries(incident: Sequence[Document]) -> Iterator[Sequence[object]]:
    [account] = [one for one in ledger(incident) if one.measure == MEASURE]
    for entry in account.entries:
        who = f"{entry.source or '–'} ({entry.kind}, {entry.stance})"
        yield entry.time.replace("T", " "), entry.document, who, range_words(entry.figure.interval), entry.standing
    true = Interval(account.true, account.true, account.true)
    yield "", "", "**the range that is left**", range_words(account.range), ""
    yield "", "", "**what is true**", range_words(true), ""
