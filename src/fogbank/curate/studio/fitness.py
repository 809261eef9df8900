"""What Label Studio would keep and open, asked before it is sent anything else."""

from typing import Any

from fogbank.check.problem import Level
from fogbank.check.rules import find
from fogbank.errors import StudioError
from fogbank.model.document import Document
from fogbank.model.regions import write_result

# Beside the integrity rules: what Label Studio would drop, change, or fail to show.
_UNFIT = {"label-unknown", "attribute-unknown", "attribute-value", "relation-label-unknown"}


def fit_result(document: Document) -> list[dict[str, Any]]:
    """Give a document as Label Studio's `result`.  Raises as `demand_fit` does."""
    demand_fit(document)
    return write_result(document)


def demand_fit(document: Document) -> None:
    """Raise StudioError for a document that Label Studio would not keep or not open, and for one without its text."""
    if document.text is None:
        raise StudioError(f"{document.id}: the text is withheld; restore it before entering an annotation of it")
    for rule, finding in find(document):
        if rule.level == Level.INTEGRITY or rule.code in _UNFIT:
            raise StudioError(
                f"{document.id}::{finding.place}: {rule.code}: {finding.message}; expected {finding.expected}; "
                "Label Studio would not keep or not open it"
            )
