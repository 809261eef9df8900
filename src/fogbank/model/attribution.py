"""Who says what stands at a place in the text: chains of sources, read off cues and contents.

A chain is a tuple of `Voice`, innermost first; the empty chain is the writer's own voice.

1. A place is said by every cue that has a CONTENT around it, except by a cue that merely reports another such cue: one
   that has that other cue inside the CONTENT and so comes later in the chain.
2. From a cue the chain goes on with the cues of the smallest CONTENT around that cue, its own contents left out (a cue
   may stand inside the clause that it reports).
3. Cues that share a CONTENT are parallel: each makes a chain of its own ("the army denied it", "citing officials").
4. A source that reports itself is one voice, the inner one ("he said that they, in what he called …").
5. Of an endless circle or of very many chains, which only a faulty prediction has, the first are taken.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from itertools import islice
from typing import NamedTuple

from fogbank.model.document import Document, Span, clusters

_MOST_CHAINS = 16
_DEEPEST = 8


class Voice(NamedTuple):
    """A cue in a chain, and the CONTENT through which it is heard."""

    cue: Span
    content: Span


Chain = tuple[Voice, ...]
Who = tuple[frozenset[str], str]
"""What makes two cues one voice: the clusters of their sources (without any, the cue itself), and the stance."""


class Attribution:
    """The cues, contents and sources of one document."""

    def __init__(self, document: Document) -> None:
        """Read the relations once; ends that are unknown or no CUE or CONTENT are passed over."""
        self._document = document
        by_id = document.by_id
        cues: defaultdict[str, set[str]] = defaultdict(set)
        sources: defaultdict[str, set[str]] = defaultdict(set)
        for relation in document.relations:
            if relation.head in by_id and relation.tail in by_id and by_id[relation.head].label == "CUE":
                if relation.label == "content" and by_id[relation.tail].label == "CONTENT":
                    cues[relation.tail].add(relation.head)
                elif relation.label == "source":
                    sources[relation.head].add(relation.tail)
        self._cues = {content: in_order(by_id[cue] for cue in held) for content, held in cues.items()}
        self._contents = sorted((by_id[c] for c in cues), key=lambda s: (s.end - s.start, s.start, s.id))
        self._sources = {cue: in_order(by_id[source] for source in held) for cue, held in sources.items()}

    @cached_property
    def cluster_of(self) -> Mapping[str, frozenset[str]]:
        """The cluster of each entity mention; one without links is its own."""
        found = {span.id: frozenset((span.id,)) for span in self._document.spans}
        for cluster in clusters(self._document, "same"):
            found.update(dict.fromkeys(cluster, cluster))
        return found

    def sources(self, cue: Span) -> list[Span]:
        """Give the mentions of a cue's sources, in order."""
        return self._sources.get(cue.id, [])

    def who(self, cue: Span) -> Who:
        """Tell whose voice a cue is, and in which stance."""
        named = frozenset(min(self.cluster_of[source.id]) for source in self.sources(cue))
        return named or frozenset((cue.id,)), str(cue.attributes.get("stance", ""))

    def parallel(self, content: Span) -> list[Span]:
        """Give the cues that share a CONTENT, in order."""
        return self._cues[content.id]

    def chains(self, span: Span) -> list[Chain]:
        """Give the chains of sources in whose words a span stands, in order; the writer's own voice is `[()]`."""
        around = [Voice(cue, content) for content in self._around(span) for cue in self._cues[content.id]]
        inmost = [voice for voice in around if not any(_reports(voice, other) for other in around)]
        found: dict[tuple[str, ...], Chain] = {}
        every = (chain for voice in inmost for chain in self._climb((voice,)))
        for chain in islice(every, _MOST_CHAINS):
            found.setdefault(tuple(link.cue.id for link in chain), chain)
        return list(found.values()) or [()]

    def _around(self, span: Span) -> list[Span]:
        return [content for content in self._contents if _holds(content, span)]

    def _climb(self, chain: Chain) -> Iterator[Chain]:
        """Yield the chain with all that stands over its last voice."""
        last = chain[-1].cue
        over = next((c for c in self._around(last) if last not in self._cues[c.id]), None)
        outer = [] if over is None or len(chain) == _DEEPEST else self._cues[over.id]
        if not outer:
            yield chain
        for cue in outer:
            if cue in (voice.cue for voice in chain):
                yield chain
            elif over is not None:
                yield from self._climb((*chain, Voice(cue, over)))

    def spoken(self, chain: Chain) -> Chain:
        """Leave out of a chain each voice whose sources are those of the voice within it."""
        kept: list[Voice] = []
        for voice in chain:
            if not kept or self.who(kept[-1].cue)[0] != self.who(voice.cue)[0]:
                kept.append(voice)
        return tuple(kept)


def in_order(spans: Iterable[Span]) -> list[Span]:
    """Sort spans by start, then the longer first, then by label and id."""
    return sorted(spans, key=lambda span: (span.start, -span.end, span.label, span.id))


def _holds(outer: Span, inner: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _reports(voice: Voice, other: Voice) -> bool:
    """Whether a voice has the cue of another in its CONTENT, and is not itself reported by it."""
    return (
        other.cue != voice.cue
        and other.content != voice.content
        and _holds(voice.content, other.cue)
        and not _holds(other.content, voice.cue)
    )
