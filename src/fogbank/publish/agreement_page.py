"""The agreement page: everything measured of one round, as one self-contained HTML file.

No script and no network: the template escapes every name, label and quoted word, so markup in them is shown as text.
"""

from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from fogbank.compare.report import shown
from fogbank.curate.agreement import RoundAgreement
from fogbank.model.storage import write_text


def write_agreement_page(measured: RoundAgreement, path: Path) -> None:
    """Write the page of a round to a file."""
    write_text(path, render_agreement(measured))


def render_agreement(measured: RoundAgreement) -> str:
    """Make the page of a round."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(files("fogbank").joinpath("publish/templates/agreement.html").read_text("utf-8"))
    return template.render(measured=measured, one=measured.agreement, shown=shown)
