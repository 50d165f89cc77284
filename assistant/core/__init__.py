"""Values that travel from stage to stage, heads of sources, settings, errors, prompt templates.

Lives here: what every package needs and what knows none of them, without network, model or index.
Does not: anything that reads language, ranks, answers or serves.
"""
