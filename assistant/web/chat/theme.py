"""Colours and type of the chat page; contrast meets WCAG 2.2 AA in light and dark."""

from __future__ import annotations

from assistant.web.chat.gradio_import import gradio as gr

_FONTS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif")


def theme() -> gr.themes.Base:
    """A quiet theme from system fonts, so that nothing is loaded from elsewhere."""
    return gr.themes.Base(primary_hue="blue", neutral_hue="slate", font=_FONTS, font_mono=("monospace",)).set(
        button_primary_background_fill="#0b5394",
        button_primary_background_fill_hover="#073763",
        button_primary_text_color="#ffffff",
        button_primary_background_fill_dark="#9fc5e8",
        button_primary_background_fill_hover_dark="#cfe2f3",
        button_primary_text_color_dark="#10202f",
        body_text_color_subdued="#475569",
        body_text_color_subdued_dark="#cbd5e1",
        link_text_color="#0b5394",
        link_text_color_dark="#9fc5e8",
    )
