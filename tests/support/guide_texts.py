"""An invented guide over the small knowledge: three proven sentences, one that no card proves."""

from __future__ import annotations

GUIDE = """---
id: werkstatt-teilen
kind: guide
title: "Wir wollen eine Maschine mit dem Nachbarbetrieb teilen: Was tun?"
questions:
  - "Unser Nachbar hat eine Fräse, die halb leer steht, und wir sind zu klein für eine eigene. Wie teilen wir sie?"
  - "fräse mit nachbar zusammen nutzen wie"
  - "Zwei Betriebe, eine Maschine: Wer zahlt?"
  - "How can two firms share one milling machine?"
  - "Who pays when we share a machine?"
topics: [cooperation]
as_of: 2026-11
---

Regeln Sie im Werkstattvertrag, wer eine gemeinsam genutzte Maschine bezahlt. [[werkstattvertrag#ueberblick]]
Ein Werkstattvertrag endet mit einer Kündigungsfrist von sechs Monaten.
[[werkstattvertrag#wann-endet-ein-werkstattvertrag]]
Alle Nachbarn bekommen dafür 900.000 Euro. [[netzbonus-neu]]
Der Fräshub Mittelland berät Zerspaner kostenfrei. [[fraeshub]] [[werkstattvereinbarung]]

## English

Coopetition means that competitors work together in one field. [[position-paper/kooperationen]]
"""
PROVEN = (
    "Regeln Sie im Werkstattvertrag, wer eine gemeinsam genutzte Maschine bezahlt.",
    "Ein Werkstattvertrag endet mit einer Kündigungsfrist von sechs Monaten.",
    "Der Fräshub Mittelland berät Zerspaner kostenfrei.",
)
UNPROVEN = "Alle Nachbarn bekommen dafür 900.000 Euro."
ENGLISH = "Coopetition means that competitors work together in one field."
