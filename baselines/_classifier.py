"""A linear classifier over named binary features: fitted by scikit-learn, kept and applied as arrays."""

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.special import log_softmax
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression

Features = list[str]
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
        self._features, self.classes = list(features), tuple(classes)
        self._weights, self._bias = np.ascontiguousarray(weights, np.float32), bias.astype(np.float32)
        self._column = {name: i for i, name in enumerate(features)}

    def scores(self, rows: Sequence[Features]) -> Scores:
        """Give the logarithms of the probabilities, one row for each row, one column for each class."""
        known = [set(map(self._column.get, row)) - {None} for row in rows]
        columns = np.array([column for row in known for column in row], np.int64)
        ends = np.cumsum([0, *map(len, known)])
        shape = len(rows), len(self._column)
        held = csr_array((np.ones(len(columns)), columns, ends), shape=shape) @ self._weights + self._bias
        return np.asarray(log_softmax(held, axis=1) if held.size else held, np.float64)

    def best(self, rows: Sequence[Features], default: str) -> list[str]:
        """Name the most probable class of each row, or the default where nothing was learned."""
        return [self.classes[i] for i in self.scores(rows).argmax(axis=1)] if self.classes else [default] * len(rows)

    def state(self, prefix: str) -> dict[str, Any]:
        """Give all that was learned, under names with this prefix."""
        return {
            f"{prefix}.features": np.array(self._features, dtype=np.str_),
            f"{prefix}.classes": list(self.classes),
            f"{prefix}.weights": self._weights,
            f"{prefix}.bias": self._bias,
        }

    def restore(self, prefix: str, state: Any) -> "Classifier":
        """Take up what `state` gave under this prefix."""
        features = [str(name) for name in state[f"{prefix}.features"]]
        self._set(features, state[f"{prefix}.classes"], state[f"{prefix}.weights"], state[f"{prefix}.bias"])
        return self
