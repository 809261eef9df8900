"""The service through which Label Studio asks an assistant: HTTP on this machine only, by Starlette and uvicorn.

    GET  /health, /    {"status": "UP", "model_version"}
    GET  /versions     {"versions": [version]}
    POST /setup        {"project", "schema", …} → {"model_version"}
    POST /predict      {"tasks": [{"data": {"id", "sha256", "published", "text", …}}, …], …}
                       → {"results": [{"result", "score", "model_version"}, …], "model_version"}
    POST /webhook      anything → {}: what annotators do changes no prediction

A request that is refused is answered with a status from 400 to 499 and {"error"}; one at which the system fails with
500 and {"error"}.  Only JSON is taken, which a foreign page in a browser cannot send without being allowed to.
"""

import asyncio
import json
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import orjson

from fogbank.curate.studio.assistant import Assistant, RefusedError
from fogbank.curate.studio.client import NOT_INSTALLED
from fogbank.curate.studio.launch import HOST
from fogbank.errors import FogbankError, StudioError

try:
    import uvicorn
    from starlette.applications import Starlette
    from starlette.concurrency import run_in_threadpool
    from starlette.exceptions import HTTPException
    from starlette.middleware import Middleware
    from starlette.middleware.trustedhost import TrustedHostMiddleware
    from starlette.requests import ClientDisconnect, Request
    from starlette.responses import JSONResponse, Response
    from starlette.routing import Route
except ImportError:
    raise StudioError(NOT_INSTALLED) from None

LARGEST_BODY = 64 * 2**20
"""Bytes; Label Studio asks for all tasks of a project at once, an article of a thousand words takes 7 kB."""
_BODY_SECONDS = 30.0
_STOP_SECONDS = 10.0
_START_SECONDS = 30.0

Endpoint = Callable[[Request], Awaitable[Response]]


def application(assistant: Assistant) -> Starlette:
    """Make the ASGI application that answers for an assistant; it predicts for one request at a time."""
    turn = threading.Lock()

    async def health(_: Request) -> Response:
        return JSONResponse({"status": "UP", "model_version": assistant.version})

    async def versions(_: Request) -> Response:
        return JSONResponse(assistant.versions())

    async def setup(request: Request) -> Response:
        return JSONResponse(assistant.setup(await _json(request)))

    async def predict(request: Request) -> Response:
        asked = await _json(request)

        def work() -> Any:
            with turn:
                return assistant.predict(asked)

        return JSONResponse(await run_in_threadpool(work))

    async def webhook(request: Request) -> Response:
        await _json(request)
        return JSONResponse({})

    return Starlette(
        routes=[
            Route("/", health, methods=["GET"]),
            Route("/health", health, methods=["GET"]),
            Route("/versions", versions, methods=["GET"]),
            Route("/setup", setup, methods=["POST"]),
            Route("/predict", predict, methods=["POST"]),
            Route("/webhook", webhook, methods=["POST"]),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=[HOST, "localhost"])],
        exception_handlers={RefusedError: _refuse, FogbankError: _fail, HTTPException: _answer},
    )


@contextmanager
def serving(assistant: Assistant, port: int = 0) -> Iterator[str]:
    """Serve an assistant on this machine while the block runs, on a free port unless one is named; give its URL.

    Raises StudioError where the port is taken or the service does not start.
    """
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except OSError as error:
            raise StudioError(f"port {port} of {HOST}: {error.strerror}; expected a free one, or none named") from None
        config = uvicorn.Config(
            application(assistant),
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="critical",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=64,
            timeout_graceful_shutdown=int(_STOP_SECONDS),
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="assistant", daemon=True)
        thread.start()
        try:
            _await(lambda: server.started or not thread.is_alive())
            if not server.started:
                raise StudioError("the service of predictions did not start")
            yield f"http://{HOST}:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(_STOP_SECONDS + 5)


def _await(is_done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not is_done() and time.monotonic() < deadline:
        time.sleep(0.01)


async def _json(request: Request) -> Any:
    """Read the body of a request.  Raises HTTPException for one that is too long, too slow, or no JSON."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise HTTPException(415, f"content of type {kind[:60]!r}; expected application/json")
    body = bytearray()
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            async for piece in request.stream():
                body += piece
                if len(body) > LARGEST_BODY:
                    raise HTTPException(413, f"more than {LARGEST_BODY} bytes; ask for fewer tasks at once")
    except TimeoutError:
        raise HTTPException(408, f"the request did not arrive within {_BODY_SECONDS:.0f} s") from None
    except ClientDisconnect:
        raise HTTPException(400, "the request ended in the middle") from None
    try:
        return orjson.loads(body)
    except json.JSONDecodeError as error:
        raise HTTPException(400, f"line {error.lineno}, column {error.colno}: {error.msg}; expected JSON") from None


async def _refuse(_: Request, error: Exception) -> Response:
    return JSONResponse({"error": str(error)}, 422)


async def _fail(_: Request, error: Exception) -> Response:
    return JSONResponse({"error": str(error)}, 500)


async def _answer(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  what it is registered for
    return JSONResponse({"error": error.detail}, error.status_code, headers=error.headers)
