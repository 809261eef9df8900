"""A task of a Label Studio export as typed values, for the fast verdict alone.

`read_task` is faster than reading JSON into dictionaries and validating them, since the types say most of what the JSON
Schema says: labels, choices and control names are the scheme's, a list that must have one item is a tuple of one.  It
gives up on what it does not know, such as a key that is declared nowhere; so what Label Studio writes and FogBank does
not read is declared too, as `Any`.
"""

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import msgspec
from msgspec import UNSET, Struct, UnsetType

from fogbank.check.syntax import has_colons
from fogbank.model.regions import LABEL_CONTROL, TEXT_OBJECT
from fogbank.model.scheme import SCHEME

if TYPE_CHECKING:  # what the scheme says is known when it is read, not to a type checker
    Label: TypeAlias = str
    RelationLabel: TypeAlias = str
    ChoiceValue: TypeAlias = str
    ChoiceName: TypeAlias = str
    NumberName: TypeAlias = str
    TypedName: TypeAlias = str
    Control: TypeAlias = str
    Target: TypeAlias = str
else:

    def _named(*types: str) -> Any:
        return Literal[tuple(attribute.name for attribute in SCHEME.attributes if attribute.type in types)]

    Label = Literal[SCHEME.label_names]
    RelationLabel = Literal[SCHEME.relation_names]
    ChoiceValue = Literal[tuple(value for attribute in SCHEME.attributes for value in attribute.names)]
    ChoiceName, NumberName, TypedName = _named("choice"), _named("number"), _named("date", "duration")
    Control, Target = Literal[LABEL_CONTROL], Literal[TEXT_OBJECT]


class Place(Struct, forbid_unknown_fields=True, gc=False):
    """The `value` of a region."""

    start: int
    end: int
    labels: tuple[Label]
    text: str | UnsetType = UNSET


class _Held(Struct, forbid_unknown_fields=True, gc=False, kw_only=True):
    start: int | UnsetType = UNSET
    end: int | UnsetType = UNSET


class HeldChoice(_Held, kw_only=True):
    """The `value` of a choice."""

    choices: tuple[ChoiceValue]
    text: str | UnsetType = UNSET


class HeldNumber(_Held, kw_only=True):
    """The `value` of a number."""

    number: int | float
    text: str | UnsetType = UNSET


class HeldText(_Held, kw_only=True):
    """The `value` of what was typed: `text` is that, and not the words of the region."""

    text: tuple[str]


class _Item(Struct, tag_field="type", forbid_unknown_fields=True, gc=False, kw_only=True):
    origin: Any = UNSET
    score: Any = UNSET
    meta: Any = UNSET


class Region(_Item, tag="labels", kw_only=True):
    """A span."""

    id: str
    from_name: Control
    to_name: Target
    value: Place


class Choice(_Item, tag="choices", kw_only=True):
    """An attribute that was chosen."""

    id: str
    from_name: ChoiceName
    to_name: Target
    value: HeldChoice


class Number(_Item, tag="number", kw_only=True):
    """An attribute that is a number."""

    id: str
    from_name: NumberName
    to_name: Target
    value: HeldNumber


class Typed(_Item, tag="textarea", kw_only=True):
    """An attribute that was typed: a date or a duration."""

    id: str
    from_name: TypedName
    to_name: Target
    value: HeldText


class Link(_Item, tag="relation", kw_only=True):
    """A relation."""

    from_id: str
    to_id: str
    direction: Literal["right", "left"]
    labels: tuple[RelationLabel]


class Data(Struct, forbid_unknown_fields=True, gc=False):
    """The `data` of a task."""

    id: str
    sha256: str
    published: str
    title: str | UnsetType = UNSET
    text: str | UnsetType = UNSET


class Annotation(Struct, forbid_unknown_fields=True, gc=False, kw_only=True):
    """One annotator's work; after `was_cancelled` stands what nobody reads."""

    result: list[Region | Choice | Number | Typed | Link]
    completed_by: Any = UNSET
    was_cancelled: bool | UnsetType = UNSET
    id: Any = UNSET
    ground_truth: Any = UNSET
    created_at: Any = UNSET
    updated_at: Any = UNSET
    draft_created_at: Any = UNSET
    lead_time: Any = UNSET
    prediction: Any = UNSET
    result_count: Any = UNSET
    unique_id: Any = UNSET
    import_id: Any = UNSET
    last_action: Any = UNSET
    last_created_by: Any = UNSET
    bulk_created: Any = UNSET
    task: Any = UNSET
    project: Any = UNSET
    updated_by: Any = UNSET
    parent_prediction: Any = UNSET
    parent_annotation: Any = UNSET


class Task(Struct, forbid_unknown_fields=True, gc=False, kw_only=True):
    """A task; after `predictions` stands what nobody reads."""

    data: Data
    annotations: list[Annotation]
    drafts: list[Any] | UnsetType = UNSET
    predictions: list[Any] | UnsetType = UNSET
    id: Any = UNSET
    meta: Any = UNSET
    created_at: Any = UNSET
    updated_at: Any = UNSET
    allow_skip: Any = UNSET
    inner_id: Any = UNSET
    total_annotations: Any = UNSET
    cancelled_annotations: Any = UNSET
    total_predictions: Any = UNSET
    comment_count: Any = UNSET
    unresolved_comment_count: Any = UNSET
    comment_authors: Any = UNSET
    comment_authors_count: Any = UNSET
    last_comment_updated_at: Any = UNSET
    project: Any = UNSET
    updated_by: Any = UNSET
    file_upload: Any = UNSET


_decoder = msgspec.json.Decoder(Task)
_encoder = msgspec.json.Encoder()


def read_task(raw: bytes) -> Task | None:
    """Read a task; None where it has another shape or another key than is declared here, or repeats a key."""
    try:
        task = _decoder.decode(raw)
        again = _encoder.encode(task)
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        return None
    return task if has_colons(raw, again) else None
