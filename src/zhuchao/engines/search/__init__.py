"""Find any two characters in a row, in any text, through an ordinary full-text index.

`document` gives the tokens to store; `query` reads what a person typed; `fts5_match` and `tsquery` say it to SQLite
and PostgreSQL; `highlight` shows where it was found. Neither database cuts Chinese into words: bigrams need none.
"""

from zhuchao.engines.search.documents import document, initials, terms
from zhuchao.engines.search.queries import Query, fts5_match, highlight, query, tsquery

__all__ = ["Query", "document", "fts5_match", "highlight", "initials", "query", "terms", "tsquery"]
