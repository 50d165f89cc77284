"""Files to documents and passages: knowledge cards, added documents, chunking; ``parsers`` reads foreign files.

Lives here: all reading of what people wrote, cleaned and checked, up to the passage.
Does not: vectors, terms or search; a parser never runs in the process that serves.
"""
