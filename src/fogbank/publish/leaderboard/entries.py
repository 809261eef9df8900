"""The leaderboard's entries, read with distrust: who sent one may have written anything into it.

An entry, made by `submission`, is `leaderboard/<split>/<system>.json`: a description, a score report, and the sums of
each task's headline by incident.  With the sums the figure and its interval are computed again, and systems are
compared pairwise, without the predictions.  An entry that does not fit is refused with the reason and left out of the
board; nothing else depends on it.  What nobody but the holder of the predictions (named by their SHA-256) can see is
whether they are what was scored.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from math import isclose
from pathlib import Path
from typing import Any

import numpy as np

from fogbank.check.syntax import parse_json
from fogbank.check.validation import explain
from fogbank.compare.bootstrap import RESAMPLES, SEED, Resamples, estimate, resample
from fogbank.compare.measure import ALL, Measure, Rates, Score, measure_of
from fogbank.compare.report import Signature
from fogbank.compare.score import groups_of, measure, sign
from fogbank.compare.tasks import TASKS
from fogbank.curate.agreement import groups
from fogbank.errors import DataError, FogbankError
from fogbank.model.corpus import WIRE, Corpus
from fogbank.model.storage import read_bytes
from fogbank.publish.dataset.documents import load

BOARD_SPLITS = ("validation", "test", WIRE)
_SYSTEM = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
_LONGEST_NAME = 64
LARGEST = {"prediction file": 64 * 2**20, "description": 2**16, "entry": 16 * 2**20}
_ROUNDED = 2e-6


@dataclass(frozen=True)
class Entry:
    """A system on one split: its description, whom it did not predict, and each task's headline, computed again."""

    system: str
    split: str
    description: Mapping[str, Any]
    missing: int
    measures: Mapping[str, Measure]
    scores: Mapping[str, Score]


@dataclass(frozen=True)
class Refusal:
    """An entry that the board does not show, and why."""

    file: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}: {self.reason}"


def entry_path(corpus: Corpus, split: str, system: str) -> Path:
    """Give the file of an entry.  Raises FogbankError for a name that is not a plain one, or another split."""
    if len(system) > _LONGEST_NAME or not _SYSTEM.match(system):
        raise FogbankError(
            f"system {system[:80]!r}: expected a name of small letters, digits and single hyphens, "
            f"at most {_LONGEST_NAME} characters"
        )
    if split not in BOARD_SPLITS:
        raise FogbankError(f"split {split!r} is not on the leaderboard; expected one of {', '.join(BOARD_SPLITS)}")
    return corpus.root / "leaderboard" / split / f"{system}.json"


def demand_size(path: Path, what: str) -> None:
    """Raise DataError where an untrusted file is no plain file, or larger than such files may be."""
    if not path.is_file() or path.is_symlink():
        raise DataError(f"{path}: no plain file; expected a {what}")
    if (size := path.stat().st_size) > LARGEST[what]:
        raise DataError(f"{path}: {size:,} bytes; expected a {what} of at most {LARGEST[what]:,}")


class Bench:
    """What entries of one split are held against: the signature of today, the incidents, and gold's own sums."""

    def __init__(self, corpus: Corpus, split: str) -> None:
        self.split = split
        self._gold = gold = load(split, corpus)
        self.documents = len(gold)
        self._is_whole = all(document.text is not None for document in gold)
        members = groups_of(gold, groups(corpus))
        self.names = sorted(set(members))
        self.signature: Signature = sign(gold, split, TASKS, RESAMPLES, SEED)
        self.drawn: Resamples = resample(self.names)
        self._grouped = resample(members, 0).grouped

    @cached_property
    def perfect(self) -> dict[str, Measure]:
        """The headlines of gold against itself, by incident: the shape of every entry's, and the numbers in gold."""
        measured = measure(self._gold, self._gold)
        return {task: measure_of(self._grouped(rows[ALL].sums)) for task, rows in measured.items()}

    def read(self, path: Path, file: str) -> Entry:
        """Read an entry.  Raises DataError with the reason why it does not belong on the board."""
        demand_size(path, "entry")
        value, found = parse_json(read_bytes(path), file)
        if found := found or next(explain("entry", value, file), None):
            raise DataError(str(found).removeprefix(f"{file}::"))
        held = value["report"]
        for name, known in ((value["system"], path.stem), (held["system"], path.stem), (path.parent.name, self.split)):
            if name != known:
                raise DataError(f"{name[:80]!r} in the file of {known!r}; expected its own name")
        if objection := object_to(held["signature"], self.signature):
            raise DataError(objection)
        measures = {task: self._measure(task, value["headlines"].get(task, {})) for task in TASKS}
        scores = estimate(measures, self.drawn)
        for task, score in scores.items():
            stated = held["scores"].get(task, {}).get(ALL, {})
            if not is_same(stated, score.to_json()):
                raise DataError(f"task {task}: the figures of the report do not follow from its sums")
        missing = len(held["missing"])
        return Entry(path.stem, self.split, value["description"], missing, measures, scores)

    def _measure(self, task: str, held: Mapping[str, Any]) -> Measure:
        """Give a task's headline from untrusted sums by incident."""
        perfect = self.perfect[task].sums
        if sorted(held) != self.names:
            raise DataError(f"task {task}: its sums are not those of the {len(self.names)} incidents of the split")
        try:
            sums = np.array([held[name] for name in self.names], dtype=np.float64)
        except ValueError:
            sums = np.empty(0)
        if sums.shape != perfect.shape or not np.isfinite(sums).all():
            raise DataError(f"task {task}: its sums have another shape than gold's, {perfect.shape[1:]} numbers each")
        if isinstance(made := measure_of(sums), Rates):
            recall, precision = sums[..., :2], sums[..., 2:]
            # Without its words gold may make other claims, so what is in gold can be compared only with them.
            if self._is_whole and not np.allclose(recall[..., 1], perfect[..., 1], atol=_ROUNDED):
                raise DataError(f"task {task}: its sums count other things in gold than gold has")
            if (sums < 0).any() or any((part[..., 0] > part[..., 1] + _ROUNDED).any() for part in (recall, precision)):
                raise DataError(f"task {task}: its sums match more than there is")
        return made


def object_to(held: Mapping[str, Any], expected: Signature) -> str | None:
    """Say in what a report's signature differs from the one of today; versions may differ within their series."""
    ours, theirs = ({**one, "fogbank": series(one["fogbank"])} for one in (asdict(expected), held))
    name = next((name for name in ours if theirs[name] != ours[name]), None)
    if name is None:
        return None
    return f"signature: {name} is {str(theirs[name])[:300]}, expected {ours[name]}; score its predictions again"


def series(version: str) -> str:
    """Give the part of a version that changes when old and new scores cannot be compared: major, or 0.minor."""
    major, minor, *_ = [*version.split("."), "", ""]
    return f"0.{minor}" if major == "0" else major


def is_same(stated: Any, computed: Any) -> bool:
    """Whether two scores in JSON are equal up to rounding."""
    if isinstance(stated, dict) and isinstance(computed, dict):
        return stated.keys() == computed.keys() and all(is_same(stated[key], computed[key]) for key in computed)
    if isinstance(stated, list) and isinstance(computed, list):
        return len(stated) == len(computed) and all(map(is_same, stated, computed))
    if stated is None or computed is None:
        return stated is computed
    return isclose(stated, computed, rel_tol=1e-6, abs_tol=_ROUNDED)


def read_entries(corpus: Corpus) -> tuple[list[Entry], list[Refusal]]:
    """Read all entries, in the order of splits and names: those to show, and those refused."""
    entries: list[Entry] = []
    refused: list[Refusal] = []
    for split in BOARD_SPLITS:
        paths: Sequence[Path] = sorted((corpus.root / "leaderboard" / split).glob("*.json"))
        bench = Bench(corpus, split) if paths else None
        for path in paths:
            file = f"leaderboard/{split}/{path.name}"
            try:
                entry_path(corpus, split, path.stem)
                if bench:
                    entries.append(bench.read(path, file))
            except FogbankError as error:
                refused.append(Refusal(file, str(error).replace(str(path), "the file")))
    return entries, refused
