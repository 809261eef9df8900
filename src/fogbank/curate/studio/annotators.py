"""Annotators as users of the server: each enters annotations under a name, with a password and a token of their own.

Label Studio has no roles: any user could open and change any annotation.  Blindness is one project per annotator and
the annotators' word; a pull names what another user made or changed.  The server listens on loopback only.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass, field

from fogbank.curate.studio.client import asking, http, httpx
from fogbank.curate.studio.server import Server
from fogbank.errors import StudioError
from fogbank.model.regions import MAIL_DOMAIN

_NAME = re.compile(r"[a-z0-9-]{1,64}\Z")


@dataclass(frozen=True, slots=True)
class Annotator:
    """A user: Label Studio's number and address for them, and what they log in with."""

    id: int
    name: str
    email: str
    token: str = field(repr=False)
    password: str = field(repr=False)


def address(name: str) -> str:
    """Give the e-mail address of an annotator.  Raises StudioError for a name not of lower-case letters, digits, -."""
    if not _NAME.match(name):
        raise StudioError(f"annotator {name!r}: expected 1 to 64 lower-case letters, digits or hyphens")
    return f"{name}@{MAIL_DOMAIN}"


def ensure_annotator(server: Server, name: str) -> Annotator:
    """Find the user `<name>@fogbank.example`, or sign them up by the server's invitation link.

    Their password follows from the server's own secret, so nothing more needs to be kept.  Raises StudioError for an
    unfit name or a user of that name with another password.
    """
    email = address(name)
    password = hmac.new(server.password.encode(), email.encode(), hashlib.sha256).hexdigest()[:32]
    with asking(f"annotator {name}"), http(base_url=server.url, timeout=60) as session:
        administrator = {"Authorization": f"Token {server.token}"}
        users = session.get("/api/users", headers=administrator).raise_for_status().json()
        form, query = "/user/login/", dict[str, str]()
        if email not in {user["email"] for user in users}:
            invitation = session.get("/api/invite", headers=administrator).raise_for_status().json()["token"]
            form, query = "/user/signup/", {"token": invitation}
        session.cookies.clear()  # what was asked above has logged the administrator in
        if not _post(session, form, query, email, password):
            raise StudioError(f"annotator {name}: {email} is there with another password; expected a new name")
        who = session.get("/api/current-user/whoami").raise_for_status().json()
        token = session.get("/api/current-user/token").raise_for_status().json()["token"]
    if who["email"] != email:
        raise StudioError(f"annotator {name}: logged in as {who['email']}; expected {email}")
    return Annotator(who["id"], name, email, token, password)


def _post(session: httpx.Client, path: str, query: dict[str, str], email: str, password: str) -> bool:
    """Fill in one of the two forms; a success sends the browser on, a refusal shows the form again."""
    session.get(path, params=query).raise_for_status()
    form = {"email": email, "password": password, "csrfmiddlewaretoken": session.cookies["csrftoken"]}
    answer = session.post(path, params=query, data=form, headers={"Referer": f"{session.base_url}{path}"})
    if answer.is_error:
        answer.raise_for_status()
    return bool(answer.is_redirect)
