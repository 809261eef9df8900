"""Asking Label Studio: its own client, kept on this machine, and its failures as one kind of error.

A client never retries (a request that was answered with an error may have been carried out) and ignores proxies.  An
error tells the status and the beginning of the answer, never headers: those hold session cookies.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from fogbank.errors import StudioError

__all__ = ["NOT_INSTALLED", "TIMEOUT", "LabelStudio", "asking", "connect", "httpx"]

NOT_INSTALLED = "Label Studio is not installed; expected `pip install 'fogbank[studio]'` in this environment"

try:
    import httpx
    from label_studio_sdk import LabelStudio
    from label_studio_sdk.core.api_error import ApiError
except ImportError:
    raise StudioError(NOT_INSTALLED) from None

TIMEOUT = 900.0
"""Seconds: an export of ten thousand tasks takes two minutes."""
_SHOWN = 300


def connect(url: str, token: str) -> LabelStudio:
    """Give a client that acts as the user whose token this is; it keeps no connection, so it need not be closed."""
    transport = httpx.Client(timeout=TIMEOUT, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0))
    return LabelStudio(base_url=url, api_key=token, max_retries=0, httpx_client=transport)


@contextmanager
def asking(what: str) -> Iterator[None]:
    """Turn a failure of the requests made inside into a StudioError that says what was asked (`what`)."""
    try:
        yield
    except ApiError as error:
        raise StudioError(f"{what}: Label Studio answered {error.status_code}: {_cut(error.body)}") from None
    except httpx.HTTPStatusError as error:
        answer = error.response
        raise StudioError(f"{what}: Label Studio answered {answer.status_code}: {_cut(answer.text)}") from None
    except httpx.HTTPError as error:
        raise StudioError(f"{what}: Label Studio did not answer ({type(error).__name__}); is it running?") from None


def _cut(body: Any) -> str:
    told = body.get("validation_errors") or body.get("detail") or body if isinstance(body, dict) else body
    shown = " ".join(str(told).split())
    return shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…"
