"""Claims, derived from a document: what each source says of each event and each affected group.

1. **Voices.** Each trigger is said by each chain of sources around it (`fogbank.model.attribution`).  A cue that only
   borrows the CONTENT of a nearer cue and accuses ("… .  The army blamed rebels") says of it no more than the events
   that have an agent outside that CONTENT, which is the agent that this cue names.
2. **One event.** Triggers of one `same_event` cluster, label and status in one voice are one event.  Two cues are one
   voice if their sources are the same cluster and their stance is equal; a cue without a source is a voice of its own.
3. **Affected groups.** Each entity cluster that is `affected` makes one claim; an event without any makes one claim.
   A part of an affected group (`part_of`) that is no argument of any event and no source makes a claim too, in the
   voice in which the part stands: "27 dead, six of them children".
4. **Figures.** A group's `quantity`, of the mention that the event has, else of another mention of it in the same
   voice.  Different figures of one group are different claims.  A figure of the event itself belongs to its group if
   there is just one without a figure; else it makes a claim without a group, unless a group has the same figure.  Of
   things damaged the event's figure comes before the group's: "13 of 15 targets destroyed".
   A figure, or a group with one, in a CONTENT that does not hold the trigger is claimed in the voice of that CONTENT,
   with no more than stands in it: "Dead: 13 (hospital).  Superseded: 9 (army)".
5. **Agent, place, time** are those of the triggers that have the group, else of the event's others; of several the
   nearest to the group (to the figure, to the trigger where there is none), in characters.  An argument outside the
   CONTENT of several parallel cues is said only by the nearest of them.  `start` and `end` are those of a TIME that has
   one; `said` is the `start` of the nearest time of the innermost cue.
6. **Names** are chosen by `fogbank.model.naming`.

Claims come in the order of their group (their trigger where there is none), then of trigger, cues and figure.  The
order of spans and relations in the document never matters, and nothing depends on the text but the names.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from fogbank.model.attribution import in_order
from fogbank.model.claim import Claim, Figure, Mention, Source
from fogbank.model.document import Document, Span
from fogbank.model.naming import mention_of
from fogbank.model.utterances import Utterance, Utterances, Voice, distance

_COUNTED = ("PERSON", "PEOPLE", "FORCE", "ORG")


def claims(document: Document) -> tuple[Claim, ...]:
    """Give a document's claims: those that it was given, else those that its spans and relations make."""
    return derive(document) if document.claims is None else document.claims


def derive(document: Document) -> tuple[Claim, ...]:
    """Derive the claims of a document from its spans and relations; see the module for the rules."""
    return tuple(_Derivation(document).claims())


@dataclass(frozen=True, slots=True)
class _Group:
    """An affected entity: the mentions that the event has, and who has them."""

    mentions: tuple[Span, ...]
    said: tuple[Utterance, ...]


class _Derivation:
    """The derivation of one document's claims."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._all = Utterances(document)
        self._numerals = {(span.start, span.end) for span in document.spans if span.label == "QUANTITY"}
        self._mentions: dict[str, Mention] = {}
        self._revised = {r.tail for r in document.relations if r.label == "revises"}

    def claims(self) -> Iterator[Claim]:
        events: defaultdict[tuple[Voice, frozenset[str], str, str], list[Utterance]] = defaultdict(list)
        for trigger in self._all.triggers:
            for said in self._all.said(trigger):
                status = str(trigger.attributes.get("status", ""))
                events[self._all.voice(said.chain), self._all.event[trigger.id], trigger.label, status].append(said)
        made = [(claim, said) for event in events.values() for claim, said in self._of_event(event)]

        def place(entry: tuple[Claim, Utterance]) -> tuple[object, ...]:
            claim, said = entry
            group, trigger = claim.affected, said.trigger
            cues = tuple((voice.cue.start, voice.cue.end) for voice in said.chain)
            at = trigger.start if group is None or group.start is None else group.start
            return at, trigger.start, trigger.end, trigger.label, claim.status, cues, repr(claim.quantity)

        yield from (claim for claim, _ in sorted(made, key=place))

    def _of_event(self, event: list[Utterance]) -> Iterator[tuple[Claim, Utterance]]:
        groups: list[_Group] = []
        for cluster in dict.fromkeys(self._all.entity[m.id] for said in event for m in said.arguments["affected"]):
            having = [s for s in event if any(self._all.entity[m.id] == cluster for m in s.arguments["affected"])]
            mentions = in_order(
                {m for s in having for m in s.arguments["affected"] if self._all.entity[m.id] == cluster}
            )
            groups.append(_Group(tuple(mentions), tuple(having)))
        figures = [self._figures(group) for group in groups]
        own = in_order({quantity for said in event for quantity in said.arguments["quantity"]})
        known = {Figure.of(quantity.attributes) for held in figures for quantity in held}
        own = [quantity for quantity in own if Figure.of(quantity.attributes) not in known]
        free = [at for at, held in enumerate(figures) if not held and not self._is_part(groups[at])]
        if groups and groups[0].mentions[0].label not in _COUNTED and groups[0].said[0].trigger.label == "DAMAGE":
            free = list(range(len(groups)))
        if own and len(free) == 1:
            figures[free[0]], own = own, []
        for group, held in zip(groups, figures, strict=True):
            for figure in _distinct(held):
                yield self._claim(event, group, figure), group.said[0]
        if own or not groups:
            for figure in _distinct(own):
                having = [said for said in event if figure in said.arguments["quantity"]] or event
                yield self._claim(event, _Group((), tuple(having)), figure), having[0]

    def _figures(self, group: _Group) -> list[Span]:
        """Give the figures of a group: of its own mentions, else of others in the same voice."""
        if own := in_order({q for mention in group.mentions for q in self._all.of(mention, "quantity")}):
            return own
        voice = self._all.voice(group.said[0].chain)
        others = in_order(self._document.by_id[name] for name in self._all.entity[group.mentions[0].id])
        return [
            quantity
            for other in others
            if any(self._all.voice(chain) == voice for chain in self._all.chains(other))
            for quantity in self._all.of(other, "quantity")
        ][:1]

    def _is_part(self, group: _Group) -> bool:
        """Whether a group is part of one that an event of the same label affects, or its event is part of such one."""
        label = group.said[0].trigger.label
        wholes = [
            whole
            for mention in group.mentions
            for name in self._all.entity[mention.id]
            for whole in self._all.of(self._document.by_id[name], "part_of")
        ]
        return any(label in self._all.affected_by.get(self._all.entity[whole.id], ()) for whole in wholes) or any(
            whole.label == label for said in group.said for whole in self._all.of(said.trigger, "part_of")
        )

    def _claim(self, event: list[Utterance], group: _Group, quantity: Span | None) -> Claim:
        ordered = [*group.said, *(said for said in event if said not in group.said)]
        first = group.said[0]
        centre = group.mentions[0] if group.mentions else quantity or first.trigger

        def nearest(label: str) -> Span | None:
            found = (_nearest(said.arguments[label], centre) for said in ordered)
            return next((span for span in found if span is not None), None)

        agent, place, time = map(nearest, ("agent", "place", "time"))
        times = [t for voice in first.chain[:1] for t in self._all.of(voice.cue, "time") if "start" in t.attributes]
        said = _nearest(times, centre)
        having = {said.trigger for said in group.said}
        made_from = {
            *having,
            *group.mentions,
            *(span for span in (agent, place, quantity, time, said) if span is not None),
            *(s for voice in first.chain for s in (*voice, *self._all.attribution.sources(voice.cue))),
        }
        return Claim(
            sources=tuple(self._source(voice.cue) for voice in first.chain),
            label=first.trigger.label,
            status=str(first.trigger.attributes.get("status", "")),
            affected=self._mention(group.mentions[0]) if group.mentions else None,
            quantity=None if quantity is None else Figure.of(quantity.attributes),
            agent=None if agent is None else self._mention(agent),
            place=None if place is None else self._mention(place),
            start=_attribute(time, "start"),
            end=_attribute(time, "end"),
            said=_attribute(said, "start"),
            part=self._is_part(group),
            revised=quantity is not None and quantity.id in self._revised,
            event=in_order(self._document.by_id[name] for name in self._all.event[first.trigger.id])[0].id,
            spans=tuple(span.id for span in in_order(made_from)),
        )

    # ------------------------------------------------------------ names

    def _source(self, cue: Span) -> Source:
        return Source(
            mentions=tuple(self._mention(source) for source in self._all.attribution.sources(cue)),
            kind=str(cue.attributes.get("source_kind", "unnamed")),
            stance=str(cue.attributes.get("stance", "")),
            cue=cue.id,
        )

    def _mention(self, span: Span) -> Mention:
        if span.id not in self._mentions:
            cluster = in_order(self._document.by_id[name] for name in self._all.entity[span.id])
            self._mentions[span.id] = mention_of(self._document, span, cluster, self._numerals)
        return self._mentions[span.id]


def _distinct(quantities: list[Span]) -> list[Span | None]:
    """Leave out each quantity that says what an earlier one said; of none make one that is unknown."""
    told: list[Span | None] = [*{Figure.of(q.attributes): q for q in reversed(quantities)}.values()]
    return told[::-1] or [None]


def _nearest(spans: Iterable[Span], centre: Span) -> Span | None:
    return min(spans, key=lambda span: (distance(span, centre), span.start), default=None)


def _attribute(span: Span | None, name: str) -> str | None:
    value = None if span is None else span.attributes.get(name)
    return None if value is None else str(value)
