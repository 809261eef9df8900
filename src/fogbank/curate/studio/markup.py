"""Markdown as HTML that Label Studio keeps to the letter: no HTML from the source, only tags and attributes it allows.

Label Studio strikes out what is not on its own list, and its page shows lists without bullets or numbers, so a number
is written out at the head of its item.
"""

from collections.abc import Sequence
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict


class _Numbered(RendererHTML):
    """Writes the number of an item as a word of it."""

    def ordered_list_open(self, _tokens: Sequence[Token], _idx: int, _options: OptionsDict, _env: EnvType) -> str:
        return "<ol>\n"

    def list_item_open(self, tokens: Sequence[Token], idx: int, _options: OptionsDict, _env: EnvType) -> str:
        return f"<li><b>{tokens[idx].info}.</b> " if tokens[idx].info else "<li>"


# Neither HTML nor links nor images: what the guidelines say are words, also where examples stand in brackets.
_MARKDOWN = MarkdownIt("commonmark", {"html": False, "breaks": True, "xhtmlOut": False}, renderer_cls=_Numbered).enable(
    "table"
)
_MARKDOWN.disable(["link", "image", "autolink", "reference", "html_inline", "html_block"])


@lru_cache(4)  # all annotators of a round get the same guidelines
def to_html(markdown: str) -> str:
    """Render Markdown; headings, lists, tables, emphasis and code are known, all else stays words; lines stay lines."""
    return str(_MARKDOWN.render(markdown)).strip()
