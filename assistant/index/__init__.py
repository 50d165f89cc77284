"""What can be searched: embeddings, vectors, BM25, Chroma, scores, calibration; built as snapshots, held live.

Lives here: everything between passages and scores, and the life of a snapshot from building to reloading.
Does not: questions of people; here a query is a vector and terms.
"""
