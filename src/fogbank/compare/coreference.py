"""Coreference metrics: how alike two versions of one document group its mentions.  This text is their specification.

Clusters are disjoint, non-empty sets of mentions, K₁ … of gold and R₁ … of the predicted version; a mention is any
hashable value.  Neither side is altered: a mention that only one side has stays where it is (Pradhan et al. 2014).
Recall is a quotient of two sums over the clusters of gold; precision is the same with the roles exchanged.  Numerators
and denominators add up over documents, and rates come last.  Of one cluster K against the clusters R of the other side:

- MUC: |K| − (parts into which R cuts K) over |K| − 1, a mention that R lacks being a part of its own.  Source: Vilain
  et al. 1995, doi:10.3115/1072399.1072405.  It sees no singletons.
- B³: Σᵢ |K ∩ Rᵢ|² / |K| over |K|.  Source: Bagga & Baldwin 1998, as given by Pradhan et al.
- CEAFe: clusters are paired one to one so that the sum of φ₄(K, R) = 2 |K ∩ R| / (|K| + |R|) is greatest; that sum
  over the number of clusters.  Source: Luo 2005, doi:10.3115/1220575.1220579; the assignment is SciPy's.
- LEA: |K| · (links of K that R has too) / (links of K) over |K|, where n mentions have n (n − 1) / 2 links, and a
  singleton one, to itself, which only the same singleton has too.  Source: Moosavi & Strube 2016,
  doi:10.18653/v1/P16-1060.

F1 is the harmonic mean; the CoNLL score is the mean of the F1 of MUC, B³ and CEAFe (see `measure.Rates`).
Source of the whole: Pradhan et al. 2014, doi:10.3115/v1/P14-2006.

FogBank marks which mentions are the same, and no singletons: `mention_clusters` takes the clusters of `same` or
`same_event`, in which a mention is a pair of offsets, whatever its label, and leaves out every cluster of one mention.
"""

from collections.abc import Collection, Hashable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from fogbank.errors import InvalidValueError
from fogbank.model.document import Document, clusters

Clusters = Sequence[frozenset[Hashable]]
METRICS = ("muc", "b_cubed", "ceaf_e", "lea")
CONLL = ("muc", "b_cubed", "ceaf_e")
Sums = NDArray[np.float64]
"""Shape (…, 4 metrics, 4): recall's numerator and denominator, then precision's."""


def mention_clusters(document: Document, relation: str) -> list[frozenset[Hashable]]:
    """Give the clusters of two or more mentions `(start, end)` that the links of one relation label make.

    Spans with equal offsets are one mention, so clusters that share one are one cluster.
    """
    known = document.by_id
    merged: list[frozenset[Hashable]] = []
    for ids in clusters(document, relation):
        places: frozenset[Hashable] = frozenset((known[i].start, known[i].end) for i in ids)
        joined = places.union(*(other for other in merged if other & places))
        merged = [*(other for other in merged if not other & places), joined]
    return [cluster for cluster in merged if len(cluster) > 1]


def sums(gold: Iterable[Collection[Hashable]], predicted: Iterable[Collection[Hashable]]) -> Sums:
    """Give what the four metrics sum up for one document, an array of shape (4, 4); see `Sums`.

    Raises InvalidValueError where the clusters of one side are empty or not disjoint.
    """
    expected, found = _partition(gold, "gold"), _partition(predicted, "predicted")
    rows = []
    for metric in (_muc, _b_cubed, _ceaf_e, _lea):
        rows.append((*metric(expected, found), *metric(found, expected)))
    return np.array(rows, dtype=np.float64)


def _partition(given: Iterable[Collection[Hashable]], side: str) -> Clusters:
    made = [frozenset(cluster) for cluster in given]
    if not all(made):
        raise InvalidValueError(f"an empty {side} cluster; expected at least one mention in each")
    if len(frozenset[Hashable]().union(*made)) < sum(map(len, made)):
        raise InvalidValueError(f"a mention is in two {side} clusters; expected disjoint clusters")
    return made


def _muc(of: Clusters, against: Clusters) -> tuple[float, float]:
    kept = 0
    for cluster in of:
        common = [len(cluster & other) for other in against if cluster & other]
        kept += sum(common) - len(common)
    return kept, sum(len(cluster) - 1 for cluster in of)


def _b_cubed(of: Clusters, against: Clusters) -> tuple[float, float]:
    squares = sum(len(cluster & other) ** 2 / len(cluster) for cluster in of for other in against)
    return squares, sum(map(len, of))


def _ceaf_e(of: Clusters, against: Clusters) -> tuple[float, float]:
    if not of or not against:
        return 0, len(of)
    similar = np.array([[2 * len(a & b) / (len(a) + len(b)) for b in against] for a in of], dtype=np.float64)
    return float(similar[linear_sum_assignment(similar, maximize=True)].sum()), len(of)


def _lea(of: Clusters, against: Clusters) -> tuple[float, float]:
    def links(size: int) -> int:
        return size * (size - 1) // 2

    resolved = 0.0
    for cluster in of:
        if len(cluster) == 1:
            resolved += cluster in against
        else:
            resolved += len(cluster) * sum(links(len(cluster & other)) for other in against) / links(len(cluster))
    return resolved, sum(map(len, of))
