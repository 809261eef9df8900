"""How a problem is shown."""

import re

from hypothesis import given
from hypothesis import strategies as st

from fogbank import Problem

PROBLEM = Problem("annotations/gold/a.json", "$.spans[3].end", "span-outside-text", "integrity", "9 is beyond", "8")


def test_a_problem_says_where_what_and_what_was_expected() -> None:
    shown = "annotations/gold/a.json::$.spans[3].end: span-outside-text: 9 is beyond; expected 8."
    assert str(PROBLEM) == shown


def test_an_annotation_of_github_has_file_line_title_and_message() -> None:
    assert PROBLEM.github_annotation == (
        "::error file=annotations/gold/a.json,line=1,title=span-outside-text::"
        "$.spans[3].end: span-outside-text: 9 is beyond; expected 8."
    )
    assert "file=x.jsonl,line=37,title=" in PROBLEM._replace(file="x.jsonl:37").github_annotation
    assert "file=x%3A0,line=1,title=" in PROBLEM._replace(file="x:0").github_annotation


def test_what_would_end_or_split_an_annotation_is_escaped() -> None:
    odd = PROBLEM._replace(file="a,b:c%.jsonl:2", message="100%\r\n::error file=x::no, not: this")
    assert odd.github_annotation == (
        "::error file=a%2Cb%3Ac%25.jsonl,line=2,title=span-outside-text::$.spans[3].end: span-outside-text: "
        "100%25\\r\\n::error file=x::no, not: this; expected 8."
    )


def read(annotation: str) -> tuple[dict[str, str], str]:
    """Read an annotation as GitHub's runner does."""

    def back(value: str, escapes: str) -> str:
        for character in escapes:
            value = value.replace(f"%{ord(character):02X}", character)
        return value.replace("%25", "%")

    found = re.fullmatch("::error ([^\n\r]*?)::([^\n\r]*)", annotation)
    assert found is not None
    properties = dict(part.split("=", 1) for part in found[1].split(","))
    return {key: back(value, "\r\n:,") for key, value in properties.items()}, back(found[2], "\r\n")


def test_what_a_terminal_would_act_on_is_shown_as_an_escape() -> None:
    odd = PROBLEM._replace(message="\x1b[31m\u202e\x00 é 🕊")
    assert ": \\x1b[31m\\u202e\\x00 é 🕊; expected" in str(odd)
    assert str(odd).isprintable()


PRINTABLE = st.text().filter(str.isprintable)


@given(st.text(min_size=1), st.integers(1, 10**6), PRINTABLE, PRINTABLE)
def test_the_runner_reads_back_what_was_written(file: str, line: int, message: str, expected: str) -> None:
    one = PROBLEM._replace(file=f"{file}:{line}", message=message, expected=expected)
    properties, data = read(one.github_annotation)
    assert properties == {"file": file, "line": str(line), "title": one.code}
    assert data == f"{one.place}: {one.code}: {message}; expected {expected}."
