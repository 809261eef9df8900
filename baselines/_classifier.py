"""A linear classifier over named binary features: fitted by scikit-learn, kept and applied as arrays."""

import warnings
from collections.abc import Sequence
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression

from baselines._table import Column, Features, Table

Scores = NDArray[np.float64]
# liblinear is the faster one for two classes; for more L-BFGS is, and 40 steps are enough to choose by the scores
_TWO: dict[str, Any] = {"solver": "liblinear", "tol": 1e-2, "max_iter": 1000}
_MORE: dict[str, Any] = {"solver": "lbfgs", "tol": 1e-4, "max_iter": 40}


def _as_given(features: Features) -> Features:
    return features


class Classifier:
    """Logistic regression: one model of all classes.

    Features are strings; those that train saw less than twice are not used.
    `classes` are in alphabetical order, that of the scores.  Weights are kept as 32-bit floats, and are so before they
    are first used, so that a restored classifier gives the same scores.
    """

    def __init__(self, strength: float = 1.0) -> None:
        """`strength` is the inverse of the regularisation, scikit-learn's C."""
        self._strength = strength
        self._set([], [], np.zeros((0, 0)), np.zeros(0))

    def fit(self, rows: Sequence[Features], names: Sequence[str]) -> "Classifier":
        """Learn to tell the classes `names` of `rows`; one class alone is always predicted, and none never."""
        classes = sorted(set(names))
        counted = CountVectorizer(analyzer=_as_given, binary=True, min_df=2 if len(rows) > 20 else 1, dtype=np.float32)
        if len(classes) < 2 or not any(rows):
            self._set([], classes, np.zeros((0, len(classes))), np.zeros(len(classes)))
            return self
        held, is_binary = counted.fit_transform(rows), len(classes) == 2
        model = LogisticRegression(C=self._strength, **(_TWO if is_binary else _MORE))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.fit(held, np.array(names))
        weights, bias = model.coef_.T, model.intercept_
        if is_binary:
            weights, bias = np.hstack([-weights, weights]) / 2, np.concatenate([-bias, bias]) / 2
        self._set(list(counted.get_feature_names_out()), classes, weights, bias)
        return self

    def _set(self, features: Sequence[str], classes: Sequence[str], weights: NDArray[Any], bias: NDArray[Any]) -> None:
        self.features, self.classes = list(features), tuple(classes)
        self.weights, self.bias = np.ascontiguousarray(weights, np.float32), bias.astype(np.float32)
        self._alone: Panel | None = None

    def scores(self, table: Table) -> Scores:
        """Give the logarithms of the probabilities, one row for each row, one column for each class."""
        self._alone = self._alone or self.together([])
        return self._alone.scores([table])[0]

    def together(self, others: Sequence["Classifier"]) -> "Panel":
        """Make a panel of this classifier and others, as they are now."""
        return Panel([self, *others])

    def best(self, table: Table, default: str) -> list[str]:
        """Name the most probable class of each row, or the default where nothing was learned."""
        return [self.classes[i] for i in self.scores(table).argmax(axis=1)] if self.classes else [default] * len(table)

    def state(self, prefix: str) -> dict[str, Any]:
        """Give all that was learned, under names with this prefix."""
        return {
            f"{prefix}.features": np.array(self.features, dtype=np.str_),
            f"{prefix}.classes": list(self.classes),
            f"{prefix}.weights": self.weights,
            f"{prefix}.bias": self.bias,
        }

    def restore(self, prefix: str, state: Any) -> "Classifier":
        """Take up what `state` gave under this prefix."""
        features = [str(name) for name in state[f"{prefix}.features"]]
        self._set(features, state[f"{prefix}.classes"], state[f"{prefix}.weights"], state[f"{prefix}.bias"])
        return self


class Panel:
    """Classifiers that are asked together, so that features which their tables share are looked up once."""

    def __init__(self, members: Sequence[Classifier]) -> None:
        features = sorted({name for member in members for name in member.features})
        self._row = {name: i for i, name in enumerate(features)}
        self._ends = np.cumsum([0, *(len(member.classes) for member in members)])
        self._weights = np.zeros((len(features) + 1, self._ends[-1]))  # the last row is that of unknown features
        for member, start, end in zip(members, self._ends, self._ends[1:], strict=False):
            self._weights[[self._row[name] for name in member.features], start:end] = member.weights
        self._bias = np.concatenate([np.zeros(0), *(member.bias for member in members)])

    def scores(self, tables: Sequence[Table]) -> list[Scores]:
        """Give the scores of each member for its table."""
        columns = list({id(column): column for table in tables for column in table.columns}.values())
        starts = np.cumsum([0, *(len(column.values) for column in columns)])
        start = {id(column): first for column, first in zip(columns, starts, strict=False)}
        weighed = self._weighed(columns)
        scores: list[Scores] = []
        for table, members in groupby(range(len(tables)), key=tables.__getitem__):
            number = list(members)
            ends = self._ends[number[0] : number[-1] + 2]
            here = slice(ends[0], ends[-1])
            sums = np.tile(self._bias[here], (len(table), 1))
            mine = weighed[:, here]
            for column in table.columns:
                sums += mine[start[id(column)] + column.numbers]
            scores += map(_logarithms, np.split(sums, ends[1:-1] - ends[0], axis=1))
        return scores

    def _weighed(self, columns: Sequence[Column]) -> Scores:
        """Sum the weights of the features that each column gives to each of its values."""
        row, unknown = self._row.get, len(self._row)
        rows: list[int] = []
        ends = [0]
        for naming, held, _ in columns:
            for values in held:
                rows += [row(name, unknown) for name in naming(*values)]
                ends.append(len(rows))
        weights = csr_array((np.ones(len(rows)), rows, ends), shape=(len(ends) - 1, len(self._weights)))
        weights.sum_duplicates()
        weights.data[:] = 1  # what comes twice counts once
        return np.asarray(weights @ self._weights, np.float64)


def _logarithms(sums: Scores) -> Scores:
    if sums.size:
        sums = sums - sums.max(axis=1, keepdims=True)
        sums -= np.log(np.exp(sums).sum(axis=1, keepdims=True))
    return sums
