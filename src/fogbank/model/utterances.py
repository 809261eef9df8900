"""Utterances: a trigger as one chain of sources has it, with the arguments that this chain says.

These are the first steps from a document to its claims; `fogbank.model.claims` states all the rules.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from fogbank.model.attribution import Attribution, Chain, Who, in_order
from fogbank.model.document import Document, Span, clusters
from fogbank.model.scheme import SCHEME

_ARGUMENTS = ("affected", "agent", "place", "time", "quantity")
_DESCRIBING = ("same", "part_of", "member_of", "located_in", "quantity")
Voice = tuple[Who, ...]


@dataclass(frozen=True, slots=True)
class Utterance:
    """A trigger as one chain of sources has it, with the arguments that this chain says, by relation."""

    trigger: Span
    chain: Chain
    arguments: dict[str, list[Span]]


class Utterances:
    """The triggers of one document with all that is said of them."""

    def __init__(self, document: Document) -> None:
        """Read the relations once; those with an unknown end are passed over."""
        self.attribution = Attribution(document)
        self.entity = self.attribution.cluster_of
        self.event = {span.id: frozenset((span.id,)) for span in document.spans}
        for cluster in clusters(document, "same_event"):
            self.event.update(dict.fromkeys(cluster, cluster))
        by_id = document.by_id
        tails: defaultdict[tuple[str, str], list[Span]] = defaultdict(list)
        for relation in document.relations:
            if relation.head in by_id and relation.tail in by_id:
                tails[relation.head, relation.label].append(by_id[relation.tail])
        self._tails = {key: in_order(held) for key, held in tails.items()}
        self._parts_of: defaultdict[str, list[Span]] = defaultdict(list)
        for (head, label), held in tails.items():
            if label == "part_of" and SCHEME.layer_of.get(by_id[head].label) == "entity":
                for whole in held:
                    self._parts_of[whole.id].append(by_id[head])
        self._heard_at: dict[str, list[Chain]] = {}
        self.triggers = in_order(s for s in document.spans if SCHEME.layer_of.get(s.label) == "event")
        self.affected_by = self._find_affected()
        self._active = {
            r.tail for r in document.relations if r.label in SCHEME.relation_names and r.label not in _DESCRIBING
        }

    def of(self, head: Span, label: str) -> list[Span]:
        """Give the tails of a span's relations of one label, in order."""
        return self._tails.get((head.id, label), [])

    def _find_affected(self) -> dict[frozenset[str], set[str]]:
        """Find the labels of the events that affect each entity cluster."""
        found: defaultdict[frozenset[str], set[str]] = defaultdict(set)
        for trigger in self.triggers:
            for tail in self.of(trigger, "affected"):
                found[self.entity[tail.id]].add(trigger.label)
        return dict(found)

    def voice(self, chain: Chain) -> Voice:
        """Tell whose voices a chain is made of."""
        return tuple(self.attribution.who(voice.cue) for voice in chain)

    def said(self, trigger: Span) -> Iterator[Utterance]:
        """Yield what is said of a trigger, chain by chain: of its parts, of what stands elsewhere, and of the rest."""
        held = {label: self.of(trigger, label) for label in _ARGUMENTS}
        held["time"] = [time for time in held["time"] if {"start", "end"} & time.attributes.keys()]
        parts = self._parts(held["affected"])
        apart = [
            span
            for span in (*held["affected"], *held["quantity"])
            if (span.label == "QUANTITY" or self.of(span, "quantity")) and self._elsewhere(span, trigger)
        ]
        for span in (*parts, *apart):
            for chain in self.chains(span):
                alone = {"affected": [], "quantity": [], "quantity" if span.label == "QUANTITY" else "affected": [span]}
                yield Utterance(trigger, chain, {**self._heard(chain, trigger, held), **alone})
        rest = {label: [tail for tail in tails if tail not in apart] for label, tails in held.items()}
        if apart and not rest["affected"] and not rest["quantity"]:
            return
        for chain in self.chains(trigger):
            arguments = self._heard(chain, trigger, rest)
            if chain and self._only_blames(chain) and not self._outside(chain, arguments["agent"]):
                continue
            yield Utterance(trigger, chain, arguments)

    def _elsewhere(self, span: Span, trigger: Span) -> bool:
        """Whether a span stands in a CONTENT that does not hold the trigger."""
        return any(chain and self._outside(chain, [trigger]) for chain in self.chains(span))

    def _heard(self, chain: Chain, trigger: Span, held: dict[str, list[Span]]) -> dict[str, list[Span]]:
        """Leave of a trigger's arguments those that a chain says."""
        if chain and self._outside(chain, [trigger]):
            return {label: [t for t in tails if not self._outside(chain, [t])] for label, tails in held.items()}
        return {label: [t for t in tails if self._says(chain, t)] for label, tails in held.items()}

    def chains(self, span: Span) -> list[Chain]:
        """Give the chains in whose words a span stands, a source within itself left out."""
        if span.id not in self._heard_at:
            spoken = (self.attribution.spoken(chain) for chain in self.attribution.chains(span))
            self._heard_at[span.id] = list(dict.fromkeys(spoken))
        return self._heard_at[span.id]

    def _says(self, chain: Chain, argument: Span) -> bool:
        """Whether an argument is in the CONTENT of a chain, or its cue is the nearest of those that share it."""
        if not chain or not self._outside(chain, [argument]):
            return True
        cue, content = chain[0]
        nearest = min(self.attribution.parallel(content), key=lambda other: (distance(other, argument), other.start))
        return nearest == cue

    @staticmethod
    def _outside(chain: Chain, spans: Iterable[Span]) -> list[Span]:
        content = chain[0].content
        return [span for span in spans if not (content.start <= span.start and span.end <= content.end)]

    def _only_blames(self, chain: Chain) -> bool:
        cue, content = chain[0]
        parallel = self.attribution.parallel(content)
        nearest = min(parallel, key=lambda other: (distance(other, content), other.start))
        return cue.attributes.get("stance") == "accuses" and nearest != cue

    def _parts(self, groups: Iterable[Span]) -> list[Span]:
        """Give the parts of affected groups that have no part in anything else; parts of parts too."""
        found: dict[str, Span] = {}
        wholes = [mention for group in groups for mention in self.entity[group.id]]
        while wholes:
            for part in self._parts_of.get(wholes.pop(), ()):
                if part.id not in found and not self.entity[part.id] & self._active:
                    found[part.id] = part
                    wholes.extend(self.entity[part.id])
        return in_order(found.values())


def distance(a: Span, b: Span) -> int:
    """Give the characters between two spans; 0 where they touch or overlap."""
    return max(0, a.start - b.end, b.start - a.end)
