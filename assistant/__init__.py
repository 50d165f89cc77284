"""Netzlotse: cited answers about Industrie 4.0 production networks for small and mid-sized manufacturers.

The stages in order, one module each: ``load`` → ``split`` → ``index`` build what can be
searched; ``understand`` → ``retrieve`` → ``answer`` → ``verify`` answer a question, joined in
``pipeline``; ``bootstrap`` builds the long-lived objects; ``cli`` and ``web`` serve.
"""
