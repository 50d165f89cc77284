"""Netzlotse: cited answers about Industrie 4.0 production networks for small and mid-sized manufacturers.

The packages are a tower; each may use those to its left, none looks to its right::

    core ← language ← ingestion ← index ← retrieval ← eligibility ← answering (grounding, llm)
         ← {advisory, feedback} ← bootstrap ← operations ← training ← web ← cli

The way of a question, one function each, joined in ``answering.pipeline``::

    answering.dialogue              thanks, "kürzer", "auf Englisch": turns about the talk itself
    retrieval.query_understanding   what is asked, in which language, leaning on which earlier question
    retrieval.retriever             ranked passages; is that enough, weak, or nothing?
    retrieval.reading               the best of them read: which answer, and does any? (where there is a reader)
    retrieval.intent_guardrail      questions that get a fixed reply
    answering.ask_back              a question back, where nobody could know what is meant
    answering.extractive            the sentences that answer, the best one first
    answering.firm_rules, contact   a rule that shuts out the firm comes first, whom to ask comes last
    answering.quote_check           what does not stand literally in its passage falls
    answering.generative, llm       optional: a model words it, answering.grounding proves each sentence
    answering.response              an answer with citations, or a refusal with its reply

Knowledge takes the way ``ingestion`` (cards, own documents) → ``index`` (snapshot, vectors, terms).
``bootstrap`` builds the long-lived objects; ``web``, ``cli`` and ``operations`` serve, ask and maintain.
"""
