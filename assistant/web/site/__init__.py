"""Plain pages from the server: advisers, self-check, sources, legal pages.

Lives here: pages that work without scripts.
Does not: the chat and the widget.
"""
