"""The annotation scheme and its only reader: labels, attributes, relations, and how a figure becomes an interval.

The scheme is data, in `scheme.toml` beside this package; `SCHEME` is that file, read once.  Order is the order of
publication: label tables, class labels of dataset features and menus all follow it.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from typing import Any, Literal, NamedTuple

AttributeType = Literal["choice", "number", "date", "duration"]


class Choice(NamedTuple):
    """One value that a choice attribute can take."""

    name: str
    gloss: str


@dataclass(frozen=True, slots=True)
class Layer:
    """A group of labels; two spans of one layer never cross."""

    name: str
    title: str
    gloss: str


@dataclass(frozen=True, slots=True)
class Label:
    """A label of spans, with what Label Studio shows of it."""

    name: str
    layer: str
    gloss: str
    hotkey: str
    colour: str


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute that spans of some labels carry; `values` only for a choice."""

    name: str
    labels: frozenset[str]
    type: AttributeType
    required: bool
    default: str | None
    gloss: str
    values: tuple[Choice, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the values, in order."""
        return tuple(value.name for value in self.values)


@dataclass(frozen=True, slots=True)
class RelationType:
    """A relation label and the pairs of labels that it may connect.

    `backwards`: the tail must stand before the head, as an earlier mention does.
    """

    name: str
    gloss: str
    backwards: bool
    pairs: frozenset[tuple[str, str]]
    shape: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]


class Interval(NamedTuple):
    """A normalised quantity: UCDP GED's low, best and high; None where a bound is open."""

    low: int | None
    best: int | None
    high: int | None


@dataclass(frozen=True)
class Scheme:
    """The whole scheme."""

    version: str
    layers: tuple[Layer, ...]
    labels: tuple[Label, ...]
    attributes: tuple[Attribute, ...]
    relations: tuple[RelationType, ...]
    measures: tuple[str, ...]
    genres: tuple[str, ...]
    quantities: Mapping[str, Any]

    @cached_property
    def label_names(self) -> tuple[str, ...]:
        """All span labels in order."""
        return tuple(label.name for label in self.labels)

    @cached_property
    def relation_names(self) -> tuple[str, ...]:
        """All relation labels in order."""
        return tuple(relation.name for relation in self.relations)

    @cached_property
    def layer_of(self) -> Mapping[str, str]:
        """The layer of each label."""
        return {label.name: label.layer for label in self.labels}

    @cached_property
    def attribute(self) -> Mapping[str, Attribute]:
        """Attributes by name."""
        return {attribute.name: attribute for attribute in self.attributes}

    @cached_property
    def attributes_of(self) -> Mapping[str, tuple[Attribute, ...]]:
        """The attributes that each label carries."""
        return {name: tuple(a for a in self.attributes if name in a.labels) for name in self.label_names}

    @cached_property
    def relation(self) -> Mapping[str, RelationType]:
        """Relation types by name."""
        return {relation.name: relation for relation in self.relations}

    @cached_property
    def relations_between(self) -> Mapping[tuple[str, str], tuple[str, ...]]:
        """The relation labels that may stand between a head label and a tail label."""
        found: dict[tuple[str, str], tuple[str, ...]] = {}
        for relation in self.relations:
            for pair in relation.pairs:
                found[pair] = (*found.get(pair, ()), relation.name)
        return found

    def labels_in(self, layer: str) -> tuple[str, ...]:
        """Return the labels of one layer in order."""
        return tuple(label.name for label in self.labels if label.layer == layer)

    def allows(self, relation: str, head: str, tail: str) -> bool:
        """Whether the scheme lets a relation run from a span labelled `head` to one labelled `tail`."""
        return relation in self.relation and (head, tail) in self.relation[relation].pairs

    def interval(self, attributes: Mapping[str, Any]) -> Interval:
        """Turn the attributes of a QUANTITY into low, best and high by the scheme's table.

        All three are None where the attributes say too little (no value, no class, an unknown modifier).
        """
        modifier = attributes.get("modifier", "exact")
        if modifier == "vague":
            row = self.quantities["vague"].get(attributes.get("vague_class"), {})
            return Interval(row.get("low"), row.get("best"), row.get("high"))
        value = attributes.get("value")
        row = self.quantities["modifiers"].get(modifier)
        if row is None or value is None:
            return Interval(None, None, None)
        high = attributes.get("value_high", value)
        terms = {
            "v": value,
            "w": high,
            "v+1": value + 1,
            "v-1": value - 1,
            "mid": (value + high) // 2,
            "0.9v": value * 9 // 10,
            "1.1v": -(-value * 11 // 10),
        }
        low, best, top = (None if row.get(k) is None else int(terms[row[k]]) for k in ("low", "best", "high"))
        return Interval(low, best, top)


def _read() -> Scheme:
    raw = tomllib.loads(files("fogbank").joinpath("scheme.toml").read_text(encoding="utf-8"))
    labels = tuple(Label(**entry) for entry in raw["labels"])

    def expand(names: list[str]) -> tuple[str, ...]:
        found: list[str] = []
        for name in names:
            members = [lb.name for lb in labels if lb.layer == name[1:]] if name.startswith("@") else [name]
            found.extend(members)
        return tuple(found)

    attributes = tuple(
        Attribute(
            name=entry["name"],
            labels=frozenset(expand(entry["labels"])),
            type=entry["type"],
            required=entry["required"],
            default=entry.get("default"),
            gloss=entry["gloss"],
            values=tuple(Choice(**value) for value in entry.get("values", ())),
        )
        for entry in raw["attributes"]
    )
    relations = tuple(
        RelationType(
            name=entry["name"],
            gloss=entry["gloss"],
            backwards=entry.get("backwards", False),
            pairs=frozenset(
                (head, tail)
                for pair in entry["pairs"]
                for head in expand(pair["heads"])
                for tail in expand(pair["tails"])
            ),
            shape=tuple((tuple(pair["heads"]), tuple(pair["tails"])) for pair in entry["pairs"]),
        )
        for entry in raw["relations"]
    )
    return Scheme(
        version=raw["version"],
        layers=tuple(Layer(**entry) for entry in raw["layers"]),
        labels=labels,
        attributes=attributes,
        relations=relations,
        measures=tuple(raw["incidents"]["measures"]),
        genres=tuple(raw["incidents"]["genres"]),
        quantities=raw["quantities"],
    )


SCHEME = _read()
