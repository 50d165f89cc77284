"""Learning to read: the question adapter, the reader and the decision, from ``knowledge/questions/``.

Lives here: what ``make train`` does; needs the extra ``[training]`` (PyTorch, sentence-transformers, safetensors).
Does not: anything that an answer needs; what is learned are files that ``index`` and ``retrieval`` load.
"""
