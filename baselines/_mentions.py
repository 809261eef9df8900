"""What a classifier may know of two mentions, the later of which may be of the same thing as the earlier."""

from collections.abc import Sequence
from itertools import product

import numpy as np

from baselines._pairs import PAIRED, PREPOSITIONS, Ends, Pairs, Place, labels_of, truth, up_to
from baselines._table import Coded, Features, Naming, Numbers, Table
from baselines._text import Reading
from fogbank import SCHEME

_PRONOUNS = {
    word: kind
    for kind, words in {
        "he": "he him his himself",
        "she": "she her hers herself",
        "they": "they them their theirs themselves those some",
        "we": "we us our ours",
        "it": "it its itself",
        "i": "i me my mine",
    }.items()
    for word in words.split()
}
_TELLING_NOTHING = PREPOSITIONS | {"the", "and"}
_ONE_HOT = np.eye(len(SCHEME.label_names), dtype=np.int64)


def _labelled(labels: int, *names: str) -> Features:
    return [*names, *(f"{PAIRED[labels].both} {name}" for name in names)]


# how the words of both match, and what kinds of words they are; how many like the tail, and whether any that equals the
# head, stand between them; how many sentences they are apart; the word before the head; whether the tail is a subject
_MENTION: tuple[Naming, ...] = (
    lambda labels, match, kinds: [
        PAIRED[labels].both, *_labelled(labels, f"match={match}", f"kind={kinds}", f"match={match} kind={kinds}"),
    ],
    lambda labels, rank, apart: _labelled(labels, f"rank={rank}", f"apart={apart}"),
    lambda labels, match, nearer, rank: _labelled(
        labels, f"nearer equal={nearer}", f"match={match} nearer={nearer} rank={min(rank, 3)}"
    ),
    lambda labels, kinds, rank, apart: _labelled(labels, f"kind={kinds} rank={min(rank, 3)} apart={apart}"),
    lambda labels, before, match: _labelled(
        labels, f"the={before == 'the'} match={match}", f"before={before} match={match}"
    ),
    lambda labels, subject, kinds: _labelled(labels, f"subject={subject} {kinds}"),
    lambda head, tail: [f"{head} {tail}"],
    lambda head, match: [f"head={head} match={match}"],
)  # fmt: skip
_MATCHES = ("equal", "main", "inside", "shared", "none")


def mention_features(reading: Reading, mentions: Sequence[Place], pairs: Pairs) -> Table:
    """Give the features of pairs of mentions of one layer: a mention, and an earlier one maybe of the same thing."""
    heads, tails = pairs
    label, first, _, sentence = Ends.of(mentions)
    lower, main = ["<s>", *reading.lower], Coded.of(p.words[-1] for p in mentions)
    words, kind = Coded.of(p.words for p in mentions).numbers, Coded.of(_kind(reading, p) for p in mentions)
    before, behind = np.searchsorted(first, first), np.searchsorted(first, first, "right")
    equal = (words[:, None] == words) & (np.arange(len(mentions)) < before[:, None])
    latest = np.where(equal, np.arange(len(mentions)), -1).max(axis=1, initial=-1)
    counted = np.vstack([np.zeros_like(_ONE_HOT[:1]), np.cumsum(_ONE_HOT[label], axis=0)])
    middle = counted[before[heads], label[tails]] - counted[behind[tails], label[tails]]
    subject = [p.first - reading.sentences[p.sentence][0] < 3 for p in mentions]
    values = {
        "labels": labels_of(mentions, pairs),
        "match": _match(mentions, words, main.numbers, pairs),
        "kinds": Coded(
            kind.numbers[heads] * len(kind.meanings) + kind.numbers[tails],
            [f"{head} {tail}" for head, tail in product(kind.meanings, repeat=2)],
        ),
        "rank": up_to(4, np.maximum(middle, 0)),
        "apart": up_to(4, sentence[heads] - sentence[tails]),
        "nearer": truth(latest[heads] >= behind[tails]),
        "before": Coded.of(lower[p.first] for p in mentions).at(heads),
        "subject": truth(np.array(subject, bool)[tails]),
        "head": main.at(heads),
        "tail": main.at(tails),
    }
    return Table(values).with_columns(_MENTION)


def _kind(reading: Reading, place: Place) -> str:
    pronoun = _PRONOUNS.get(" ".join(place.words))
    return f"pronoun {pronoun}" if pronoun else "N" if reading.words[place.last - 1][0].isupper() else "n"


def _match(mentions: Sequence[Place], words: Numbers, main: Numbers, pairs: Pairs) -> Coded:
    """Tell whether two mentions are equal, have one main word, or share words that tell something."""
    heads, tails = pairs
    known = Coded.of(word for p in mentions for word in p.words)
    has = np.zeros((len(mentions), len(known.meanings)), np.int64)
    has[np.repeat(np.arange(len(mentions)), [len(p.words) for p in mentions]), known.numbers] = 1
    telling = np.array([word not in _TELLING_NOTHING for word in known.meanings], np.int64)
    shared = (has @ (has * telling).T)[heads, tails]
    holds = [words[heads] == words[tails], main[heads] == main[tails], shared == has.sum(axis=1)[heads], shared > 0]
    return Coded(np.select(holds, range(len(holds)), len(holds)), _MATCHES)
