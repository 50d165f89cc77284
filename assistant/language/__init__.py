"""What is known about German and English words: sentences, lemmas, terms, numbers, dates, names, regions.

Lives here: functions from text to what stands in it, the same for questions, sources and answers.
Does not: anything that knows of documents, passages or an index.
"""
