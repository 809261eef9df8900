"""How Label Studio is started: its command and environment, its port, its health, and what it may be quoted with.

Secrets go by the environment, never on the command line, which every user of a machine can read.
"""

import os
import shutil
import socket
import sys
from ipaddress import IPv4Network
from pathlib import Path

from fogbank.curate.studio.client import NOT_INSTALLED, hide, http, httpx
from fogbank.curate.studio.database import SQLITE, Database
from fogbank.errors import StudioError
from fogbank.model.regions import MAIL_DOMAIN

ADMIN = f"admin@{MAIL_DOMAIN}"
HOST = "127.0.0.1"
DATA_FOLDER = "LABEL_STUDIO_BASE_DATA_DIR"
"""The name in its environment by which a server is told its data folder."""
# All that the server needs of the caller's environment; it would read more names: HOST, PORT, USERNAME, proxies.
_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "LD_LIBRARY_PATH")
# The addresses of no public host (RFC 6890 and the registries beside it), which the server must not be made to ask.
_RESERVED = (
    *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24"),
    *("192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4"),
    *("240.0.0.0/4", "::/128", "::1/128", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48"),
    *("100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "fc00::/7", "fe80::/10", "ff00::/8"),
)


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
        # Label Studio refuses every reserved address; a service of predictions on this machine needs one of them.
        "USE_DEFAULT_BANNED_SUBNETS": "false",
        "USER_ADDITIONAL_BANNED_SUBNETS": ",".join(refused_networks()),
        "LABEL_STUDIO_USERNAME": ADMIN,
        "LABEL_STUDIO_PASSWORD": password,
        "LABEL_STUDIO_USER_TOKEN": token,
    }


def refused_networks() -> list[str]:
    """Name the networks that the server asks nothing of: all reserved ones, of loopback all but `HOST`."""
    loopback = IPv4Network("127.0.0.0/8").address_exclude(IPv4Network(HOST))
    return [*_RESERVED, *map(str, sorted(loopback))]


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
        with http(timeout=5) as client:
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
