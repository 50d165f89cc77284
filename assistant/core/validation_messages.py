"""What pydantic finds wrong, as one German sentence for people who edit files."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from pydantic import ValidationError
from pydantic_core import ErrorDetails

_WORDS = {
    "missing": "dieses Feld fehlt",
    "extra_forbidden": "dieses Feld gibt es nicht",
    "string_type": "hier muss Text stehen, notfalls in Anführungszeichen",
    "string_too_short": "der Text ist zu kurz (mindestens {min_length} Zeichen)",
    "string_too_long": "der Text ist zu lang (höchstens {max_length} Zeichen)",
    "string_pattern_mismatch": "erlaubt sind nur a-z, 0-9 und '-'",
    "int_type": "hier muss eine ganze Zahl stehen",
    "int_parsing": "hier muss eine ganze Zahl stehen",
    "int_from_float": "hier muss eine ganze Zahl stehen",
    "float_type": "hier muss eine Zahl stehen",
    "float_parsing": "hier muss eine Zahl stehen",
    "bool_type": "hier muss true oder false stehen",
    "bool_parsing": "hier muss true oder false stehen",
    "greater_than": "die Zahl ist zu klein (größer als {gt})",
    "greater_than_equal": "die Zahl ist zu klein (mindestens {ge})",
    "less_than": "die Zahl ist zu groß (kleiner als {lt})",
    "less_than_equal": "die Zahl ist zu groß (höchstens {le})",
    "too_short": "es fehlen Einträge (mindestens {min_length})",
    "too_long": "es sind zu viele Einträge (höchstens {max_length})",
    "literal_error": "dieser Wert passt nicht (möglich: {expected})",
    "union_tag_invalid": "im Feld {discriminator} passt der Wert nicht (möglich: {expected_tags})",
    "union_tag_not_found": "das Feld {discriminator} fehlt",
    "date_type": "hier muss ein Datum stehen (JJJJ-MM-TT)",
    "date_parsing": "hier muss ein Datum stehen (JJJJ-MM-TT)",
    "date_from_datetime_parsing": "hier muss ein Datum stehen (JJJJ-MM-TT)",
    "date_from_datetime_inexact": "hier muss ein Datum ohne Uhrzeit stehen (JJJJ-MM-TT)",
    "tuple_type": "hier muss eine Liste stehen",
    "list_type": "hier muss eine Liste stehen",
    "dict_type": "hier müssen Felder mit Werten stehen",
    "model_type": "hier müssen Felder mit Werten stehen",
    "model_attributes_type": "hier müssen Felder mit Werten stehen",
}


def explain(error: ValidationError, *, skip: int = 0, known: Sequence[str] = ()) -> str:
    """The first problem with its field in front; ``skip`` parts of its path mean nothing to an editor.

    ``known`` fields are offered for a misspelt one.
    """
    first = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"][skip:] or first["loc"])
    said = describe_error(first)
    if first["type"] == "extra_forbidden" and (closest := get_close_matches(str(first["loc"][-1]), known, n=1)):
        said = f"{said}; gemeint ist wohl '{closest[0]}'"
    return f"{field}: {said}" if field else said


def describe_error(problem: ErrorDetails) -> str:
    """A problem without its field; what our own validators say is taken as it is."""
    if problem["type"] == "value_error":
        return " ".join(problem["msg"].removeprefix("Value error, ").split())
    return _WORDS.get(problem["type"], "dieser Wert passt nicht").format(**_details(problem))


def _details(problem: ErrorDetails) -> dict[str, str]:
    return {name: str(value).replace(" or ", " oder ") for name, value in problem.get("ctx", {}).items()}
