"""Asking Label Studio: its own client, kept on this machine, and its failures as one kind of error.

A client never retries (a request that was answered with an error may have been carried out) and ignores proxies.  An
error tells the status and the beginning of the answer, never headers: those hold session cookies.  What the HTTP
packages log, down to DEBUG, passes a filter that takes tokens and cookies out.
"""

import logging
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from fogbank.errors import StudioError

__all__ = ["NOT_INSTALLED", "TIMEOUT", "LabelStudio", "asking", "connect", "hide", "http", "httpx", "session"]

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
_SECRET = re.compile(r"""(token=|sessionid=|csrftoken=|Token |Bearer )[^\s'";&]+|\b[0-9a-f]{40}\b|\beyJ[\w.-]{20,}""")


def hide(text: str) -> str:
    """Take what looks like a token or cookie out of a text."""
    return _SECRET.sub("…", text)


class _Hidden(logging.Filter):
    """Rewrites a record without secrets; an address may hold an invitation, and headers hold cookies."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = hide(record.getMessage()), ()
        return True


for _name in ("httpx", "httpcore.connection", "httpcore.http11"):
    logging.getLogger(_name).addFilter(_Hidden())


def connect(url: str, token: str) -> LabelStudio:
    """Give a client that acts as the user whose token this is; it keeps no connection, so it need not be closed."""
    transport = http(timeout=TIMEOUT, limits=httpx.Limits(max_keepalive_connections=0))
    return LabelStudio(base_url=url, api_key=token, max_retries=0, httpx_client=transport)


def session(url: str, token: str) -> httpx.Client:
    """Give a connection for requests whose bodies are JSON bytes, as the user whose token this is; to be closed."""
    headers = {"Authorization": f"Token {token}", "Content-Type": "application/json"}
    return http(base_url=url, headers=headers, timeout=TIMEOUT)


def http(**options: Any) -> httpx.Client:
    """Give a connection with these options of httpx, to be closed."""
    return httpx.Client(trust_env=False, verify=_authorities(), **options)


@cache
def _authorities() -> ssl.SSLContext:
    """Read the certificates once, which takes longer than most answers of the server."""
    return httpx.create_ssl_context(trust_env=False)


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
