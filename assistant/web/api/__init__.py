"""REST and server-sent events: chat, search, advice, feedback, and the shapes of replies.

Lives here: what programs call, described in OpenAPI.
Does not: HTML.
"""
