"""A claim: what one source says of one event and one affected group.  A frozen value, made from spans or read as it is.

A *derived* claim (see `fogbank.model.claims`) knows the spans that it was made from; a *given* one, as a system
predicts it, may hold strings alone.  The JSON form is the same for both: names are strings, and no offset is asked for.

    {"sources": [{"names": ["Dr Oreth"], "kind": "medical", "stance": "asserts"}], "label": "DEATH",
     "status": "actual", "affected": "miners",
     "quantity": {"low": 12, "best": 12, "high": null, "modifier": "at_least", "vague_class": null},
     "agent": null, "place": "Hask", "start": "2030-03-05", "end": "2030-03-05", "said": null, "part": false,
     "revised": false, "event": "E1"}

Sources stand innermost first: the one who says it, then who is said to say so; several names are a joint statement, no
name is an unnamed source, no source at all the writer's own voice.  Claims of one event have one `event`, any name that
the document gives it.  What is not known is null or left out.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from fogbank.model.scheme import SCHEME, Interval

WRITER_STANCE = "asserts"
"""How the writer stands to what no source is cited for."""


@dataclass(frozen=True, slots=True)
class Mention:
    """Who or what fills a slot.

    `text` is the name shown, None where the text is withheld; `names` are all the words that the document has for it,
    pronouns left out, `text` first.  `start` and `end` are of the mention that the event or cue has, and `spans` the
    ids of all mentions in order; both say nothing where a claim was given without offsets.  `label` is the mention's.
    """

    text: str | None
    names: tuple[str, ...] = ()
    start: int | None = None
    end: int | None = None
    spans: tuple[str, ...] = ()
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """One link in a chain of sources: who (none for an unnamed one; several for a joint statement), kind and stance."""

    mentions: tuple[Mention, ...]
    kind: str
    stance: str
    cue: str | None = None

    @property
    def name(self) -> str | None:
        """The names shown, joined; None where there is none."""
        return " and ".join(mention.text for mention in self.mentions if mention.text) or None


@dataclass(frozen=True, slots=True)
class Figure:
    """A normalised quantity with the words' own class."""

    low: int | None
    best: int | None
    high: int | None
    modifier: str = "exact"
    vague_class: str | None = None

    @property
    def interval(self) -> Interval:
        """The bounds alone."""
        return Interval(self.low, self.best, self.high)

    @classmethod
    def of(cls, attributes: Mapping[str, Any]) -> "Figure":
        """Make the figure of a QUANTITY span's attributes by the scheme's table."""
        vague = attributes.get("vague_class")
        return cls(
            *SCHEME.interval(attributes),
            str(attributes.get("modifier", "exact")),
            None if vague is None else str(vague),
        )

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Figure":
        """Build a figure from its JSON form; what is left out is not known."""
        low, best, high = (None if value.get(k) is None else int(value[k]) for k in ("low", "best", "high"))
        return cls(low, best, high, value.get("modifier", "exact"), value.get("vague_class"))

    def __str__(self) -> str:
        bounds = ["?" if bound is None else f"{bound:,}" for bound in self.interval]
        shown = bounds[0] if len(set(bounds)) == 1 else "/".join(bounds)
        return f"{shown} ({self.vague_class})" if self.vague_class else shown


@dataclass(frozen=True, slots=True)
class Claim:
    """What a source says of one event and one affected group.

    `part`: the group is part of another that the document has for an event of the same label.  `revised`: the document
    itself replaces the figure by a later one.  `event` is the id of the first trigger of the event in the document,
    whoever's words it stands in, and `spans` are the ids of all spans that the claim was made from, in order.
    """

    sources: tuple[Source, ...]
    label: str
    status: str
    affected: Mention | None = None
    quantity: Figure | None = None
    agent: Mention | None = None
    place: Mention | None = None
    start: str | None = None
    end: str | None = None
    said: str | None = None
    part: bool = False
    revised: bool = False
    event: str | None = None
    spans: tuple[str, ...] = ()

    @property
    def stance(self) -> str:
        """How the innermost source stands to it; the writer asserts."""
        return self.sources[0].stance if self.sources else WRITER_STANCE

    @property
    def kind(self) -> str | None:
        """The kind of the innermost source; None for the writer."""
        return self.sources[0].kind if self.sources else None

    @property
    def is_denied(self) -> bool:
        """Whether any source in the chain denies it."""
        return any(source.stance == "denies" for source in self.sources)

    def to_json(self) -> dict[str, Any]:
        """Give the JSON form, without offsets; see the module."""

        def name(mention: Mention | None) -> str | None:
            return None if mention is None else mention.text

        return {
            "sources": [
                {"names": [m.text for m in s.mentions if m.text is not None], "kind": s.kind, "stance": s.stance}
                for s in self.sources
            ],
            "label": self.label,
            "status": self.status,
            "affected": name(self.affected),
            "quantity": self.quantity and asdict(self.quantity),
            "agent": name(self.agent),
            "place": name(self.place),
            "start": self.start,
            "end": self.end,
            "said": self.said,
            "part": self.part,
            "revised": self.revised,
            "event": self.event,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Claim":
        """Build a claim from a JSON form that has passed its JSON Schema."""

        def mention(name: str | None) -> Mention | None:
            return Mention(name, (name,)) if name else None

        figure = value.get("quantity")
        return cls(
            sources=tuple(
                Source(
                    tuple(Mention(name, (name,)) for name in source.get("names", ())),
                    source.get("kind") or "unnamed",
                    source.get("stance") or WRITER_STANCE,
                )
                for source in value.get("sources", ())
            ),
            label=value["label"],
            status=value.get("status") or "actual",
            affected=mention(value.get("affected")),
            quantity=None if figure is None else Figure.from_json(figure),
            agent=mention(value.get("agent")),
            place=mention(value.get("place")),
            start=value.get("start"),
            end=value.get("end"),
            said=value.get("said"),
            part=bool(value.get("part")),
            revised=bool(value.get("revised")),
            event=value.get("event"),
        )
