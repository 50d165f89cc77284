"""Does a cited passage support a sentence? Numbers, names, negation, modality, and the rest by meaning.

Lives here: attribution of single sentences, known in the literature as faithfulness or NLI-style verification.
Does not: models that write, and choosing what to show.
"""
