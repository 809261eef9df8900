"""A language model behind an OpenAI-compatible endpoint, told the scheme in words and bound by a JSON Schema.

It learns nothing: training chooses examples from train, none at all by default, and the prompt follows from them.  It
answers with quotes and occurrence numbers, which the package resolves to offsets, or with claims alone, which have no
offsets (setting `answers`).  What it gets wrong is left out and counted (`_answers`), never mended by a guess.
"""

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast, get_args

from rich.console import Console
from rich.progress import Progress

from baselines._answers import read_answer
from baselines._endpoint import Answer, Endpoint
from baselines._prompt import Answers, Prompt, choose_examples, example_of, make_prompt
from fogbank import Article, Document, FogbankError, MissingTextError, State, find_corpus


@dataclass
class Account:
    """What a run took and what it had to leave out."""

    answers: int = 0
    from_cache: int = 0
    cut: int = 0
    refused: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, answer: Answer, counts: Counter[str]) -> None:
        """Count an answer in."""
        self.answers += 1
        self.cut += answer.is_cut
        self.refused += answer.content is None
        self.tokens_in += answer.tokens_in
        self.tokens_out += answer.tokens_out
        self.counts += counts

    def told(self, price_in: float, price_out: float) -> str:
        """Say it in words; prices are for a million tokens, and what came from the cache cost that before."""
        cost = (self.tokens_in * price_in + self.tokens_out * price_out) / 1e6
        parts = [
            f"{self.answers} answers, {self.from_cache} of them kept before, {self.cut} cut, {self.refused} refused",
            *(f"{number} {kind}" for kind, number in sorted(self.counts.items())),
            f"{self.tokens_in:,} tokens in and {self.tokens_out:,} out, cost {cost:.2f}",
        ]
        return "; ".join(parts)


class System:
    """Settings: `endpoint`, `model`, `answers` (`spans`, or `claims` without offsets), `shots` (examples from train),
    `temperature` (below 0: not sent), `tokens` (most in an answer) and `tokens_field` (what the endpoint calls them).

    These may change later: `concurrency`, `timeout` (seconds), `attempts`, `pause` (seconds, the first), `price_in` and
    `price_out` (for a million tokens), `key_variable` (of the environment) and `cache` (a folder; default `build/llm`).
    """  # noqa: D205

    run_settings = ("concurrency", "timeout", "attempts", "pause", "price_in", "price_out", "key_variable", "cache")

    def __init__(
        self,
        *,
        endpoint: str = "http://127.0.0.1:8000/v1",
        model: str = "",
        answers: str = "spans",
        shots: int = 0,
        temperature: float = 0.0,
        tokens: int = 32768,
        tokens_field: str = "max_tokens",
        concurrency: int = 4,
        timeout: float = 600.0,
        attempts: int = 6,
        pause: float = 2.0,
        price_in: float = 0.0,
        price_out: float = 0.0,
        key_variable: str = "OPENAI_API_KEY",
        cache: str = "",
    ) -> None:
        if answers not in get_args(Answers):
            raise FogbankError(f"setting answers of llm: {answers!r}; expected {' or '.join(get_args(Answers))}")
        if min(concurrency, attempts, tokens) < 1 or shots < 0 or timeout <= 0:
            raise FogbankError("concurrency, attempts and tokens are at least 1, shots at least 0, timeout above 0")
        self._url, self._model, self._answers, self._shots = endpoint, model, cast("Answers", answers), shots
        sampled = {"temperature": temperature} if temperature >= 0 else {}
        self._options = {tokens_field: tokens, **sampled}
        self._concurrency, self._patience = concurrency, {"timeout": timeout, "pause": pause}
        self._attempts, self._prices = attempts, (price_in, price_out)
        self._key_variable, self._cache = key_variable, cache
        self._examples: list[dict[str, str]] = []
        self._seed = 0
        self._date: str | None = None
        self.account = Account()
        """What the latest `predict_all` took."""

    def train(self, articles: Sequence[Article], gold: Sequence[Document], seed: int) -> None:
        """Choose the examples; the seed is only handed on to the endpoint."""
        if not self._model:
            raise FogbankError("llm needs a model; `--set model=NAME` says which of the endpoint's is asked")
        self._seed = seed
        self._examples = [
            example_of(self._answers, articles[number], gold[number]) for number in choose_examples(gold, self._shots)
        ]

    def predict(self, article: Article) -> Document:
        """Ask for one article."""
        (document,) = self.predict_all([article])
        return document

    def predict_all(self, articles: Iterable[Article]) -> Iterator[Document]:
        """Ask for several articles at a time, and give the documents in their order once all are there.

        Raises FogbankError where an article has no answer; what was answered is kept, so that a second run goes on.
        """
        asked = list(articles)
        for article in asked:
            if article.text is None:
                raise MissingTextError(f"{article.id}: the text is withheld; expected an article with its text")
        prompt = self._prompt
        self.account = Account()
        cache = Path(self._cache) if self._cache else find_corpus().root / "build" / "llm"
        key = os.environ.get(self._key_variable, "")
        with Endpoint(self._url, key=key, cache=cache, attempts=self._attempts, **self._patience) as endpoint:
            answers = self._ask_all(endpoint, prompt, asked)
            self.account.from_cache = len(asked) - endpoint.asked
        for article, answer in zip(asked, answers, strict=True):
            document, counts = read_answer(self._answers, answer.content or "", article)
            self.account.add(answer, counts)
            yield document
        self._date = max((answer.date for answer in answers), default=None)
        Console(stderr=True).print(f"llm: {self.account.told(*self._prices)}", markup=False, highlight=False)

    def _ask_all(self, endpoint: Endpoint, prompt: Prompt, articles: Sequence[Article]) -> list[Answer]:
        failed: list[tuple[str, FogbankError]] = []
        answers: list[Answer] = []
        with Progress(console=Console(stderr=True)) as progress, ThreadPoolExecutor(self._concurrency) as workers:
            shown = progress.add_task(f"asking {self._model}", total=len(articles))
            waiting = [workers.submit(endpoint.ask, self._body(prompt, article)) for article in articles]
            try:
                for future in waiting:
                    future.add_done_callback(lambda _: progress.advance(shown))
                for article, future in zip(articles, waiting, strict=True):
                    try:
                        answers.append(future.result())
                    except FogbankError as error:
                        failed.append((article.id, error))
            except BaseException:
                workers.shutdown(wait=False, cancel_futures=True)
                raise
        if failed:
            first, reason = failed[0]
            raise FogbankError(
                f"{len(failed)} of {len(articles)} articles have no answer, first {first}: {reason}; "
                "the others' answers are kept, so running this again asks for those that lack"
            )
        return answers

    def _body(self, prompt: Prompt, article: Article) -> dict[str, Any]:
        bound = {"name": self._answers, "strict": True, "schema": prompt.schema}
        return {
            "model": self._model,
            "messages": prompt.asking(article),
            "response_format": {"type": "json_schema", "json_schema": bound},
            "seed": self._seed,
            **self._options,
        }

    @property
    def _prompt(self) -> Prompt:
        return make_prompt(self._answers, self._examples)

    def state(self) -> State:
        """Give the examples, the seed, and the digest of the prompt that they make."""
        return {"examples": self._examples, "seed": self._seed, "prompt": self._prompt.digest}

    def restore(self, state: State) -> None:
        """Take up what `state` gave.  Raises FogbankError where the prompt would now be another."""
        self._examples, self._seed = [dict(example) for example in state["examples"]], int(state["seed"])
        if (now := self._prompt.digest) != state["prompt"]:
            raise FogbankError(
                f"the prompt of llm is now {now[:12]}, expected {str(state['prompt'])[:12]}: scheme, guidelines or "
                "code changed; `fogbank train llm` makes it anew"
            )

    def describe(self) -> Mapping[str, Any]:
        """Give what a leaderboard entry says of this system; its date is that of the latest answer."""
        learned = f"{len(self._examples)} documents of train as examples" if self._examples else "nothing, zero-shot"
        return {
            "name": f"LLM ({self._model.rpartition('/')[2]}, {len(self._examples)} examples, {self._answers})"[:80],
            "trained_on": learned,
            "language_model": True,
            "model": self._model[:200],
            "prompt": self._prompt.digest,
            **({"date": self._date} if self._date else {}),
        }
