"""Commands of operators and editors: index upkeep, own documents, backup, doctor, checks, evaluation.

Lives here: work around the service that needs the built assistant, one module for each command.
Does not: answering, and anything that a visitor triggers.
"""
