"""Language models: any LangChain provider, any OpenAI-compatible address, llama.cpp in a process of its own.

Lives here: connecting, limits, failures, and text without what could lead a model or a reader elsewhere.
Does not: prompts, evidence or proof; a model is given text and gives text.
"""
