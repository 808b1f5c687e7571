"""Rules of policies: conditions answered met, not met or unknown, for one firm and for millions.

Parts: `fields` (what is known of a firm) and `terms` (what a condition means), `language` and `binding` (text to terms,
for a day), `graph` (what policies share), `columns` and `kernel` (many firms, with numpy), `one` (one firm, explained),
`gaps` (what would have to change), `benefits` and `groups` (what it comes to), `asking` (the next fact to ask for).
Import what is needed from its part: the kernel and the parser load large libraries.
"""
