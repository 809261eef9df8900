"""FogBank: who says that what happened, to whom and how many, where and when, and how sure they are.

    import fogbank
    for document in fogbank.load("test"):
        print(document.id, [document.quote(span) for span in document.spans if span.label == "QUANTITY"])

Offsets count Unicode code points, `start` inclusive, `end` exclusive.  These names are the whole public interface.
"""

from importlib.metadata import version

from fogbank.check.files import check_corpus, check_paths
from fogbank.check.problem import Problem
from fogbank.compare.score import score
from fogbank.compare.significance import compare_systems
from fogbank.curate.quotes import quoted, resolve
from fogbank.errors import DataError, FogbankError, InvalidValueError, MissingTextError
from fogbank.model.claim import Claim
from fogbank.model.claims import claims
from fogbank.model.corpus import SPLITS, Article, Corpus, find_corpus
from fogbank.model.document import Document, Relation, Span, clusters
from fogbank.model.ledger import ledger
from fogbank.model.scheme import SCHEME, Interval
from fogbank.model.system import State, System
from fogbank.model.text import tokens
from fogbank.publish.dataset.documents import load, load_articles
from fogbank.publish.release.checksums import Difference, verify
from fogbank.publish.release.citation import Citation, citation

__version__ = version("fogbank")

__all__ = [
    "SCHEME",
    "SPLITS",
    "Article",
    "Citation",
    "Claim",
    "Corpus",
    "DataError",
    "Difference",
    "Document",
    "FogbankError",
    "Interval",
    "InvalidValueError",
    "MissingTextError",
    "Problem",
    "Relation",
    "Span",
    "State",
    "System",
    "check_corpus",
    "check_paths",
    "citation",
    "claims",
    "clusters",
    "compare_systems",
    "find_corpus",
    "ledger",
    "load",
    "load_articles",
    "quoted",
    "resolve",
    "score",
    "tokens",
    "verify",
]
