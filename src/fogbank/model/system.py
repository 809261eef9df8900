"""What a system is: something that learns from documents and predicts one from an article.

A system keeps what it has learned in a *state*: a mapping of names to JSON values, NumPy arrays and, under the names
of files, bytes.  FogBank stores a state as one JSON file, one `.npz` file that is read with `allow_pickle=False`, and
those files, so that nothing in a model is ever executed.

The arguments of a system's constructor are its *settings*: each has a type (str, int, float or bool) and a default.  A
model is kept for the settings that it was trained with, but for those that the class names in `run_settings`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from fogbank.model.corpus import Article
from fogbank.model.document import Document

State = Mapping[str, "NDArray[np.generic] | Any"]


class System(Protocol):
    """What a module in `baselines/` offers as its class `System`."""

    def train(self, articles: Sequence[Article], gold: Sequence[Document], seed: int) -> None:
        """Learn from gold documents, given in the order of their articles; the same seed gives the same state."""

    def predict(self, article: Article) -> Document:
        """Predict the document of an article whose text is there; its relations name only spans that it holds."""

    def state(self) -> State:
        """Give all that was learned."""

    def restore(self, state: State) -> None:
        """Take up what an earlier `state` gave."""


@runtime_checkable
class Describing(Protocol):
    """A system that says what a leaderboard entry says of it, all but its authors and the date."""

    def describe(self) -> Mapping[str, Any]:
        """Give fields of the description of a system (see `schema/`)."""


@runtime_checkable
class Concurrent(Protocol):
    """A system that gains from predicting many articles at once, as one that waits for others does."""

    def predict_all(self, articles: Iterable[Article]) -> Iterator[Document]:
        """Predict the documents of articles, in their order."""
