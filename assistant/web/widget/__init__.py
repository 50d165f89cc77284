"""The chat on other websites: script, light page, appearance, and the page where webmasters configure it.

Lives here: what a hub embeds, small and without Gradio.
Does not: answers; the widget asks ``web.api.chat`` like everybody else.
"""
