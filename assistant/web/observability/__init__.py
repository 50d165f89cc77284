"""One log line for each request, and metrics; neither holds a word of a conversation.

Lives here: what operators see.
Does not: what editors see of unanswered questions (``feedback``).
"""
