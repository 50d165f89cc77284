"""What kind of help a sentence promises: a grant is no loan, and a loan is no tax allowance."""

from __future__ import annotations

import re
from functools import lru_cache

_KINDS = {
    "grant": r"zusch[uü]ss|zuwendung|grants?\b|subsid|prämie|(?:ge)?förder|fund(?:s|ed|ing)\b",
    "loan": r"darlehen|kredit|\bloans?\b|\bcredits?\b",
    "guarantee": r"bürgschaft|verbürg|garantie|guarantee",
    "equity": r"(?-i:Beteiligungs)|stille\w*\sbeteiligung|eigenkapital|nachrangkapital|mezzanine|equity"
    r"|investier|invest[is]",
    "tax": r"(?-i:\bSteuern?\b|\bSteuer(?!ung|n))|\wsteuern?\b|steuer(?:lich|frei)|zulage|\btax|allowance",
    "voucher": r"gutschein|voucher|scheck",
    "free": r"kostenfrei|kostenlos|gratis|unentgeltlich|free\sof\scharge|\bfor\sfree\b"
    r"|nichts\b",
    "interest": r"zinslos|zinsfrei|zinsgünstig|zinsverbilligt|\binterest[-\s](?:free|rate)",
    "refund": r"erstatt|reimburs|refund",
    "lending": r"verleih|vermiet|\blends?\b|\brents?\b",
}
_PATTERNS = {kind: re.compile(form, re.I) for kind, form in _KINDS.items()}


@lru_cache(maxsize=8192)
def benefits_in(text: str) -> frozenset[str]:
    """The kinds of help that a text names."""
    return frozenset(kind for kind, pattern in _PATTERNS.items() if pattern.search(text))
