"""An endpoint that speaks OpenAI's chat completions, asked once for the same thing, and patiently.

Answers are kept on disk under the SHA-256 of all that decides them (endpoint, model, messages, schema, options), so an
interrupted run goes on where it stopped.  Refusals to serve (429, 5xx), lost connections, time-outs and what is no chat
completion are tried again after a pause that doubles, or as long as `Retry-After` asks; all else is an error.
The API key comes from the environment, and is written nowhere: also not where a server repeats it.
"""

import json
import os
import re
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from threading import Lock
from typing import Any

import httpx

from fogbank import FogbankError

LONGEST_PAUSE = 120.0
LARGEST_ANSWER = 16 * 2**20


@dataclass(frozen=True)
class Answer:
    """What a model said: its words, None where it refused; whether they end where the limit of tokens cut them."""

    content: str | None
    is_cut: bool
    tokens_in: int
    tokens_out: int
    date: str


class _TryAgainError(Exception):
    """What may pass; `pause` is what the server asks for, in seconds."""

    def __init__(self, reason: str, pause: float | None = None) -> None:
        super().__init__(reason)
        self.pause = pause


class Endpoint:
    """`timeout` bounds a whole answer, `pause` is the first one between attempts; both are in seconds."""

    def __init__(self, url: str, *, key: str, cache: Path, timeout: float, attempts: int, pause: float) -> None:
        if not url.startswith(("http://", "https://")):
            raise FogbankError(f"endpoint {url!r}; expected the address of an API such as https://host/v1")
        self._url, self._key, self._cache = url.rstrip("/") + "/chat/completions", key, cache
        self._timeout, self._attempts, self._pause = timeout, attempts, pause
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._client = httpx.Client(headers=headers, timeout=httpx.Timeout(timeout))
        self._lock = Lock()
        self.asked = 0
        """How many answers were not in the cache."""

    def __enter__(self) -> "Endpoint":
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def ask(self, body: Mapping[str, Any]) -> Answer:
        """Give the answer to a request.  Raises FogbankError where there is none after all attempts."""
        path = self._cache / f"{sha256(json.dumps([self._url, body], sort_keys=True).encode()).hexdigest()}.json"
        if (kept := _kept(path)) is not None:
            return kept
        for attempt in range(1, self._attempts + 1):
            try:
                answer = self._ask_once(body)
            except _TryAgainError as error:
                if attempt == self._attempts:
                    raise FogbankError(f"{self._url}: {error}, in {attempt} attempts") from None
                pause = self._pause * 2 ** (attempt - 1) if error.pause is None else error.pause
                time.sleep(min(max(pause, 0.0), LONGEST_PAUSE))
            else:
                with self._lock:
                    self.asked += 1
                _keep(path, answer)
                return answer
        raise FogbankError(f"{self._url}: {self._attempts} attempts; expected at least one")

    def _ask_once(self, body: Mapping[str, Any]) -> Answer:
        deadline = time.monotonic() + self._timeout
        raw = bytearray()
        try:
            with self._client.stream("POST", self._url, json=dict(body)) as response:
                for piece in response.iter_bytes():
                    raw += piece
                    if len(raw) > LARGEST_ANSWER:
                        raise FogbankError(f"{self._url}: an answer of more than {LARGEST_ANSWER:,} bytes")
                    if time.monotonic() > deadline:
                        raise _TryAgainError(f"no whole answer in {self._timeout:g} seconds")
        except httpx.TimeoutException:
            raise _TryAgainError(f"no answer in {self._timeout:g} seconds") from None
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise _TryAgainError(f"cannot be reached ({error})") from None
        words = bytes(raw).decode("utf-8", "replace")
        words = words.replace(self._key, "[key]") if self._key else words
        status = response.status_code
        if status == httpx.codes.TOO_MANY_REQUESTS or status >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise _TryAgainError(f"status {status}", _asked_pause(response.headers.get("Retry-After")))
        if status != httpx.codes.OK:
            shown = "".join(c if c.isprintable() else " " for c in words[:300])
            raise FogbankError(f"{self._url}: status {status} ({shown}); expected an answer")
        return _read(words)


def _read(words: str) -> Answer:
    """Read a chat completion.  Raises _TryAgainError where it is none."""
    try:
        value = json.loads(words)
        choice = value["choices"][0]
        content = choice["message"].get("content")
    except (ValueError, RecursionError, KeyError, IndexError, TypeError, AttributeError):
        raise _TryAgainError("the answer is no chat completion") from None
    if content is not None and not isinstance(content, str):
        raise _TryAgainError("the answer holds no words")
    given = value.get("usage")
    usage = given if isinstance(given, dict) else {}
    tokens_in, tokens_out = (_count(usage.get(name)) for name in ("prompt_tokens", "completion_tokens"))
    is_cut = choice.get("finish_reason") == "length"
    return Answer(content, is_cut, tokens_in, tokens_out, f"{datetime.now(UTC):%Y-%m-%d}")


def _count(given: object) -> int:
    return given if isinstance(given, int) and given > 0 else 0


def _asked_pause(header: str | None) -> float | None:
    """Read `Retry-After`: seconds, or a date."""
    if header is None:
        return None
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]+)?", header):
        return float(header)
    with suppress(ValueError, TypeError, OverflowError):
        return (parsedate_to_datetime(header) - datetime.now(UTC)).total_seconds()
    return None


def _kept(path: Path) -> Answer | None:
    """Read a kept answer; one that cannot be read is asked for again."""
    try:
        return Answer(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _keep(path: Path, answer: Answer) -> None:
    """Write an answer whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8") as file:
        json.dump(asdict(answer), file)
    os.replace(file.name, path)  # noqa: PTH105  the name is a string
