"""The commands as a user types them: ``commands`` for what they do, ``output`` for what they print.

Lives here: options and arguments, exit codes, progress bars, tables and lists for the terminal.
Does not: anything that another caller could want. Nothing heavy is imported before the command that needs it runs.
"""

from assistant.cli.commands import app, main

__all__ = ["app", "main"]
