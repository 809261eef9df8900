"""Figures by rule: where a text counts something, and what a QUANTITY's words mean.

`read_figure` gives the attributes of a QUANTITY from its words; `find_figures` the places of figures that stand in
digits, number words or classes such as "dozens".  Neither looks at what is counted, so that a bare "one", "some", "no"
or "many" is read but never found, and measures, money, ages, ordinals and percentages are left out by what follows or
precedes the number.  Number words are read up to the millions; fractions are not read.
"""

import re

Figure = dict[str, str | int]

_UP_TO_19 = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
UNITS = {word: value for value, word in enumerate(_UP_TO_19.split(), start=1)} | {
    word: 10 * value for value, word in enumerate(_TENS.split(), start=2)
}
_SCALES = {"dozen": 12, "hundred": 100, "thousand": 1000, "million": 1_000_000}
_FIXED = {"half a dozen": 6, "a pair": 2, "twin": 2, "no one": 0, "nobody": 0, "none": 0, "no": 0}

_UNIT = "|".join(sorted(UNITS, key=len, reverse=True))
_SCALE = "|".join(_SCALES)
_PLAIN = (
    rf"(?:[0-9]{{1,3}}(?:,[0-9]{{3}})+|[0-9]+(?:\.[0-9]+(?= (?:thousand|million)\b))?"
    rf"|an?(?= (?:{_SCALE})\b)|(?:{_UNIT})\b)"
    rf"(?:(?:[ -]|(?<=hundred) and |(?<=thousand) and )(?:{_UNIT}|{_SCALE})\b)*"
)
NUMBER = rf"(?:{'|'.join(_FIXED)}|{_PLAIN})"

_BEFORE = {
    "at_least": "at least|no fewer than|no less than|not less than|a minimum of",
    "at_most": "at most|up to|as many as|no more than|not more than|a maximum of",
    "more_than": "more than|over|above|upwards of",
    "fewer_than": "fewer than|less than|nearly|almost|close to|just under|under",
    "about": "about|around|some|roughly|approximately|an estimated|estimated",
}
_AFTER = {"at_least": "or more", "about": "or so|or thereabouts"}
_VAGUE = {
    "hundreds_of_thousands": "hundreds of thousands",
    "tens_of_thousands": "tens of thousands",
    "millions": "(?:several |many )?millions?",
    "thousands": "thousands|(?:several|a few) thousand",
    "hundreds": "hundreds|(?:several|a few) hundred",
    "dozens": "dozens|(?:several|a few) dozen",
    "scores": "scores",
    "tens": "tens",
    "few": "a few|few|a handful|a couple",
    "several": "several|a number|multiple|some",
    "many": "many|numerous|countless|most",
}


def _named(table: dict[str, str], suffix: str) -> str:
    return "|".join(f"(?P<{name}{suffix}>{words})" for name, words in table.items())


_FIGURE = re.compile(
    rf"(?<![\w$€£.,:'’-])(?:(?:{_named(_BEFORE, '_')})\s+)?"
    rf"(?:(?P<low>(?>{NUMBER}))(?:\s?[-–]\s?|\s+to\s+)(?P<high>{_PLAIN})(?![\w-])"
    rf"|between\s+(?P<low2>{NUMBER})\s+and\s+(?P<high2>{_PLAIN})(?![\w-])"
    rf"|(?P<number>{NUMBER})(?![\w-])(?:\s\([0-9,]+\))?|(?:{_named(_VAGUE, '')})(?![\w-]))"
    rf"(?:\s+(?:{_named(_AFTER, '_after')})\b)?",
    re.IGNORECASE,
)
_NO_COUNT = re.compile(
    r"\s?(?:%|hrs\b|per ?cent|years?\b|months?\b|weeks?\b|days?\b|hours?\b|minutes?\b|seconds?\b"
    r"|o['’]clock|a\.m|p\.m|am\b|pm\b"
    r"|km\b|kilomet|met(?:er|re)s?\b|miles?\b|feet\b|kg\b|tons?\b|tonnes?\b|litres?\b|liters?\b|dollars?\b|euros?\b)"
    r"|[:.][0-9]",
    re.IGNORECASE,
)
_NAMED = re.compile(r"(?:\b(?:No|Nos|Art|Article|page|aged?)\b\.?\s|(?:^|\n)\s*)\Z", re.IGNORECASE)
_AMBIGUOUS = {"one", "no", "none", "no one", "nobody", "some", "many", "most", "few", "a number", "tens", "under"}
_LIMIT = 10**12  # the scheme's numbers end here


def number(words: str) -> int | None:
    """Read a number in digits or words ("1,200", "twenty-seven", "half a dozen"); None for any other words."""
    lower = words.lower()
    if lower in _FIXED:
        return _FIXED[lower]
    total, current, is_open = 0.0, 0.0, False
    for word in re.split(r"[\s-]+", lower):
        if word in _SCALES:
            current = (current if is_open else 1) * _SCALES[word]
            if _SCALES[word] >= 1000:
                total, current = total + current, 0
        elif word in UNITS:
            current += UNITS[word]
        elif re.fullmatch(r"[0-9][0-9,]*(?:\.[0-9]+)?", word):
            current += float(word.replace(",", ""))
        elif word in ("a", "an"):
            current += 1
        elif word != "and":
            return None
        is_open = True
    return round(total + current) if total + current < _LIMIT else None


def _read(match: re.Match[str]) -> Figure | None:
    named = {name: held for name, held in match.groupdict().items() if held is not None}
    for vague in _VAGUE:
        if vague in named:
            return {"modifier": "vague", "vague_class": vague}
    if "number" not in named:
        low, high = (number(named.get(end) or named[f"{end}2"]) for end in ("low", "high"))
        return {"modifier": "range", "value": low, "value_high": high} if low and high and low < high else None
    modifier = next((m for m in (*_BEFORE, *_AFTER) if f"{m}_" in named or f"{m}_after" in named), "exact")
    value = number(named["number"])
    return None if value is None else {"modifier": modifier, "value": value}


def read_figure(words: str) -> Figure | None:
    """Read the attributes of a QUANTITY from its words: `modifier` and `value`, `value_high` or `vague_class`.

    Of several figures the first counts.  None where there is no figure in the words.
    """
    match = _FIGURE.search(words)
    return _read(match) if match else None


def find_figures(text: str) -> list[tuple[int, int]]:
    """Find the figures of a text that count something by their form alone; offsets in order, none overlapping."""
    found: list[tuple[int, int]] = []
    for match in _FIGURE.finditer(text):
        words = match[0]
        is_year = bool(re.fullmatch(r"(?:19|20)[0-9]{2}", words))
        is_code = bool(re.fullmatch(r"0[0-9]*", words)) or (
            words[0].isdigit() and _NAMED.search(text, max(0, match.start() - 12), match.start())
        )
        if words.lower() in _AMBIGUOUS or is_year or is_code or _NO_COUNT.match(text, match.end()):
            continue
        if _read(match) is not None:
            found.append(match.span())
    return found
