"""Passages to an answer: sentences chosen, proven, numbered; ``llm`` and ``grounding`` for model-worded ones.

Lives here: the pipeline of a question, drafts, citations, refusals.
Does not: finding passages (``retrieval``), showing answers (``web``, ``cli``).
"""
