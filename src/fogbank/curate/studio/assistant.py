"""An assistant: a system that answers what Label Studio asks of a machine-learning backend.

Label Studio asks `setup` when it gets to know the assistant, `predict` for a list of tasks, and tells every change of a
project to `webhook`.  Requests and answers are JSON values; how they travel is `service`'s business.  A request that
Label Studio would not make is refused with a reason.  Nothing of a request is kept, above all not the administrator's
token, which every `setup` brings.
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fogbank.check.validation import explain
from fogbank.curate.studio.config import label_config
from fogbank.curate.studio.fitness import fit_result
from fogbank.errors import FogbankError
from fogbank.model.corpus import Article
from fogbank.model.document import Document
from fogbank.model.system import System
from fogbank.model.text import digest

Answer = dict[str, Any]
LONGEST_TEXT = 200_000
"""Characters: no article comes near it, and no system was made for more."""


class RefusedError(FogbankError):
    """A request that Label Studio would not make of this assistant; the message says where it is wrong."""


@dataclass(frozen=True, slots=True)
class Assistant:
    """A trained system at the service of annotators.

    `version` names the system and its signature; every prediction carries it.  `confidence` maps a predicted document
    to its score, a number from 0 to 1.  `failures` are the last few things that went wrong, since Label Studio tells
    nobody why it got no prediction.
    """

    system: System
    version: str
    confidence: Callable[[Document], float]
    failures: deque[str] = field(default_factory=lambda: deque(maxlen=5))

    def setup(self, request: Any) -> Answer:
        """Say who predicts.  Raises RefusedError for a project whose labeling config is not this scheme's."""
        schema = request.get("schema") if isinstance(request, Mapping) else None
        if not isinstance(schema, str) or schema.strip() != label_config().strip():
            raise RefusedError("$.schema: another labeling config; expected the one that `fogbank studio push` gives")
        return {"model_version": self.version}

    def versions(self) -> Answer:
        """Name the one version there is."""
        return {"versions": [self.version]}

    def predict(self, request: Any) -> Answer:
        """Predict each task of `request["tasks"]`, in order.

        Raises RefusedError, and predicts nothing, if one of them holds no article; FogbankError if the system fails.
        """
        try:
            articles = _articles(request)
            return {"results": [self._prediction(article) for article in articles], "model_version": self.version}
        except FogbankError as error:
            self.failures.append(str(error))
            raise

    def _prediction(self, article: Article) -> Answer:
        try:
            document = self.system.predict(article)
            score = self.confidence(document)
        except Exception as error:  # whatever a system does wrong, Label Studio is told, and the service goes on
            raise FogbankError(f"{article.id}: the system failed: {type(error).__name__}: {error}") from error
        if document.id != article.id or document.text != article.text:
            raise FogbankError(f"{article.id}: the system gave a document of another text; expected its own")
        if not 0 <= score <= 1:
            raise FogbankError(f"{article.id}: score {score}; expected a number from 0 to 1")
        return {"result": fit_result(document), "score": score, "model_version": self.version}


def _articles(request: Any) -> list[Article]:
    tasks = request.get("tasks") if isinstance(request, Mapping) else None
    if not isinstance(tasks, list) or not tasks:
        raise RefusedError("$.tasks: expected a list of tasks, at least one")
    return [_article(task, f"$.tasks[{number}]") for number, task in enumerate(tasks)]


def _article(task: Any, place: str) -> Article:
    data = task.get("data") if isinstance(task, Mapping) else None
    for found in explain("task", {"data": data, "annotations": []}, "request", place):
        raise RefusedError(str(found).removeprefix("request::"))
    if not isinstance(data, Mapping) or not isinstance(text := data.get("text"), str):
        raise RefusedError(f"{place}.data.text: it is missing; expected the words of the article")
    if len(text) > LONGEST_TEXT:
        raise RefusedError(f"{place}.data.text: {len(text)} characters; expected at most {LONGEST_TEXT}")
    if digest(text) != data["sha256"]:
        raise RefusedError(f"{place}.data.text: another text; expected the one whose SHA-256 the task holds")
    return Article(
        id=data["id"],
        part="dispatches",  # a system is not told which part it reads
        published=data["published"],
        sha256=data["sha256"],
        licence="",
        text=text,
        title=data.get("title") or None,
    )
