"""What routes answer from: the long-lived objects of the application that serves them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from assistant.answering.runtime import AppContext


async def app_context(request: Request) -> AppContext:
    """The objects that ``build_app`` was given."""
    assistant: AppContext = request.app.state.assistant
    return assistant


Context = Annotated[AppContext, Depends(app_context)]
"""Parameter of a route that answers from these objects."""
