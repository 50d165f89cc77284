"""A question to ranked passages: understanding, searching, guardrails, suggested questions.

Lives here: what is meant, what was found, and whether it is enough to answer from.
Does not: wording; nothing here writes a sentence that a visitor reads.
"""
