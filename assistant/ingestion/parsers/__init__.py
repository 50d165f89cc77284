"""Files of any kind to clean text with headings and pages, in a process of its own that can be killed.

Lives here: ``sandbox`` (starts the child without environment, network settings or much memory), ``worker``
(the child: looks at the content, hands on to the reader of its kind), and one module for each kind of file.
Does not: anything that the serving process would import to read a foreign file itself.
"""
