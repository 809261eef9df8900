"""Task 2, relations: who did what to whom, where, when and how many.

A relation is its label and the keys (start, end, label) of its head and tail; what a document repeats counts once, and
one with an end that is no span of its document is left out.  A label that the scheme does not know counts in totals.

Criteria, all exact and micro-averaged; rows by label, and by the layer of the head.
- end to end (the headline): equal label, and both ends match as spans.  A relation of a span that was not found cannot
  match, and one with a span that gold lacks is wrong.
- `unlabelled`: equal ends, whatever joins them; several relations from one span to another count once.
- `on gold spans`, `on gold spans unlabelled`: the same, but only of relations of which both ends are spans that gold
  and prediction have: relations of gold to spans that were not found are not asked for, nor those predicted of spans
  that gold lacks.  Of a system that was given gold's spans this is the usual score "with gold spans".
- `macro`: the plain mean of the labels that either side has, end to end.

Event extraction's names.  A trigger is a span of the event layer; an argument is the tail of one of `ARGUMENTS` whose
head is a trigger.  Sets of tuples are compared, by document:
- `Tri-I`: trigger offsets; `Tri-C`: trigger offsets and event label;
- `Arg-I`: argument offsets and event label; `Arg-C`: argument offsets, event label and role (the relation's label).

The trigger's offsets and the argument's label are not asked of arguments.  Source: Li, Ji & Huang 2013 (ACL, P13-1008,
section 4.1), in the form used since Lin et al. 2020 (OneIE, doi:10.18653/v1/2020.acl-main.713).
"""

from collections.abc import Callable, Sequence
from typing import Any

from fogbank.compare.measure import Rates, Rows, row_name, tally
from fogbank.model.document import Document
from fogbank.model.scheme import SCHEME

CRITERION = "end-to-end"
ARGUMENTS = frozenset({"agent", "affected", "place", "origin", "destination", "time", "means", "quantity"})
EVENTS = frozenset(SCHEME.labels_in("event"))
Key = tuple[int, int, str]
Link = tuple[str, Key, Key]
"""The label of a relation and the keys of its head and tail."""
Side = Sequence[set[Any]]


def measure(gold: Sequence[Document], predicted: Sequence[Document]) -> Rows:
    """Measure relations end to end and on gold spans, with and without labels, and as triggers and arguments."""
    sides = [[links(document) for document in side] for side in (gold, predicted)]
    common = on_common_spans(gold, predicted)
    triggers = [
        [{key for key in keys(document) if key[2] in EVENTS} for document in side] for side in (gold, predicted)
    ]
    arguments = [[set(filter(_is_argument, one)) for one in side] for side in sides]
    return {
        **rows("", *sides),
        row_name(part="macro"): tally(SCHEME.relation_names, *(_by_label(side) for side in sides)).macro(),
        "unlabelled": _mapped(lambda link: link[1:], *sides),
        **rows("on gold spans", *common),
        "on gold spans unlabelled": _mapped(lambda link: link[1:], *common),
        "Tri-I": _mapped(lambda key: key[:2], *triggers),
        "Tri-C": _mapped(lambda key: key, *triggers),
        "Arg-I": _mapped(lambda link: (link[1][2], link[2][:2]), *arguments),
        "Arg-C": _mapped(lambda link: (link[1][2], link[2][:2], link[0]), *arguments),
    }


def links(document: Document) -> set[Link]:
    """Give the relations of a document by their label and the keys of their ends."""
    known = document.by_id
    return {
        (r.label, known[r.head].key, known[r.tail].key)
        for r in document.relations
        if r.head in known and r.tail in known
    }


def keys(document: Document) -> set[Key]:
    """Give the spans of a document by their keys."""
    return {span.key for span in document.spans}


def on_common_spans(gold: Sequence[Document], predicted: Sequence[Document]) -> tuple[Side, Side]:
    """Give the links of both sides of which both ends are spans that both sides have."""
    common = [keys(one) & keys(other) for one, other in zip(gold, predicted, strict=True)]
    first, second = (
        [
            {link for link in links(one) if link[1] in both and link[2] in both}
            for one, both in zip(side, common, strict=True)
        ]
        for side in (gold, predicted)
    )
    return first, second


def rows(criterion: str, gold: Side, predicted: Side) -> Rows:
    """Give the rows of all links, of layers of heads, and of labels."""
    by_layer = tally([layer.name for layer in SCHEME.layers], *(_by_layer(side) for side in (gold, predicted)))
    by_label = tally(SCHEME.relation_names, *(_by_label(side) for side in (gold, predicted)))
    whole = row_name(criterion)
    return {**by_layer.rows(criterion), **by_label.rows(criterion), whole: Rates.of_sets(gold, predicted)}


def _by_label(side: Side) -> list[list[tuple[str, Any]]]:
    return [[(link[0], link) for link in one] for one in side]


def _by_layer(side: Side) -> list[list[tuple[str, Any]]]:
    return [[(SCHEME.layer_of.get(link[1][2], ""), link) for link in one] for one in side]


def _is_argument(link: Link) -> bool:
    return link[0] in ARGUMENTS and link[1][2] in EVENTS


def _mapped(item: Callable[[Any], Any], gold: Side, predicted: Side) -> Rates:
    return Rates.of_sets(*([set(map(item, one)) for one in side] for side in (gold, predicted)))
