"""The tasks of the benchmark, each a module whose docstring is its specification.

Every task is a function `measure(gold, predicted)` of two sequences of documents: `predicted[i]` is what was predicted
for `gold[i]`, an empty document where nothing was.  It returns measures by the name of their row (see `measure`), "all"
first, each with its sums for every document in that order.  It draws no resamples, averages nothing, and does not
depend on the order of spans or relations.  What is of several documents together (an incident) is counted with one of
them.  Swapping gold and predicted swaps recall and precision.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from fogbank.compare.measure import Measure
from fogbank.compare.tasks import attribution, claims, coreference, ledger, relations, spans, values
from fogbank.model.document import Document


@dataclass(frozen=True, slots=True)
class Task:
    """One task: `criterion` says in a few words what its row "all" is, and stands in the signature of a report."""

    name: str
    criterion: str
    measure: Callable[[Sequence[Document], Sequence[Document]], Mapping[str, Measure]]


TASKS: Mapping[str, Task] = {
    task.name: task
    for task in (
        Task("spans", spans.CRITERION, spans.measure),
        Task("relations", relations.CRITERION, relations.measure),
        Task("attribution", attribution.CRITERION, attribution.measure),
        Task("values", values.CRITERION, values.measure),
        Task("coreference", coreference.CRITERION, coreference.measure),
        Task("claims", claims.CRITERION, claims.measure),
        Task("ledger", ledger.CRITERION, ledger.measure),
    )
}
"""All tasks by name, in the order of the benchmark."""
