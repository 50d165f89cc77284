"""What stands in front of every route: hosts, origins, limits, headers, passwords, slow clients, Gradio's events.

Lives here: decisions whether a request goes on, and the headers of every reply (CSP in ``headers``).
Does not: anything about what is asked.
"""
