"""Files of any kind to clean text with headings and pages, in a process of its own that can be killed.

``sandbox`` starts ``extract`` as a child without environment, network settings or
much memory; ``extract`` looks at the content and hands on to the reader of its kind.
"""
