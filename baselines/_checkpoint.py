"""An encoder checkpoint as a system uses it: words in, one vector for each word out, however long the text is.

Words are those of a `Reading`; each takes the vector of its first subword.  A long text is encoded in windows that
overlap by half, and a subword takes its vector from the window in whose middle it stands most.
"""

import json
from dataclasses import dataclass
from typing import Any

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel, AutoTokenizer, PreTrainedModel

from baselines._text import Reading
from fogbank import DataError, FogbankError

_AT_ONCE = 8  # windows, when nothing is to be learned from them


@dataclass(frozen=True)
class Encoded:
    """A text in windows: `ids` and `mask` of shape (windows, width); `at` the flat place in them of each word."""

    ids: Tensor
    mask: Tensor
    at: Tensor


class Windows:
    """Cuts texts into windows of `width` subwords, special ones included."""

    def __init__(self, tokenizer: Tokenizer, width: int) -> None:
        """Raises FogbankError where the width leaves no room for words."""
        tokenizer.no_truncation()
        tokenizer.no_padding()
        self._tokenizer = tokenizer
        around = tokenizer.encode("a")
        is_special = [bool(flag) for flag in around.special_tokens_mask]
        first = is_special.index(False) if False in is_special else 0
        last = len(is_special) - is_special[::-1].index(False) if False in is_special else 0
        self._before, self._after = around.ids[:first], around.ids[last:]
        self._room = width - len(self._before) - len(self._after)
        if self._room < 2:
            raise FogbankError(f"window {width} has no room for words; expected a few dozen subwords or more")

    def encode(self, reading: Reading) -> Encoded | None:
        """Encode a text; None where it holds no word that the tokenizer knows how to write."""
        written = self._tokenizer.encode(reading.text, add_special_tokens=False)
        ids, offsets = written.ids, written.offsets
        if not ids or not reading.words:
            return None
        starts = self._starts(len(ids))
        rows = [[*self._before, *ids[start : start + self._room], *self._after] for start in starts]
        width = max(map(len, rows))
        at, subword = [], 0
        for start, _ in reading.offsets:
            while subword < len(ids) - 1 and offsets[subword][1] <= start:
                subword += 1
            window = min(range(len(starts)), key=lambda w: abs(2 * (subword - starts[w]) - self._room))
            at.append(window * width + len(self._before) + subword - starts[window])
        padded = [row + [0] * (width - len(row)) for row in rows]
        mask = [[1] * len(row) + [0] * (width - len(row)) for row in rows]
        return Encoded(torch.tensor(padded), torch.tensor(mask), torch.tensor(at))

    def _starts(self, size: int) -> list[int]:
        """First subwords of the windows; the last window ends with the text."""
        step = self._room // 2
        inner = list(range(0, max(size - self._room, 0), step))
        return [*inner, max(size - self._room, 0)]

    def to_json(self) -> str:
        """Give the tokenizer as `tokenizer.json` holds it."""
        return str(self._tokenizer.to_str())


def read_checkpoint(name: str, width: int) -> tuple[PreTrainedModel, Windows]:
    """Read an encoder and its tokenizer from a folder, or from the Hugging Face Hub by name.

    Raises FogbankError where there is none, it is no encoder, or its windows are narrower than `width`.
    """
    try:
        config = AutoConfig.from_pretrained(name)
        tokenizer = AutoTokenizer.from_pretrained(name)
        _demand_encoder(name, config, width)
        encoder = AutoModel.from_pretrained(name, config=config, dtype=torch.float32)
    except (OSError, ValueError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise FogbankError(
            f"model {name!r} cannot be read ({reason}); expected a folder or a name on the Hugging Face Hub"
        ) from None
    if not tokenizer.is_fast:
        raise FogbankError(f"model {name!r}: its tokenizer gives no offsets; expected one with a tokenizer.json")
    return encoder, Windows(tokenizer.backend_tokenizer, width)


def config_of(encoder: PreTrainedModel) -> dict[str, Any]:
    """Give an encoder's config as JSON values, without where it was read."""
    config: dict[str, Any] = json.loads(encoder.config.to_json_string(use_diff=False))
    return {key: value for key, value in config.items() if key != "_name_or_path"}


def make_encoder(config: dict[str, Any]) -> nn.Module:
    """Make an encoder without weights from what `config_of` gave.  Raises DataError where that is none."""
    try:
        encoder: nn.Module = AutoModel.from_config(AutoConfig.for_model(**config))  # type: ignore[no-untyped-call]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DataError(f"the saved model's config describes no encoder ({error})") from None
    return encoder


def read_windows(written: str, width: int) -> Windows:
    """Read back what `Windows.to_json` gave.  Raises DataError where it is no tokenizer."""
    try:
        tokenizer = Tokenizer.from_str(written)
    except Exception as error:
        raise DataError(f"the saved model's tokenizer cannot be read ({error})") from None
    return Windows(tokenizer, width)


def word_vectors(encoder: nn.Module, text: Encoded, device: torch.device) -> Tensor:
    """Give the vectors of a text's words, of shape (words, size of the encoder)."""
    step = len(text.ids) if torch.is_grad_enabled() else _AT_ONCE
    parts = [
        encoder(input_ids=text.ids[at : at + step].to(device), attention_mask=text.mask[at : at + step].to(device))
        for at in range(0, len(text.ids), step)
    ]
    states = torch.cat([part.last_hidden_state for part in parts])
    return states.flatten(0, 1)[text.at.to(device)]


def _demand_encoder(name: str, config: Any, width: int) -> None:
    if getattr(config, "is_encoder_decoder", False) or not hasattr(config, "hidden_size"):
        raise FogbankError(f"model {name!r} ({config.model_type}) is no encoder; expected one such as BERT or RoBERTa")
    # some families begin to count positions behind the number of their padding
    room = getattr(config, "max_position_embeddings", width + 2) - 2
    if room < width:
        raise FogbankError(f"window {width} is wider than model {name!r} allows; expected at most {room}")
