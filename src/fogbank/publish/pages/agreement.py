"""The agreement page: everything measured of one round, as one self-contained HTML file.

No script and no network: the template escapes every name, label and quoted word, so markup in them is shown as text.
"""

from pathlib import Path

from fogbank.curate.agreement import RoundAgreement
from fogbank.model.storage import write_text
from fogbank.publish.pages.html import templates


def write_agreement_page(measured: RoundAgreement, path: Path) -> None:
    """Write the page of a round to a file."""
    write_text(path, render_agreement(measured))


def render_agreement(measured: RoundAgreement) -> str:
    """Make the page of a round."""
    return templates().get_template("agreement.html").render(measured=measured, one=measured.agreement)
