"""An encoder of the Hugging Face Hub, fine-tuned for spans, attribution, relations and choices at once.

Every stretch of a sentence is scored for every label, so spans may nest and overlap; what a cue reports is found by
where it begins and ends around the cue, so it may be long; pairs of spans are scored for every relation that the scheme
allows between them (`_scorers`, `_network`).  Texts of any length are read in overlapping windows (`_checkpoint`).
Values are read by rule, as the other systems do.  The code of a checkpoint is never run, only its weights are read.

On a CPU the same seed, packages and number of threads give the same bytes; on a GPU nothing is promised.
"""

import math
import random
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from rich.console import Console
from rich.progress import Progress
from safetensors import SafetensorError
from safetensors.torch import load as read_tensors
from safetensors.torch import save as tensor_bytes
from torch import nn

from baselines._checkpoint import Windows, config_of, make_encoder, read_checkpoint, read_windows
from baselines._network import Lesson, Network
from baselines._text import Reading, settle, settled_attributes
from fogbank import Article, DataError, Document, FogbankError, Span, State

_WEIGHTS, _TOKENIZER = "weights.safetensors", "tokenizer.json"
_WARM_UP = 0.1  # of all steps
_LARGEST_STEP = 1.0


class System:
    """Settings: `model` (a folder, or a name on the Hub), `epochs`, `batch` (documents a step), `encoder_rate` and
    `scorer_rate` (of learning), `window` (subwords), and `device` (`auto`, `cpu`, `cuda`, …), which may change later.
    """  # noqa: D205

    run_settings = ("device",)

    def __init__(
        self,
        *,
        model: str = "FacebookAI/roberta-base",
        epochs: int = 40,
        batch: int = 4,
        encoder_rate: float = 3e-5,
        scorer_rate: float = 1e-3,
        window: int = 384,
        device: str = "auto",
    ) -> None:
        if epochs < 1 or batch < 1 or encoder_rate < 0 or scorer_rate <= 0:
            raise FogbankError(
                f"epochs {epochs}, batch {batch}, encoder_rate {encoder_rate}, scorer_rate {scorer_rate}; "
                "expected at least one epoch and document, and rates above 0"
            )
        self._model, self._epochs, self._batch, self._window = model, epochs, batch, window
        self._rates = encoder_rate, scorer_rate
        self._device = _device(device)
        self._network: Network | None = None
        self._windows: Windows | None = None
        self._config: Mapping[str, Any] = {}
        self.losses: list[float] = []
        """The mean loss of a document in each epoch."""

    def train(self, articles: Sequence[Article], gold: Sequence[Document], seed: int) -> None:
        """Fine-tune the whole network; the rate of learning warms up, then falls to nothing."""
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            encoder, self._windows = read_checkpoint(self._model, self._window)
            self._config = config_of(encoder)
            self._network = Network(encoder, self._config["hidden_size"]).to(self._device)
            readings = [Reading.of(article) for article in articles]
            texts = [self._windows.encode(reading) for reading in readings]
            lessons = [Lesson(r, t, d) for r, t, d in zip(readings, texts, gold, strict=True) if t is not None]
            self._learn(self._network, lessons, random.Random(seed))
        self._network.eval()

    def _learn(self, network: Network, lessons: Sequence[Lesson], shuffler: random.Random) -> None:
        rates = zip((network.encoder, network.scorers), self._rates, strict=True)
        optimiser = torch.optim.AdamW([{"params": list(p.parameters()), "lr": rate} for p, rate in rates])
        steps = self._epochs * math.ceil(len(lessons) / self._batch)
        warm = max(1, round(_WARM_UP * steps))
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimiser, lambda step: min((step + 1) / warm, (steps - step) / max(1, steps - warm))
        )
        network.train()
        self.losses = []
        with Progress(console=Console(stderr=True)) as progress:
            shown = progress.add_task("training", total=self._epochs * len(lessons))
            for _ in range(self._epochs if lessons else 0):
                order = shuffler.sample(range(len(lessons)), len(lessons))
                total = 0.0
                for at in range(0, len(order), self._batch):
                    chosen = order[at : at + self._batch]
                    for number in chosen:
                        loss = network.loss(lessons[number]) / len(chosen)
                        loss.backward()  # type: ignore[no-untyped-call]
                        total += float(loss.detach()) * len(chosen)
                        progress.advance(shown)
                    nn.utils.clip_grad_norm_(network.parameters(), _LARGEST_STEP)
                    optimiser.step()
                    optimiser.zero_grad()
                    schedule.step()
                self.losses.append(total / len(lessons))
                progress.update(shown, description=f"training, loss {self.losses[-1]:.2f}")

    def predict(self, article: Article) -> Document:
        """Predict spans and contents, then relations, then choices; values are read by rule."""
        if self._network is None or self._windows is None:
            raise FogbankError("the transformer system was neither trained nor restored")
        reading = Reading.of(article)
        text = self._windows.encode(reading)
        if text is None:
            return settle(reading, [], [])
        spans, relations, choices = self._network.read(reading, text)
        ready = [
            Span(s.id, s.start, s.end, s.label, settled_attributes(s.label, quote, article.published, choices[s.id]))
            for s, quote in ((s, reading.text[s.start : s.end]) for s in spans)
        ]
        return settle(reading, ready, relations)

    def state(self) -> State:
        """Give the weights as safetensors, the tokenizer, and the config of the encoder."""
        if self._network is None or self._windows is None:
            raise FogbankError("the transformer system was neither trained nor restored")
        weights = {name: value.cpu().contiguous() for name, value in self._network.state_dict().items()}
        return {
            _WEIGHTS: tensor_bytes(weights),
            _TOKENIZER: self._windows.to_json().encode(),
            "config": dict(self._config),
            "losses": self.losses,
        }

    def restore(self, state: State) -> None:
        """Take up what `state` gave.  Raises DataError where its parts do not fit each other."""
        try:
            config, self.losses = dict(state["config"]), list(state["losses"])
            weights, tokenizer = read_tensors(bytes(state[_WEIGHTS])), bytes(state[_TOKENIZER]).decode()
        except (KeyError, SafetensorError, UnicodeDecodeError) as error:
            raise DataError(f"the saved transformer is not whole ({error}); expected what training saved") from None
        network = Network(make_encoder(config), config["hidden_size"])
        try:
            network.load_state_dict(weights)
        except RuntimeError as error:
            reason = " ".join(str(error).split())[:200]
            raise DataError(f"the saved weights do not fit the saved config ({reason})") from None
        self._windows = read_windows(tokenizer, self._window)
        self._network, self._config = network.to(self._device).eval(), config

    def describe(self) -> Mapping[str, Any]:
        """Give what a leaderboard entry says of this system."""
        return {
            "name": f"Transformer ({self._model.rpartition('/')[2]})"[:80],
            "trained_on": f"the train split, {len(self.losses)} epochs",
            "language_model": True,
            "model": self._model[:200],
        }


def _device(name: str) -> torch.device:
    """Find a device.  Raises FogbankError where this machine does not have it."""
    chosen = ("cuda" if torch.cuda.is_available() else "cpu") if name == "auto" else name
    try:
        torch.empty(0, device=chosen)
        return torch.device(chosen)
    except (RuntimeError, AssertionError) as error:
        reason = str(error).partition("\n")[0]
        raise FogbankError(f"device {name!r} cannot be used ({reason}); expected auto, cpu or cuda") from None
