"""Words that carry grammar rather than content, in German and English."""

from __future__ import annotations

from collections.abc import Mapping

from assistant.core.models import Language

_GERMAN = """
    ab aber alle allem allen aller alles als also am an andere anderen anderer anderes auch auf aus bei beim
    bereits besonders bin bis bitte bist da dabei dadurch dafür dagegen daher dahin damit danach daran
    darauf daraus darf darin darum darüber das dass dasselbe davon dazu dein deine dem den denen denn der
    deren derer des deshalb dessen dich die dies diese diesem diesen dieser dieses dir doch dort du durch
    dürfen ein eine einem einen einer eines einfach einige einmal er es etwa etwas euch euer eure falls für
    gab geben gegen gehen geht gerade gern gibt ggf habe haben hat hatte hätte hätten hier hin hinter ich
    ihm ihn ihnen ihr ihre ihrem ihren ihrer im in indem ins irgend ist ja jede jedem jeden jeder jedes
    jemand jetzt kann kannst kein keine keinem keinen keiner können könnte könnten lassen lässt man manche
    mehr mein meine meinem meinen meiner mich mir mit muss musst möchte möchten müssen nach nachdem neben
    nicht nichts noch nun nur ob oder ohne schon sehr sein seine seinem seinen seiner seit selbst sich sie
    sind so sobald sofern sollen sollte sollten soll sonst soweit sowie sowohl statt sondern trotz tun über
    überhaupt um und uns unser unsere unserem unseren unserer unter viel viele vielen vom von vor war waren
    warum was weder weg wegen weil welche welchem welchen welcher welches wenn wer werde werden wem wen
    weshalb wie wieder wieso will wir wird wo wobei wodurch wofür wohin wollen worauf woran worin worüber
    womit wozu wurde wurden während wäre wären würde würden zu zum zur zwar zwischen mal denn eigentlich
    genau halt eben hallo danke guten tag ok okay meines seines ihres unseres eurem euren eurer eures keines
    jener jene jenem jenen jenes hast habt seid hatten wirst werdet könnt konnte konnten musste mussten müsste
    müssten dürfte wollte wollten willst sollst gerne jo nö nee nein hm aha moin servus"""
_ENGLISH = """
    a about above after again all also am an and any are as at be because been before being between both but by
    can could did do does doing down during each few for from further get give had has have having he her
    here hers him his how i if in into is it its just let like me more most much must my need no nor not of
    off on once only or other our ours out over own please same she should so some such than that the their
    theirs them then there these they this those through to too under until up us very was we were what when
    where which while who whom why will with would you your yours hello hi thanks there's what's is't"""
STOPWORDS: Mapping[Language, frozenset[str]] = {
    "de": frozenset(_GERMAN.split()),
    "en": frozenset(_ENGLISH.split()),
}
"""Stop words in lower case, by language."""
