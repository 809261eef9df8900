"""Names: which of an entity's mentions a claim shows, and by which words it may be known.

Shown is the mention linked if it begins with a capital, else the longest of its cluster that does, else the mention
linked.  Pronouns and bare numerals are shown only where there are no other words, and are never names besides.
Without the text there are no names.
"""

from collections.abc import Container, Sequence

from fogbank.model.claim import Mention
from fogbank.model.document import Document, Span

PRONOUNS = frozenset(
    {
        *("i", "me", "my", "we", "us", "our", "you", "your", "he", "him", "his", "she", "her", "it", "its"),
        *("they", "them", "their", "mine", "yours", "hers", "ours", "theirs", "myself", "himself", "herself"),
        *("itself", "ourselves", "themselves", "this", "that", "these", "those", "who", "whom", "whose", "one"),
        *("ones", "each", "both", "all", "some", "any", "none", "others", "other"),
    }
)
OWN_VOICE = frozenset({"i", "me", "my", "we", "us", "our", "ours", "myself", "ourselves"})
"""What a writer calls oneself."""


def mention_of(
    document: Document, span: Span, cluster: Sequence[Span], numerals: Container[tuple[int, int]]
) -> Mention:
    """Make the mention of an entity where `span` is what an event or cue has, of all its mentions in order.

    `numerals` are the places of the document's figures.
    """
    ids = tuple(other.id for other in cluster)
    if document.text is None:
        return Mention(None, (), span.start, span.end, ids, span.label)
    words = {s: document.quote(s) for s in cluster}
    telling = [s for s in cluster if words[s].casefold() not in PRONOUNS and (s.start, s.end) not in numerals]
    named = [s for s in telling if words[s][:1].isupper()]
    if span in named or not telling:
        shown = span
    elif named:
        shown = max(named, key=lambda s: (len(words[s]), -s.start))
    else:
        shown = span if span in telling else telling[0]
    names = dict.fromkeys((words[shown], *(words[s] for s in telling)))
    return Mention(words[shown], tuple(names), span.start, span.end, ids, span.label)
