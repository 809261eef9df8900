"""`fogbank view`: the corpus as pages to look at, which need no server and no network."""

from pathlib import Path

from fogbank.model.document import Document
from fogbank.model.storage import write_text
from fogbank.publish.document_page import document_page, prediction_head


def write_document_view(document: Document, out: Path) -> Path:
    """Write the page of one predicted document, with its claims, and return its path.

    `out` is the file where it ends in `.html`, else a folder, in which `index.html` is written.
    """
    path = out if out.suffix == ".html" else out / "index.html"
    write_text(path, document_page(document.text, {"predicted": document}, (), prediction_head(document)))
    return path
