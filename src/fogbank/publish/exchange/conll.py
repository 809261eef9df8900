r"""CoNLL: one token a line, a column for each level of each layer, in BIO; one `.conll` file a split.

    document  paragraph  token  start  end  entity  entity_2  entity_3  value  …  attribution_3

Columns are separated by tabs; the first line names them; an empty line ends a paragraph.  A paragraph is the sequence,
not a sentence, since a CONTENT may hold several sentences.  A token is a run of letters and digits or one other mark,
finer than `tokens`, so that no span of gold ends inside one.  `entity` holds the outermost spans of that layer,
`entity_2` those inside or beside them, `entity_3` those inside these.  `datasets` reads it with its own loader:

    load_dataset("csv", data_files="test.conll", delimiter="\t", quoting=3, keep_default_na=False)

Left out: relations and attributes, which no tag holds; spans deeper than the third level of their layer, over a line
end, or ending inside a token.  Since this is most of what a document says, nothing is read back from it.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from fogbank.model.document import Document, Span
from fogbank.model.scheme import SCHEME
from fogbank.model.storage import write_text
from fogbank.publish.exchange.format import Format, LeftOut

LEVELS = 3
_SUFFIXES = ("", *(f"_{level}" for level in range(2, LEVELS + 1)))
_TAGS = tuple(f"{layer.name}{suffix}" for layer in SCHEME.layers for suffix in _SUFFIXES)
COLUMNS = ("document", "paragraph", "token", "start", "end", *_TAGS)
_TOKEN = re.compile(r"\w+|[^\w\s]")
_PARAGRAPH = re.compile(r"[^\n\v\f\x1c-\x1e\x85\u2028\u2029]+")


def write(documents: Sequence[Document], folder: Path, name: str) -> LeftOut:
    """Write `<name>.conll`."""
    left_out = LeftOut()
    lines = ["\t".join(COLUMNS)]
    for document in documents:
        lines += _rows(document.canonical(), left_out)
    write_text(folder / f"{name}.conll", "\n".join(lines) + "\n")
    return left_out


def _rows(document: Document, left_out: LeftOut) -> Iterator[str]:
    text = document.text or ""
    left_out["relation"] += len(document.relations)
    left_out.update(Counter(f"attribute {name}" for span in document.spans for name in span.attributes))
    paragraphs = [
        [match.span() for match in _TOKEN.finditer(text, *paragraph.span())] for paragraph in _PARAGRAPH.finditer(text)
    ]
    at = {offset: number for number, offset in enumerate(offset for tokens in paragraphs for offset in tokens)}
    first = {start: number for (start, _), number in at.items()}
    last = {end: number for (_, end), number in at.items()}
    home = {offset: number for number, tokens in enumerate(paragraphs) for offset in tokens}
    offsets = list(at)
    tags = [["O"] * len(_TAGS) for _ in offsets]
    reach: Counter[int] = Counter()  # by column, where the last span in it ends
    for span in document.spans:
        if span.start not in first or span.end not in last:
            left_out["span ending inside a token"] += 1
        elif home[offsets[first[span.start]]] != home[offsets[last[span.end]]]:
            left_out["span over a line end"] += 1
        elif (column := _column(span, reach)) is None:
            left_out[f"span deeper than level {LEVELS}"] += 1
        else:
            reach[column] = span.end
            for number in range(first[span.start], last[span.end] + 1):
                tags[number][column] = f"{'I' if number > first[span.start] else 'B'}-{span.label}"
    for number, tokens in enumerate((tokens for tokens in paragraphs if tokens), start=1):
        for start, end in tokens:
            row = (document.id, number, text[start:end], start, end, *tags[at[start, end]])
            yield "\t".join(map(str, row))
        yield ""


def _column(span: Span, reach: Counter[int]) -> int | None:
    """Find the first column of a span's layer that is free where it starts."""
    layer = [layer.name for layer in SCHEME.layers].index(SCHEME.layer_of[span.label])
    columns = range(layer * LEVELS, (layer + 1) * LEVELS)
    return next((column for column in columns if reach[column] <= span.start), None)


FORMAT = Format("conll", "CoNLL with BIO columns", ".conll", write, None)
