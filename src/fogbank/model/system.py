"""What a system is: something that learns from documents and predicts one from an article.

A system keeps what it has learned in a *state*: a mapping of names to JSON values and NumPy arrays.  FogBank stores a
state as one JSON file and one `.npz` file that is read with `allow_pickle=False`, so that nothing in a model is ever
executed.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

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
