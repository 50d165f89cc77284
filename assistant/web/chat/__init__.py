"""The chat page: Gradio blocks inside our own HTML, source cards, theme, rating.

Lives here: everything that a visitor of ``/`` and ``/en/`` sees.
Does not: the light page for frames, which is the widget's.
"""
