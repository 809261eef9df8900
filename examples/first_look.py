# %% [markdown]
# # A first look at FogBank
#
# Load it, read one dispatch, follow one incident, score a system. Each `# %%` begins a cell: VS Code, Spyder and
# PyCharm show them as such, Jupyter with [jupytext](https://jupytext.readthedocs.io) opens the file as a notebook, and
# `python examples/first_look.py` runs it as a script, in some ten seconds, offline.
#
# It needs a checkout, installed with `pip install -e .`. All dispatches are fiction.

# %%
import re
import sys
from collections import Counter, defaultdict
from dataclasses import replace
from itertools import chain
from pathlib import Path

from datasets import load_dataset

import fogbank

HOME = fogbank.find_corpus(Path(__file__).parent if "__file__" in globals() else None).root


def table(head, rows):
    """Print rows below their heads, each column as wide as it must be."""
    cells = [[" ".join(str(cell).split()) for cell in row] for row in (head, *rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    print()


# %% [markdown]
# ## Two ways in
#
# `datasets` gives rows: strings, numbers and class labels, as any other dataset does. `fogbank.load` gives `Document`
# values, from which claims and the ledger follow and which can be scored. Both hold the same annotation; offsets count
# code points, `start` inclusive, `end` exclusive.

# %%
rows = load_dataset(str(HOME))  # config "documents"; others are "claims", "ledger", "versions", "wire"
documents = {split: fogbank.load(split) for split in fogbank.SPLITS}

row, document = rows["train"][0], documents["train"][0]
assert [row["text"][s["start"] : s["end"]] for s in row["spans"]] == [document.quote(s) for s in document.spans]

table(
    ("split", "documents", "incidents", "spans", "relations"),
    [
        (
            split,
            len(held),
            len({one.dateline.incident for one in held}),
            sum(len(one.spans) for one in held),
            sum(len(one.relations) for one in held),
        )
        for split, held in documents.items()
    ],
)

# %% [markdown]
# ## One dispatch: who says what
#
# A CUE ("said") links a source to a CONTENT, what is said. Contents nest where one source reports what another says.
# Take the shortest dispatch of `train` that has a claim with a source behind its source, and print what stands in the
# outer CONTENT, indented by what else it stands in.


# %%
def is_reported(claim):
    return len(claim.sources) > 1


def is_inside(inner, outer):
    within = outer.start <= inner.start and inner.end <= outer.end
    return within and inner.end - inner.start < outer.end - outer.start


document = min(
    (one for one in documents["train"] if any(map(is_reported, fogbank.claims(one)))), key=lambda one: len(one.text)
)
claim = next(filter(is_reported, fogbank.claims(document)))
contents = {r.head: document.by_id[r.tail] for r in document.relations if r.label == "content"}
outer = contents[claim.sources[-1].cue]

print(f"{document.id}: {document.quote(outer)}\n")
inside = [span for span in document.spans if is_inside(span, outer)]
table(
    ("words", "label", "attributes"),
    [
        (
            "· " * sum(is_inside(span, other) for other in inside) + document.quote(span)[:60],
            span.label,
            ", ".join(f"{name}={value}" for name, value in span.attributes.items()),
        )
        for span in inside
    ],
)

# %% [markdown]
# ## Claims
#
# A claim is what one chain of sources says of one event and one group of people: derived from spans and relations, by
# the rules in the docstring of `fogbank.model.claims`. The innermost source comes first; a claim without one is in the
# writer's own voice.


# %%
def said_by(claim):
    return " ← ".join(f"{s.name or 'unnamed'} {s.stance}" for s in claim.sources) or "(the writer)"


table(
    ("who, and who is said to say so", "event", "status", "whom", "how many"),
    [
        (said_by(c), c.label, c.status, c.affected.text if c.affected else "", c.quantity or "")
        for c in fogbank.claims(document)
    ],
)

# %% [markdown]
# All claims of a split are a config of their own. Which kind of source takes which stance?

# %%
claims = load_dataset(str(HOME), name="claims", split="train")
names = {column: claims.features[column].int2str for column in ("source_kind", "stance")}
taken = Counter(
    (names["source_kind"](one["source_kind"]), names["stance"](one["stance"]))
    for one in claims
    if one["source_kind"] is not None  # null is the writer, who asserts
)
kinds, stances = (sorted({pair[place] for pair in taken}) for place in (0, 1))
table(("kind of source", *stances), [(kind, *(taken[kind, stance] or "" for stance in stances)) for kind in kinds])

# %% [markdown]
# ## One incident: whose figure, when
#
# The ledger puts all figures of one measure of one incident in order of time, over all dispatches. `standing` says why
# an entry counts for the range or does not: a later figure replaced it, it is of a part of the group, it is denied …
# Take, of all measures in `train` whose truth is known, the one that most sources give figures of.

# %%
accounts = [account for account in fogbank.ledger(documents["train"]) if account.true is not None]
account = max(accounts, key=lambda one: len({entry.key for entry in one.entries}))


table(
    ("time", "document", "source", "kind", "figure", "standing"),
    [(e.time, e.document, e.source or "unnamed", e.kind, e.figure, e.standing) for e in account.entries],
)
low, best, high = account.range
print(f"{account.incident}, {account.measure}: from {low} to {high}, the best figure {best}; true is {account.true}\n")

# %% [markdown]
# Since the truth is known, sources can be measured. Of the figures that stand, how many hold what is true in the end?
# One that does not need be no lie: it may be early, or of some of the people only.


# %%
def holds(interval, true):
    low, _, high = interval
    return (low is None or low <= true) and (high is None or true <= high)


found = defaultdict(list)
for account in accounts:
    for entry in account.entries:
        if entry.standing == "stands":
            found[entry.kind].append(holds(entry.figure.interval, account.true))
table(
    ("kind of source", "figures that stand", "hold what is true"),
    [(kind, len(held), f"{sum(held) / len(held):.0%}") for kind, held in sorted(found.items())],
)
ranges = [account for account in accounts if account.range.best is not None]
holding = [account for account in ranges if holds(account.range, account.true)]
exact = [account for account in ranges if account.range.best == account.true]
print(f"{len(holding)} of {len(ranges)} ranges hold it, {len(exact)} best figures are it\n")

# %% [markdown]
# ## Score a baseline
#
# A system is a class with `train` and `predict`. The floor has rules and counts only, so it learns at once. Predictions
# are `Document` values too, and `gold, predicted` is always the order. The bootstrap draws incidents, not dispatches,
# which share names and figures within one. These are the numbers on the leaderboard; while you work on a system of
# your own, score it on `validation`.

# %%
sys.path.insert(0, str(HOME))
from baselines.floor import System as Floor  # noqa: E402

floor = Floor()
floor.train(fogbank.load_articles("train"), documents["train"], seed=1)
articles = fogbank.load_articles("test")
predicted = [floor.predict(article) for article in articles]
incidents = {article.id: article.incident for article in articles}

gold = documents["test"]
report = fogbank.score(gold, predicted, system="floor", split="test", groups=incidents)
print(report.table(signed=False), end="\n\n")

# %% [markdown]
# ## Compare two systems
#
# Does a word list help? Mark again what `train` marks more than once, and at more than half of its places, where the
# floor has found nothing. Where the interval of a difference holds 0, the two cannot be told apart.

# %%
marked = defaultdict(Counter)
for one in documents["train"]:
    for span in one.spans:
        if span.label in (*fogbank.SCHEME.labels_in("entity"), *fogbank.SCHEME.labels_in("event")):
            marked[one.quote(span)][span.label] += 1
text = "\n".join(one.text for one in documents["train"])
known = {
    words: labels.most_common(1)[0][0]
    for words, labels in marked.items()
    if labels.total() > 1 and 2 * labels.total() > len(re.findall(rf"\b{re.escape(words)}\b", text))
}
pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(known, key=len, reverse=True)))})\b")


def with_word_list(document, text):
    taken = set(chain.from_iterable(range(s.start, s.end) for s in document.spans if s.label != "CONTENT"))
    added = []
    for number, found in enumerate(pattern.finditer(text)):
        label, places = known[found[0]], range(*found.span())
        if taken.isdisjoint(places):
            status = {"status": "actual"} if label in fogbank.SCHEME.labels_in("event") else {}
            added.append(fogbank.Span(f"W{number}", places.start, places.stop, label, status))
    return replace(document, spans=(*document.spans, *added))


longer = [with_word_list(one, article.text) for one, article in zip(predicted, articles, strict=True)]
compared = fogbank.compare_systems(
    gold, predicted, longer, systems=("floor", "word list"), split="test", groups=incidents
)
print(compared.table())

# %% [markdown]
# ## Go on
#
# - `fogbank view` opens every dispatch, incident and version of an annotator as pages.
# - [docs/tasks.md](../docs/tasks.md) shows the seven tasks on one dispatch, [docs/scoring.md](../docs/scoring.md) how a
#   system enters the leaderboard, [baselines/](../baselines/README.md) what others do.
# - `fogbank.check_paths`, `score` and `Document.to_json` are what a system of your own needs to write its predictions.
