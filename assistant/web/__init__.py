"""Serving: chat page, REST and SSE, source pages. The only place with Gradio, FastAPI and HTML."""
