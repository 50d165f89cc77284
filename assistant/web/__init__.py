"""The service over HTTP: ``api``, ``chat`` (Gradio), ``site``, ``widget``; ``security`` in front, ``observability``.

Lives here: routes, pages, scripts, headers; the only place that imports Gradio and FastAPI.
Does not: decisions about answers; whatever a page shows was decided below.
"""
