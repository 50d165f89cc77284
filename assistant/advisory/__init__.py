"""What advisers get: match with programmes, briefing, self-check, catalogue, reports; ``export`` writes files.

Lives here: a firm's profile in, cited results out, as values without pages.
Does not: rules of one programme (``eligibility``), HTML and forms (``web.site``), ratings (``feedback``).
"""
