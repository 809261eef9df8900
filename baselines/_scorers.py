"""What stands on the encoder: scores of spans, of what each cue reports, of relations and of choices.

All scores are read alike: what scores above 0 holds.  They are learned with the loss of several labels at once in which
0 is the threshold (Su et al. 2022, Global Pointer, arXiv 2208.03054), so no threshold has to be tuned.
Shapes: n words or spans, L labels, H the size of the encoder; `first` and `last` count words, `last` exclusive.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from baselines._text import Reading
from fogbank import SCHEME

SPANS = tuple(label for label in SCHEME.label_names if label != "CONTENT")
RELATIONS = tuple(name for name in SCHEME.relation_names if name != "content")
CHOICES = tuple(a for a in SCHEME.attributes if a.required and a.name != "modifier")
_SIZE = 128
_WIDEST = 24  # spans this wide or wider are told apart by their words alone
_FARTHEST = 64
_SENTENCES = 4
COREFERENCE = ("same", "same_event")
_DROPOUT = 0.2
_ALLOWED = torch.tensor(
    [
        [[SCHEME.allows(name, head, tail) for tail in SCHEME.label_names] for head in SCHEME.label_names]
        for name in RELATIONS
    ]
)


def loss_of(scores: Tensor, holds: Tensor, counts: Tensor | None = None) -> Tensor:
    """Give the loss of scores whose last dimension is what is told apart; `counts` says which of them count."""
    outside = torch.full_like(scores, -torch.inf)
    counted = torch.ones_like(holds) if counts is None else counts
    zero = torch.zeros_like(scores[..., :1])
    wrong = torch.cat([zero, torch.where(counted & ~holds, scores, outside)], dim=-1)
    right = torch.cat([zero, torch.where(counted & holds, -scores, outside)], dim=-1)
    return wrong.logsumexp(-1) + right.logsumexp(-1)


class Pairs(nn.Module):
    """Scores each pair of two lists of vectors for each label."""

    def __init__(self, head_size: int, tail_size: int, labels: int) -> None:
        super().__init__()
        self.head = nn.Sequential(nn.Linear(head_size, _SIZE), nn.GELU(), nn.Dropout(_DROPOUT))
        self.tail = nn.Sequential(nn.Linear(tail_size, _SIZE), nn.GELU(), nn.Dropout(_DROPOUT))
        self.both = nn.Parameter(torch.randn(labels, _SIZE, _SIZE) / _SIZE)
        self.of_head = nn.Linear(_SIZE, labels)
        self.of_tail = nn.Linear(_SIZE, labels)

    def forward(self, heads: Tensor, tails: Tensor) -> Tensor:
        """Give scores of shape (L, heads, tails)."""
        head, tail = self.head(heads), self.tail(tails)
        joint = torch.einsum("hd,lde,te->lht", head, self.both, tail)
        scores: Tensor = joint + self.of_head(head).T[:, :, None] + self.of_tail(tail).T[:, None, :]
        return scores


class Scorers(nn.Module):
    """All that stands on the encoder's word vectors."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.spans = Pairs(size, size, len(SPANS))
        self.widths = nn.Embedding(_WIDEST + 1, len(SPANS))
        self.begins = Pairs(2 * size, size, 1)
        self.ends = Pairs(2 * size, size, 1)
        self.clauses = Pairs(size, size, 1)
        self.away = nn.Embedding(2 * (2 * _FARTHEST + 1), 1)
        self.labels = nn.Embedding(len(SCHEME.label_names), 32)
        self.relations = Pairs(2 * size + 32, 2 * size + 32, len(RELATIONS))
        self.places = nn.Embedding((2 * _SENTENCES + 1) * 3, len(RELATIONS))
        self.choices = nn.ModuleDict({a.name: nn.Linear(4 * size + 64, len(a.names)) for a in CHOICES})
        self.dropout = nn.Dropout(_DROPOUT)

    def span_scores(self, words: Tensor) -> Tensor:
        """Score all stretches of some neighbouring words: (L, first, last word); those that end early are -inf."""
        there = torch.arange(len(words), device=words.device)
        width = there[None, :] - there[:, None]
        scores: Tensor = self.spans(words, words) + self.widths(width.clamp(0, _WIDEST)).permute(2, 0, 1)
        return scores.masked_fill(width < 0, -torch.inf)

    def content_scores(self, cue: Tensor, words: Tensor, first: int, last: int) -> Tensor:
        """Score all stretches of `words` as what the cue at their words `first` to `last` reports: (first, last word).

        Stretches that end early or overlap the cue without holding it are -inf.
        """
        there = torch.arange(len(words), device=words.device)
        away = (there - first).clamp(-_FARTHEST, _FARTHEST) + _FARTHEST
        near = self.away(torch.stack([away, away + 2 * _FARTHEST + 1])).squeeze(-1)
        begins = self.begins(cue[None], words)[0, 0] + near[0]
        ends = self.ends(cue[None], words)[0, 0] + near[1]
        scores: Tensor = begins[:, None] + ends[None, :] + self.clauses(words, words)[0]
        begin, end = there[:, None], there[None, :] + 1
        fits = (begin < end) & ((end <= first) | (begin >= last) | ((begin <= first) & (end >= last)))
        return scores.masked_fill(~fits, -torch.inf)

    def span_vectors(self, words: Tensor, places: Sequence[tuple[int, int]], labels: Sequence[str]) -> Tensor:
        """Give the vectors of spans: their first word's, their last word's, their label's."""
        first, last = (torch.tensor(ends, device=words.device) for ends in zip(*places, strict=True))
        numbers = torch.tensor([SCHEME.label_names.index(label) for label in labels], device=words.device)
        return torch.cat([words[first], words[last - 1], self.labels(numbers)], dim=-1)

    def relation_scores(self, heads: Tensor, tails: Tensor, place: Tensor) -> Tensor:
        """Score the relations of all pairs of spans: (L, heads, tails); `place` is what `pair_places` gives."""
        scores: Tensor = self.relations(self.dropout(heads), self.dropout(tails)) + self.places(place).permute(2, 0, 1)
        return scores

    def choice_scores(self, name: str, spans: Tensor, sources: Tensor) -> Tensor:
        """Score the values of an attribute for each span: (n, values); `sources` is the mean vector of its sources."""
        scores: Tensor = self.choices[name](self.dropout(torch.cat([spans, sources], dim=-1)))
        return scores


def pair_places(
    reading: Reading, places: Sequence[tuple[int, int]], labels: Sequence[str], heads: slice
) -> tuple[Tensor, Tensor]:
    """Say how pairs of spans stand to each other (heads, tails), and which relations may hold (L, heads, tails).

    `places` are the first and last words of all spans, `heads` says which of them are heads.  Arguments stand at most
    one sentence apart; what corefers points backwards from anywhere.
    """
    first, last = (torch.tensor(ends) for ends in zip(*places, strict=True))
    sentence = torch.tensor([reading.sentence_of[begin] for begin, _ in places])
    apart = sentence[None, :] - sentence[heads, None]
    nested = (first[heads, None] < last[None, :]) & (first[None, :] < last[heads, None])
    is_behind = first[None, :] > first[heads, None]
    place = (apart.clamp(-_SENTENCES, _SENTENCES) + _SENTENCES) * 3 + torch.where(nested, 2, is_behind.long())
    numbers = torch.tensor([SCHEME.label_names.index(label) for label in labels])
    one, other = torch.arange(len(places))[heads, None], torch.arange(len(places))[None, :]
    allowed = _ALLOWED[:, numbers[heads, None], numbers[None, :]] & (one != other)
    is_forward = is_behind | ((first[None, :] == first[heads, None]) & (last[None, :] > last[heads, None]))
    for number, name in enumerate(RELATIONS):
        allowed[number] &= ~is_forward if name in COREFERENCE else apart.abs() <= 1
    return place, allowed


def stretches(reading: Reading, longest: int = 96) -> list[tuple[int, int]]:
    """Cut a text into sentences, and sentences that are longer than any should be into parts."""
    return [(at, min(at + longest, last)) for first, last in reading.sentences for at in range(first, last, longest)]


def surroundings(reading: Reading, first: int, last: int, farthest: int = 128) -> tuple[int, int]:
    """Give the words in which a cue's content is looked for: its sentence and those beside it, within bounds."""
    number, final = reading.sentence_of[first], reading.sentence_of[last - 1]
    begin = reading.sentences[max(number - 1, 0)][0]
    end = reading.sentences[min(final + 1, len(reading.sentences) - 1)][1]
    return max(begin, first - farthest), min(end, last + farthest)
