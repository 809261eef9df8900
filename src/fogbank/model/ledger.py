"""The ledger: what all sources said over time of one measure of one incident, and the range that they leave.

**Entries.**  A claim becomes an entry where its event is of a measure (`MEASURES`), it has a figure, and what it counts
are people.  A joint statement is an entry of each of its sources.  An entry is of the time at which it was said, else
of publication.  Sources are one across documents where their kind is equal and they share a name (`normalised`); the
writer, and a "we" that speaks, is the outlet; an unnamed source is one of its own.

**Standing.**  Each entry has one, the first that fits:

- `denied`: a source in the chain denies it; `withheld`: its source withholds or demands;
- `possible`: the event is possible or planned; `negated`: it did not happen, but for a figure of nobody at all;
- `part`: the figure is of a part of a larger group;
- `apart`: its event is not the main one of its document: the one of which most sources give a whole figure, then the
  one with the largest (rival tolls of one group are one event in the annotation; claims without spans are of one);
- `replaced`: the document itself replaces it, or the same source gave another later, or a larger one at that time;
- `stands`.

**Range.**  Over the entries that stand: `low` is the smallest lower bound, `high` the largest upper bound (a bound that
is open counts by the best figure, as the last number that the source vouches for).  `best` is the latest best figure
of the most reliable tier that stands, of several at one time the smallest: `TIERS` puts those who see the victims and
are no party (medical, judicial, UN, aid) before officials, police, experts, media and witnesses, and those before
armed parties and unnamed sources.  Where only parts are known, the largest of them is a lower bound and all else open.

The three figures have the names of UCDP GED and follow its idea: the best estimate rests on the sources thought most
reliable, and where these cannot be told apart the lower figure is preferred (Sundberg & Melander 2013,
doi:10.1177/0022343313484347).  The outer bounds are the smallest and largest figure that a source stands by, as in the
ranges of Airwars (https://airwars.org/about/methodology/).  Sums are not computed: a figure of one group is never
added to that of another.

**Truth.**  Of an invented incident the sheet says what is true: of several groups of one measure the largest.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from fogbank.model.claim import Claim, Figure, Mention, Source
from fogbank.model.claims import claims
from fogbank.model.document import Dateline, Document
from fogbank.model.naming import OWN_VOICE
from fogbank.model.scheme import SCHEME, Interval

MEASURES: Mapping[str, str] = {
    "DEATH": "killed",
    "INJURY": "injured",
    "MISSING": "missing",
    "DETAIN": "detained",
    "DISPLACE": "displaced",
    "EVACUATE": "evacuated",
    "TRAP": "trapped",
}
TIERS: tuple[tuple[str, ...], ...] = (
    ("medical", "judicial", "un", "aid"),
    ("government", "police", "expert", "media", "witness", "other"),
    ("military", "armed_group", "unnamed"),
)
STANDINGS = ("stands", "replaced", "part", "apart", "negated", "possible", "withheld", "denied")
_PEOPLE = (None, "PERSON", "PEOPLE", "FORCE", "ORG")
_STATED = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Entry:
    """One source's figure; `number` is that of the claim in its document, from 0."""

    incident: str
    measure: str
    document: str
    number: int
    time: str
    source: str | None
    kind: str
    stance: str
    group: str | None
    figure: Figure
    standing: str = "stands"
    key: str = ""
    event: str | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """One measure of one incident: all entries in the order of time, the range that they leave, and what is true."""

    incident: str
    measure: str
    entries: tuple[Entry, ...]
    range: Interval
    true: int | None = None


def ledger(documents: Iterable[Document]) -> list[Account]:
    """Give the accounts of all incidents that these documents report, in the order of incident and measure.

    A document without a dateline reports an incident of its own, at an unknown time.
    """
    entries: defaultdict[tuple[str, str], list[Entry]] = defaultdict(list)
    truths: dict[str, Mapping[str, int]] = {}
    for document in documents:
        dateline = document.dateline or Dateline(document.id, "9999-12-31")
        truths[dateline.incident] = dateline.truth
        for number, claim in enumerate(claims(document)):
            for entry in _entries(claim, number, document.id, dateline):
                entries[entry.incident, entry.measure].append(entry)
    order = {measure: place for place, measure in enumerate(SCHEME.measures)}
    known = {(incident, measure) for incident, truth in truths.items() for measure in truth}
    return [
        account(entries[name, measure], name, measure, truths[name].get(measure))
        for name, measure in sorted(entries.keys() | known, key=lambda key: (key[0], order[key[1]]))
    ]


def account(entries: Sequence[Entry], incident: str, measure: str, true: int | None = None) -> Account:
    """Settle which entries stand, and reconcile them."""
    settled = _settle(entries)
    return Account(incident, measure, tuple(settled), reconcile(settled), true)


def reconcile(entries: Iterable[Entry]) -> Interval:
    """Give the range that the entries leave, by the published rule."""
    held = list(entries)
    standing = [entry for entry in held if entry.standing == "stands"]
    lower = [bound for entry in standing if (bound := _first(entry.figure.low, entry.figure.best)) is not None]
    upper = [
        bound
        for entry in standing
        if (bound := _first(entry.figure.high, entry.figure.best, entry.figure.low)) is not None
    ]
    if not standing:
        parts = [_first(e.figure.low, e.figure.best) or 0 for e in held if e.standing == "part"]
        return Interval(max(parts, default=None), None, None)
    best: int | None = None
    for tier in TIERS:
        told = [(e.time, -e.figure.best) for e in standing if e.kind in tier and e.figure.best is not None]
        best = -max(told)[1] if told and best is None else best
    return Interval(min(lower, default=None), best, max(upper, default=None))


def normalised(name: str) -> str:
    """Give a name in the form in which names are compared: no accents or case, letters and digits only, no article."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    words = _STATED.findall(plain)
    return " ".join(words[1:] if len(words) > 1 and words[0] in ("the", "a", "an") else words)


# ---------------------------------------------------------------- from claims to entries


def _entries(claim: Claim, number: int, document: str, dateline: Dateline) -> Iterable[Entry]:
    if claim.label not in MEASURES or claim.quantity is None or claim.quantity.interval == (None, None, None):
        return
    if claim.affected is not None and claim.affected.label not in _PEOPLE:
        return
    source = claim.sources[0] if claim.sources else Source((), "media", claim.stance)
    who: Sequence[Mention | None] = source.mentions or (None,)
    for mention in who:
        name = None if mention is None else mention.text
        if not claim.sources or _is_own(mention):
            name = dateline.outlet or "the writer"
        kind = "media" if not claim.sources else source.kind
        yield Entry(
            incident=dateline.incident,
            measure=MEASURES[claim.label],
            document=document,
            number=number,
            time=_time(claim, dateline),
            source=name,
            kind=kind,
            stance=claim.stance,
            group=None if claim.affected is None else claim.affected.text,
            figure=claim.quantity,
            standing=_standing(claim),
            key=_key(name, mention, kind, document, source),
            event=claim.event,
        )


def _is_own(mention: Mention | None) -> bool:
    return mention is not None and mention.text is not None and mention.text.casefold() in OWN_VOICE


def _key(name: str | None, mention: Mention | None, kind: str, document: str, source: Source) -> str:
    """Name a source: by its shown name, where it has a name or description at all."""
    if name is None:
        place = mention.spans[0] if mention is not None and mention.spans else source.cue or "?"
        return f"{document}#{place}"
    return f"{kind}:{normalised(name)}"


def _time(claim: Claim, dateline: Dateline) -> str:
    """Give the minute of an entry; a day means its last minute, and nothing is said after publication."""
    published = dateline.published if "T" in dateline.published else f"{dateline.published}T23:59"
    said = claim.said or published
    return min(said if "T" in said else f"{said}T23:59", published)[:16]


def _standing(claim: Claim) -> str:
    if claim.is_denied:
        return "denied"
    if claim.stance in ("withholds", "demands"):
        return "withheld"
    if claim.status in ("possible", "planned"):
        return "possible"
    if claim.status == "negated" and claim.quantity is not None and claim.quantity.high != 0:
        return "negated"
    if claim.part:
        return "part"
    return "replaced" if claim.revised else "stands"


# ---------------------------------------------------------------- which entries stand


def _settle(entries: Sequence[Entry]) -> list[Entry]:
    main = _main_events(entries)
    settled = []
    latest: dict[str, Entry] = {}
    for entry in sorted(entries, key=lambda e: (e.time, e.document, e.number)):
        settled.append(entry)
        if entry.standing in ("stands", "replaced") and main.get(entry.document) != entry.event:
            settled[-1] = replace(entry, standing="apart")
        elif entry.standing == "stands":
            before = latest.get(entry.key)
            if before is None or entry.time > before.time or _size(entry) > _size(before):
                latest[entry.key] = entry
    kept = {id(entry) for entry in latest.values()}
    return [
        replace(entry, standing="replaced") if entry.standing == "stands" and id(entry) not in kept else entry
        for entry in settled
    ]


def _main_events(entries: Iterable[Entry]) -> dict[str, str | None]:
    """Find the main event of each document: of most sources' whole figures, then of the largest one."""
    held: defaultdict[str, defaultdict[str | None, list[Entry]]] = defaultdict(lambda: defaultdict(list))
    for entry in entries:
        if entry.standing in ("stands", "replaced"):
            held[entry.document][entry.event].append(entry)
    return {
        document: max(events, key=lambda event: (len({e.key for e in events[event]}), max(map(_size, events[event]))))
        for document, events in held.items()
    }


def _size(entry: Entry) -> int:
    return _first(entry.figure.best, entry.figure.low, entry.figure.high) or 0


def _first(*bounds: int | None) -> int | None:
    return next((bound for bound in bounds if bound is not None), None)
