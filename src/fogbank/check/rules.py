"""The rules that one document must keep, in a table: each has a code, a level, an explanation and an example.

A rule looks at a `Document` and yields findings; it never prints, raises or repairs.  Rules of the integrity level must
hold before those of the scheme level make sense, so the latter are not asked of a document that fails the former.
What JSON itself must look like stands in `schemas`; `table` joins these rows with those of whole files and the corpus.
"""

import re
from bisect import insort
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from itertools import takewhile
from typing import Any, NamedTuple

from fogbank.check.problem import Finding, Level, Problem
from fogbank.model.document import Document, Span
from fogbank.model.regions import UNTYPED
from fogbank.model.scheme import SCHEME
from fogbank.model.text import cuts_word

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2})?\Z", re.ASCII)
_DURATION = re.compile(
    r"P(?=[\dT])(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?\Z", re.ASCII
)  # ISO 8601, whole numbers


class Rule(NamedTuple):
    """One row of the table."""

    code: str
    level: Level
    explanation: str
    example: str
    find: Callable[[Document], Iterator[Finding]]
    asked_of_predictions: bool


RULES: list[Rule] = []


def _rule(
    code: str, level: Level, example: str, *, asked_of_predictions: bool = True
) -> Callable[[Callable[[Document], Iterator[Finding]]], Callable[[Document], Iterator[Finding]]]:
    """Enter a function in the table; its docstring is the explanation."""

    def enter(find: Callable[[Document], Iterator[Finding]]) -> Callable[[Document], Iterator[Finding]]:
        explanation = " ".join((find.__doc__ or "").split())
        RULES.append(Rule(code, level, explanation, example, find, asked_of_predictions))
        return find

    return enter


def is_date(value: object) -> bool:
    """Whether a value is a day or a minute in the scheme's form."""
    if not isinstance(value, str) or not _DATE.match(value):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def is_duration(value: object) -> bool:
    """Whether a value is a length in the scheme's form."""
    return isinstance(value, str) and bool(_DURATION.match(value))


_COHERENT = {"vague": "a vague_class alone", "range": "value below value_high and no vague_class"}


def is_coherent(figure: Mapping[str, Any]) -> bool:
    """Whether modifier, value, value_high and vague_class of a figure fit each other.

    A vague one has a class and no value, any other a value and no class; only a range has an upper end, above value.
    """
    value, high, vague = figure.get("value"), figure.get("value_high"), figure.get("vague_class")
    if figure.get("modifier") == "vague":
        return vague is not None and value is None and high is None
    if figure.get("modifier") == "range":
        ordered = isinstance(value, (int, float)) and isinstance(high, (int, float)) and value < high
        return ordered and vague is None
    return value is not None and high is None and vague is None


# ---------------------------------------------------------------- integrity


@_rule("span-id-repeated", Level.INTEGRITY, 'two spans with `"id": "T3"`')
def _span_id_repeated(document: Document) -> Iterator[Finding]:
    """Two spans of a document have one id, so a relation cannot say which it means."""
    seen: set[str] = set()
    for number, span in enumerate(document.spans):
        if span.id in seen:
            yield Finding("spans", number, "id", f"{span.id!r} is the id of an earlier span", "an id of its own")
        seen.add(span.id)


@_rule("span-outside-text", Level.INTEGRITY, '`"end": 2701` in a text of 2,700 characters')
def _span_outside_text(document: Document) -> Iterator[Finding]:
    """A span ends behind the end of the text; offsets count Unicode code points, end exclusive."""
    if document.text is not None:
        for number, span in enumerate(document.spans):
            if span.end > len(document.text):
                yield Finding("spans", number, "end", f"{span.end} is beyond the text", f"at most {len(document.text)}")


@_rule("span-repeated", Level.INTEGRITY, "PLACE at 10–16, twice")
def _span_repeated(document: Document) -> Iterator[Finding]:
    """Two spans have the same place and label, so one of them says nothing."""
    seen: dict[tuple[int, int, str], str] = {}
    for number, span in enumerate(document.spans):
        if span.key in seen:
            yield Finding("spans", number, "", f"{span.id} repeats {seen[span.key]} ({span.label})", "one span")
        seen.setdefault(span.key, span.id)


@_rule("relation-head-unknown", Level.INTEGRITY, '`"head": "T9"` where there is no T9')
def _relation_head_unknown(document: Document) -> Iterator[Finding]:
    """A relation begins at a span that the document does not have."""
    for number, relation in enumerate(document.relations):
        if relation.head not in document.by_id:
            yield Finding("relations", number, "head", f"{relation.head!r} is no span here", "the id of a span")


@_rule("relation-tail-unknown", Level.INTEGRITY, '`"tail": "T9"` where there is no T9')
def _relation_tail_unknown(document: Document) -> Iterator[Finding]:
    """A relation ends at a span that the document does not have."""
    for number, relation in enumerate(document.relations):
        if relation.tail not in document.by_id:
            yield Finding("relations", number, "tail", f"{relation.tail!r} is no span here", "the id of a span")


@_rule("relation-to-itself", Level.INTEGRITY, "T4 `same` T4")
def _relation_to_itself(document: Document) -> Iterator[Finding]:
    """A relation has one span as both its ends."""
    for number, relation in enumerate(document.relations):
        if relation.head == relation.tail:
            yield Finding(
                "relations", number, "tail", f"{relation.label} runs from {relation.head} to itself", "two spans"
            )


@_rule("relation-pair-repeated", Level.INTEGRITY, "T4 `agent` T2 beside T4 `affected` T2")
def _relation_pair_repeated(document: Document) -> Iterator[Finding]:
    """Two relations run from the same head to the same tail; Label Studio would drop one of them."""
    seen: dict[tuple[str, str], str] = {}
    for number, relation in enumerate(document.relations):
        pair = relation.head, relation.tail
        if pair in seen:
            yield Finding(
                "relations",
                number,
                "",
                f"{relation.label} runs from {pair[0]} to {pair[1]}, as {seen[pair]} does",
                "one relation for an ordered pair",
            )
        seen.setdefault(pair, relation.label)


# ---------------------------------------------------------------- scheme: spans


@_rule("label-unknown", Level.SCHEME, '`"label": "CITY"`')
def _label_unknown(document: Document) -> Iterator[Finding]:
    """A span has a label that the scheme lacks."""
    for number, span in enumerate(document.spans):
        if span.label not in SCHEME.layer_of:
            yield Finding("spans", number, "label", f"{span.label!r} is no label", "a label of the scheme")


@_rule("span-blank-edge", Level.SCHEME, '"Mariupol " with the blank')
def _span_blank_edge(document: Document) -> Iterator[Finding]:
    """A span starts or ends in white space."""
    for number, span in enumerate(document.spans):
        if document.text is not None and (words := document.quote(span)) != words.strip():
            yield Finding("spans", number, "", f"{words!r} begins or ends with white space", "words only")


@_rule("span-cuts-word", Level.SCHEME, '"minister" in "ministers"')
def _span_cuts_word(document: Document) -> Iterator[Finding]:
    """A span starts or ends inside a word."""
    for number, span in enumerate(document.spans):
        if document.text is not None and cuts_word(document.text, span.start, span.end):
            around = document.text[max(0, span.start - 8) : span.end + 8]
            yield Finding("spans", number, "", f"{document.quote(span)!r} cuts a word in {around!r}", "whole words")


@_rule("spans-cross", Level.SCHEME, "PLACE at 10–20 and ORG at 15–25")
def _spans_cross(document: Document) -> Iterator[Finding]:
    """Two spans of one layer overlap without one holding the other."""
    for layer in SCHEME.layers:
        labels = SCHEME.labels_in(layer.name)
        inside: list[tuple[int, Span]] = [(i, s) for i, s in enumerate(document.spans) if s.label in labels]
        inside.sort(key=lambda entry: (entry[1].start, -entry[1].end))
        open_spans: list[Span] = []  # those that may still reach over the next one, by descending end
        for number, span in inside:
            while open_spans and open_spans[-1].end <= span.start:
                open_spans.pop()
            shorter = takewhile(lambda other, end=span.end: other.end < end, reversed(open_spans))  # type: ignore[misc]
            crossed = next((other for other in shorter if other.start < span.start), None)
            if crossed is not None:
                yield Finding(
                    "spans",
                    number,
                    "",
                    f"{span.id} ({span.label}) crosses {crossed.id} ({crossed.label})",
                    f"nested or separate spans in the {layer.name} layer",
                )
            insort(open_spans, span, key=lambda other: -other.end)


# ---------------------------------------------------------------- scheme: attributes


@_rule("attribute-unknown", Level.SCHEME, "`status` on a PLACE")
def _attribute_unknown(document: Document) -> Iterator[Finding]:
    """A span carries an attribute that its label does not have."""
    for number, span in enumerate(document.spans):
        meant = {attribute.name for attribute in SCHEME.attributes_of.get(span.label, ())}
        for name in span.attributes:
            if name not in meant and span.label in SCHEME.layer_of:
                expected = ", ".join(sorted(meant)) or "no attribute"
                yield Finding("spans", number, f"attributes.{name}", f"{span.label} has no {name!r}", expected)


@_rule("attribute-missing", Level.SCHEME, "a CUE without `stance`")
def _attribute_missing(document: Document) -> Iterator[Finding]:
    """A span lacks an attribute that its label must have."""
    for number, span in enumerate(document.spans):
        for attribute in SCHEME.attributes_of.get(span.label, ()):
            if attribute.required and attribute.name not in span.attributes:
                yield Finding(
                    "spans", number, "attributes", f"{span.label} without {attribute.name}", f"a {attribute.name}"
                )


@_rule("attribute-value", Level.SCHEME, '`"stance": "says"`, `"value": 2.5`, `"start": "2022-02-30"`')
def _attribute_value(document: Document) -> Iterator[Finding]:
    """An attribute's value is not of its kind: a choice outside the list, no whole number, no date, no length."""
    for number, span in enumerate(document.spans):
        for attribute in SCHEME.attributes_of.get(span.label, ()):
            value = span.attributes.get(attribute.name)
            if value is None:
                continue
            if attribute.type == "choice":
                fits, expected = value in attribute.names, " ".join(attribute.names)
            elif attribute.type == "number":
                fits = isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < 1e12
                fits = fits and value == int(value)
                expected = "a whole number from 0"
            elif attribute.type == "date":
                fits, expected = is_date(value), "YYYY-MM-DD or YYYY-MM-DDTHH:MM"
            else:
                fits, expected = is_duration(value), "an ISO 8601 length such as P3D or PT40M"
            if not fits:
                yield Finding("spans", number, f"attributes.{attribute.name}", f"{value!r}", expected)


@_rule("quantity-contradictory", Level.SCHEME, "`vague` with a `value`; `range` without `value_high`")
def _quantity_contradictory(document: Document) -> Iterator[Finding]:
    """A QUANTITY's attributes do not fit each other.

    A vague one has a class and no value, any other a value and no class; only a range has an upper end, above value.
    """
    for number, span in enumerate(document.spans):
        if span.label != "QUANTITY":
            continue
        if not is_coherent(span.attributes):
            shown = ", ".join(f"{key} {held}" for key, held in span.attributes.items())
            expected = _COHERENT.get(str(span.attributes.get("modifier")), "a value alone")
            yield Finding("spans", number, "attributes", f"{span.id}: {shown or 'nothing'}", expected)


@_rule("time-empty", Level.SCHEME, "a TIME without `start`, `end` and `duration`")
def _time_empty(document: Document) -> Iterator[Finding]:
    """A TIME has neither a bound nor a length."""
    for number, span in enumerate(document.spans):
        if span.label == "TIME" and not span.attributes.keys() & {"start", "end", "duration"}:
            yield Finding("spans", number, "attributes", f"{span.id} has no value", "start, end or duration")


@_rule("time-reversed", Level.SCHEME, "`start` 2022-05-04, `end` 2022-05-01")
def _time_reversed(document: Document) -> Iterator[Finding]:
    """A TIME ends before it starts; a bare day counts as its whole day."""
    for number, span in enumerate(document.spans):
        start, end = span.attributes.get("start"), span.attributes.get("end")
        if is_date(start) and is_date(end) and str(start)[: len(str(end))] > str(end):
            yield Finding("spans", number, "attributes.end", f"{end} is before {start}", "an end not before the start")


@_rule("claim-contradictory", Level.SCHEME, '`"low": 9, "best": 4`; `"start": "2022-02-30"`')
def _claim_contradictory(document: Document) -> Iterator[Finding]:
    """A predicted claim has a figure whose bounds are out of order, or a time that is no date or ends before it starts.

    A single bound may be left open; `low` is at most `best`, and `best` at most `high`.
    """
    for number, claim in enumerate(document.claims or ()):
        known = [] if claim.quantity is None else [bound for bound in claim.quantity.interval if bound is not None]
        if known != sorted(known):
            yield Finding("claims", number, "quantity", f"bounds {', '.join(map(str, known))}", "low, best, high")
        for name in ("start", "end", "said"):
            if (value := getattr(claim, name)) is not None and not is_date(value):
                yield Finding("claims", number, name, f"{value!r}", "YYYY-MM-DD or YYYY-MM-DDTHH:MM")
        if claim.start and claim.end and claim.end[: len(claim.start)] < claim.start[: len(claim.end)]:
            yield Finding("claims", number, "end", f"{claim.end} comes before {claim.start}", "an end from start on")


# ---------------------------------------------------------------- scheme: relations


@_rule("relation-untyped", Level.SCHEME, "a relation drawn but not typed")
def _relation_untyped(document: Document) -> Iterator[Finding]:
    """A relation has no type yet."""
    for number, relation in enumerate(document.relations):
        if relation.label == UNTYPED:
            head, tail = document.by_id[relation.head].label, document.by_id[relation.tail].label
            possible = SCHEME.relations_between.get((head, tail), ())
            yield Finding(
                "relations",
                number,
                "label",
                f"no type between {head} {relation.head} and {tail} {relation.tail}",
                " or ".join(possible) if possible else "no relation here: the scheme has none for these ends",
            )


@_rule("relation-label-unknown", Level.SCHEME, '`"label": "victim"`')
def _relation_label_unknown(document: Document) -> Iterator[Finding]:
    """A relation has a label that the scheme lacks."""
    for number, relation in enumerate(document.relations):
        if relation.label not in SCHEME.relation and relation.label != UNTYPED:
            yield Finding(
                "relations", number, "label", f"{relation.label!r} is no relation", "a relation of the scheme"
            )


@_rule("relation-ends", Level.SCHEME, "PERSON `agent` STRIKE, the wrong way round")
def _relation_ends(document: Document) -> Iterator[Finding]:
    """A relation connects labels that it may not connect; often head and tail are swapped."""
    for number, relation in enumerate(document.relations):
        head, tail = document.by_id[relation.head].label, document.by_id[relation.tail].label
        if relation.label in SCHEME.relation and not SCHEME.allows(relation.label, head, tail):
            possible = SCHEME.relations_between.get((head, tail), ())
            hint = (
                f"; {relation.label} would fit the other way round" if SCHEME.allows(relation.label, tail, head) else ""
            )
            yield Finding(
                "relations",
                number,
                "",
                f"{relation.label} from {head} {relation.head} to {tail} {relation.tail}{hint}",
                " or ".join(possible) if possible else f"ends that {relation.label} may have",
            )


@_rule("relation-forward", Level.SCHEME, "`same` from the first mention to a later one")
def _relation_forward(document: Document) -> Iterator[Finding]:
    """A coreference link points at no earlier mention; links must point backwards, so that none run in a circle."""
    for number, relation in enumerate(document.relations):
        if relation.label in SCHEME.relation and SCHEME.relation[relation.label].backwards:
            head, tail = document.by_id[relation.head], document.by_id[relation.tail]
            if (tail.start, tail.end) >= (head.start, head.end):
                where = "after" if (tail.start, tail.end) > (head.start, head.end) else "on the words of"
                yield Finding(
                    "relations", number, "tail", f"{tail.id} stands {where} {head.id}", "an earlier mention as the tail"
                )


@_rule("content-without-cue", Level.SCHEME, "a CONTENT that no `content` relation reaches")
def _content_without_cue(document: Document) -> Iterator[Finding]:
    """A CONTENT belongs to no CUE, so nobody says it."""
    reached = {relation.tail for relation in document.relations if relation.label == "content"}
    for number, span in enumerate(document.spans):
        if span.label == "CONTENT" and span.id not in reached:
            yield Finding("spans", number, "", f"{span.id} has no cue", "a content relation from a CUE")


# ---------------------------------------------------------------- scheme: what the guidelines ask of annotators


@_rule("cue-without-content", Level.SCHEME, 'a CUE "said" with no `content` relation', asked_of_predictions=False)
def _cue_without_content(document: Document) -> Iterator[Finding]:
    """A CUE has no CONTENT; only one that withholds may lack it."""
    speaking = {relation.head for relation in document.relations if relation.label == "content"}
    for number, span in enumerate(document.spans):
        if span.label == "CUE" and span.id not in speaking and span.attributes.get("stance") != "withholds":
            yield Finding("spans", number, "", f"{span.id} has no content", "a content relation, or stance withholds")


@_rule("value-loose", Level.SCHEME, "a TIME that no event and no CUE takes", asked_of_predictions=False)
def _value_loose(document: Document) -> Iterator[Finding]:
    """A QUANTITY or TIME is the end of no relation; it is marked only where something takes it."""
    tied = {relation.tail for relation in document.relations} | {relation.head for relation in document.relations}
    for number, span in enumerate(document.spans):
        if SCHEME.layer_of.get(span.label) == "value" and span.id not in tied:
            yield Finding("spans", number, "", f"{span.label} {span.id} is in no relation", "a relation that takes it")


@_rule("mention-loose", Level.SCHEME, '"officers" as FORCE with no relation but `same`', asked_of_predictions=False)
def _mention_loose(document: Document) -> Iterator[Finding]:
    """An entity without a capital letter, so no name, is in no relation but `same`; described mentions need another."""
    if document.text is None:
        return
    tied = {end for r in document.relations if r.label != "same" for end in (r.head, r.tail)}
    for number, span in enumerate(document.spans):
        is_described = SCHEME.layer_of.get(span.label) == "entity" and document.quote(span).islower()
        if is_described and span.id not in tied:
            yield Finding("spans", number, "", f"{document.quote(span)!r} ({span.id}) is in no relation", "a relation")


def find(document: Document, *, prediction: bool = False) -> Iterator[tuple[Rule, Finding]]:
    """All findings of one document, with their rules; it stops after the first level at which something is found.

    A prediction is not asked what only annotators can be asked.  Rules that read words say nothing without a text.
    """
    for level in (Level.INTEGRITY, Level.SCHEME):
        found = False
        for rule in RULES:
            if rule.level == level and (rule.asked_of_predictions or not prediction):
                for finding in rule.find(document):
                    found = True
                    yield rule, finding
        if found:
            return


def problems(document: Document, file: str, *, prediction: bool = False) -> tuple[Problem, ...]:
    """Give all findings of one document of a file as problems."""
    return tuple(
        Problem(file, finding.place, rule.code, rule.level, finding.message, finding.expected)
        for rule, finding in find(document, prediction=prediction)
    )
