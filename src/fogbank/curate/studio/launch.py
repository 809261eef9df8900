"""How Label Studio is started: its command and environment, its port, its health, and what it may be quoted with.

Secrets go by the environment, never on the command line, which every user of a machine can read.
"""

import os
import shutil
import socket
import sys
from pathlib import Path

from fogbank.curate.studio.client import NOT_INSTALLED, hide, httpx
from fogbank.curate.studio.database import SQLITE, Database
from fogbank.errors import StudioError
from fogbank.model.regions import MAIL_DOMAIN

ADMIN = f"admin@{MAIL_DOMAIN}"
HOST = "127.0.0.1"
DATA_FOLDER = "LABEL_STUDIO_BASE_DATA_DIR"
"""The name in its environment by which a server is told its data folder."""
# All that the server needs of the caller's environment; it would read more names: HOST, PORT, USERNAME, proxies.
_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "LD_LIBRARY_PATH")


def command(port: int) -> list[str]:
    """Give the command of the Label Studio beside this Python.  Raises StudioError where there is none."""
    program = shutil.which("label-studio", path=str(Path(sys.executable).parent))
    if program is None:
        raise StudioError(NOT_INSTALLED)
    return [program, "start", "--no-browser", "--internal-host", HOST, "--port", str(port)]


def environment(
    folder: Path, password: str, token: str, database: Database | None = None, public_url: str | None = None
) -> dict[str, str]:
    """Give the whole environment of a server on a data folder, with its administrator's secrets and its database."""
    return {
        **{name: os.environ[name] for name in _INHERITED if name in os.environ},
        "PYTHONUNBUFFERED": "1",
        DATA_FOLDER: str(folder),
        **(database.environment if database else SQLITE),
        **({"CSRF_TRUSTED_ORIGINS": public_url} if public_url else {}),  # or forms sent by https are refused
        "COLLECT_ANALYTICS": "false",
        "SENTRY_DSN": "",
        "FRONTEND_SENTRY_DSN": "",
        "LATEST_VERSION_CHECK": "false",
        "LOG_LEVEL": "WARNING",
        "LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK": "true",
        "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",  # read at the first start only
        "LABEL_STUDIO_USERNAME": ADMIN,
        "LABEL_STUDIO_PASSWORD": password,
        "LABEL_STUDIO_USER_TOKEN": token,
    }


def free_port() -> int:
    """Find a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def is_taken(port: int) -> bool:
    """Whether somebody listens on a port."""
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


def is_healthy(port: int) -> bool:
    """Whether a Label Studio answers there that it is up."""
    try:
        with httpx.Client(trust_env=False, timeout=5) as client:
            return bool(client.get(f"http://{HOST}:{port}/health").status_code == httpx.codes.OK)
    except httpx.HTTPError:
        return False


def last_words(log: Path, *secrets: str) -> str:
    """Give the last lines of a server's log without these secrets and anything that looks like a token or cookie."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.exists() else []
    words = "\n".join(line[:400] for line in lines[-12:])
    for secret in secrets:
        words = words.replace(secret, "…")
    return hide(words)
