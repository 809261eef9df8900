"""The linear system with conditional random fields for its tags (python-crfsuite), all other steps the same.

A field learns which tag follows which together with the features of the tokens.  Its marginal probabilities take the
place of the classifier's, so that the same search decodes them, with the same trade of precision for recall.
"""

import tempfile
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pycrfsuite

from baselines import linear
from baselines._classifier import Scores
from baselines._table import Features, Table
from baselines._tagger import Tags

_BEGINS = "first"  # the feature of a token that begins its sentence
_LEAST = 1e-9  # the least probability whose logarithm is taken


class Field:
    """A linear-chain conditional random field over the sentences of some rows; used as a `Classifier` is."""

    def __init__(self, strength: float) -> None:
        """`strength` is the inverse of the regularisation, as of a `Classifier`."""
        self._strength = strength
        self.classes: tuple[str, ...] = ()
        self._set(b"")

    def _set(self, model: bytes) -> None:
        self._model = model
        self._tagger = pycrfsuite.Tagger()
        if model:
            self._tagger.open_inmemory(model)
        self.classes = tuple(sorted(self._tagger.labels())) if model else ()

    def fit(self, rows: Sequence[Features], names: Sequence[str]) -> "Field":
        """Learn the tags `names` of rows."""
        trainer = pycrfsuite.Trainer(verbose=False)
        trainer.select("lbfgs")
        trainer.set_params({"c1": 0.1, "c2": 0.1 / self._strength, "max_iterations": 60})
        for first, last in _sentences(rows):
            trainer.append(rows[first:last], names[first:last])
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model"
            if rows:
                trainer.train(str(path))
            self._set(path.read_bytes() if rows else b"")
        return self

    def scores(self, table: Table) -> Scores:
        """Give the logarithms of the marginal probabilities, one row for each row, one column for each class."""
        rows = table.rows()
        found = np.zeros((len(rows), len(self.classes)))
        for first, last in _sentences(rows if self.classes else ()):
            self._tagger.set(rows[first:last])
            for at in range(first, last):
                found[at] = [self._tagger.marginal(name, at - first) for name in self.classes]
        return np.asarray(np.log(np.maximum(found, _LEAST)), np.float64)

    def together(self, others: Sequence["Field"]) -> "_Fields":
        """Let this field and others answer together; each answers for itself."""
        return _Fields([self, *others])

    def state(self, prefix: str) -> dict[str, Any]:
        """Give all that was learned, under names with this prefix."""
        return {f"{prefix}.field": np.frombuffer(self._model, np.uint8)}

    def restore(self, prefix: str, state: Any) -> "Field":
        """Take up what `state` gave under this prefix."""
        self._set(state[f"{prefix}.field"].tobytes())
        return self


class _Fields:
    def __init__(self, members: Sequence[Field]) -> None:
        self._members = members

    def scores(self, tables: Sequence[Table]) -> list[Scores]:
        return [field.scores(table) for field, table in zip(self._members, tables, strict=True)]


def _sentences(rows: Sequence[Features]) -> list[tuple[int, int]]:
    starts = [at for at, row in enumerate(rows) if at == 0 or _BEGINS in row]
    return list(pairwise([*starts, len(rows)])) if rows else []


class System(linear.System):
    """The linear system whose tags are learned by fields; what was chosen for it is in `crf.json`."""

    chosen = Path(__file__).with_name("crf.json")

    @staticmethod
    def tags(strength: float) -> Tags:
        """Make what learns the tags of one layer."""
        return Field(strength)
