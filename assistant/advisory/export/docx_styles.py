"""The look of a Word report: A4, German, one font, named styles that an adviser can change in one place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from docx import Document as new_document
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml.ns import qn
from docx.shared import Cm, Length, Pt, RGBColor
from docx.styles.style import CharacterStyle, ParagraphStyle

from assistant.advisory.export.docx_xml import element, xml

FONT = "Calibri"
ACCENT, MUTED, RULE, TINT = "1F4E79", "51606F", "B9C6D3", "E9EFF5"
REMARK_TEXT, REMARK_RULE, REMARK_TINT = "6B5414", "B08A2E", "F6F4EC"
TABLE_STYLE = "Berichtstabelle"
TITLE, SUBTITLE, HEADING, SUBHEADING, BODY = "Title", "Subtitle", "Heading 1", "Heading 2", "Normal"
BULLET, CAPTION, FOOTER, CHECK, COVER = "List Bullet", "Caption", "Footer", "Checkliste", "Titelangabe"
CELL, CELL_HEAD, SOURCE, QUOTE = "Tabellentext", "Tabellenkopf", "Quelle", "Quellenzitat"
REMARK, REMARK_HEAD = "Merkkasten", "Merkkasten Titel"
NUMBER, NOTE, LINK, LEAD = "Beleg", "Hinweis", "Hyperlink", "Strong"
PAGE = (Cm(21.0), Cm(29.7))
SIDE = {False: Cm(2.3), True: Cm(1.6)}
_NUMBERING = 40


def prepared() -> Document:
    """An empty document in which all styles are set."""
    document = new_document()
    _language_and_font(document)
    for name, wishes in _paragraph_styles():
        _set_paragraph(_style(document, name, WD_STYLE_TYPE.PARAGRAPH), **wishes)
    for name, color, size in ((NUMBER, ACCENT, 9), (NOTE, MUTED, None), (LINK, ACCENT, None)):
        _set_font(_style(document, name, WD_STYLE_TYPE.CHARACTER), color=color, size=size)
    _numbered_headings(document)
    _boxed(document, REMARK, REMARK_HEAD)
    document.styles.element.append(_table_style())
    _settings(document)
    _drop_leftovers(document)
    return document


def _paragraph_styles() -> Iterator[tuple[str, dict[str, Any]]]:
    yield BODY, {"size": 10.5, "after": 6, "line": 1.1}
    yield TITLE, {"size": 22, "bold": True, "color": ACCENT, "after": 2, "line": 1}
    yield SUBTITLE, {"size": 13, "color": MUTED, "after": 10}
    yield HEADING, {"size": 15, "bold": True, "color": ACCENT, "before": 20, "after": 6}
    yield SUBHEADING, {"size": 12, "bold": True, "color": ACCENT, "before": 12, "after": 4}
    yield BULLET, {"after": 4}
    yield CAPTION, {"size": 10, "bold": True, "color": ACCENT, "before": 8, "after": 4, "keep": True}
    yield FOOTER, {"size": 8, "color": MUTED, "after": 0}
    yield COVER, {"hanging": Cm(3.2), "after": 2}
    yield CHECK, {"hanging": Cm(0.7), "after": 4}
    yield CELL, {"size": 9, "after": 2, "line": 1}
    yield CELL_HEAD, {"size": 9, "bold": True, "color": ACCENT, "after": 0, "line": 1}
    yield SOURCE, {"size": 9, "before": 8, "after": 2, "line": 1, "keep": True}
    yield QUOTE, {"size": 9, "after": 2, "line": 1, "hanging": Cm(1.0)}
    yield REMARK_HEAD, {"size": 9.5, "bold": True, "color": REMARK_TEXT, "before": 8, "after": 4, "keep": True}
    yield REMARK, {"after": 4}


def _style(document: Document, name: str, kind: WD_STYLE_TYPE) -> Any:
    """A style of the document, made when there is none."""
    if name in document.styles:
        return document.styles[name]
    style = document.styles.add_style(name, kind, builtin=name == LINK)
    style.quick_style = True
    return style


def _set_font(style: CharacterStyle, *, size: float | None, color: str = "", bold: bool | None = None) -> None:
    font = style.font
    font.size = Pt(size) if size else font.size
    font.bold, font.italic = bold, None
    if color:
        font.color.rgb = RGBColor.from_string(color)


def _set_paragraph(
    style: ParagraphStyle,
    *,
    size: float | None = None,
    bold: bool | None = None,
    color: str = "",
    before: float = 0,
    after: float | None = None,
    line: float | None = None,
    hanging: Length | None = None,
    keep: bool = False,
) -> None:
    _set_font(style, size=size, color=color, bold=bold)
    shape = style.paragraph_format
    shape.space_before = Pt(before)
    shape.space_after = Pt(after) if after is not None else None
    shape.line_spacing = line
    if hanging:
        shape.left_indent, shape.first_line_indent = hanging, Length(-hanging)
        shape.tab_stops.add_tab_stop(hanging, WD_TAB_ALIGNMENT.LEFT)
    if keep:
        shape.keep_with_next = True


def _language_and_font(document: Document) -> None:
    """One font and German everywhere: the template's styles name theme fonts, which would go first."""
    styles = document.styles.element
    for fonts in styles.iter(qn("w:rFonts")):
        for name in [name for name in fonts.attrib if name.endswith("Theme")]:
            del fonts.attrib[name]
    defaults = next(styles.iter(qn("w:docDefaults")))
    for name in ("ascii", "hAnsi", "cs", "eastAsia"):
        next(defaults.iter(qn("w:rFonts"))).set(qn(f"w:{name}"), FONT)
    next(defaults.iter(qn("w:lang"))).set(qn("w:val"), "de-DE")
    for name, *unwanted in (
        (TITLE, "w:pBdr", "w:spacing"),
        (SUBTITLE, "w:numPr", "w:spacing"),
        (BULLET, "w:contextualSpacing"),
    ):  # a line below, a list level and wide letters, items without space
        for found in [*document.styles[name].element.iter(*map(qn, unwanted))]:
            found.getparent().remove(found)


def _numbered_headings(document: Document) -> None:
    """Parts are numbered by Word, so that the numbers stay right when an adviser takes one out."""
    citation_index = document.part.numbering_part.element
    levels = (
        f'<w:abstractNum w:abstractNumId="{_NUMBERING}"><w:multiLevelType w:val="multilevel"/>'
        '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:pStyle w:val="Heading1"/>'
        '<w:lvlText w:val="%1"/><w:lvlJc w:val="left"/><w:pPr><w:ind w:left="454" w:hanging="454"/></w:pPr></w:lvl>'
        "</w:abstractNum>"
    )
    citation_index.find(qn("w:num")).addprevious(xml(levels))
    number = element("num", element("abstractNumId", val=str(_NUMBERING)), numId=str(_NUMBERING))
    citation_index.append(number)
    shape = document.styles[HEADING].element.get_or_add_pPr()
    shape.get_or_add_numPr().get_or_add_numId().val = _NUMBERING


def _boxed(document: Document, *names: str) -> None:
    """A coloured bar and ground behind a paragraph; neighbours with the same border join into one box."""
    for name in names:
        style = document.styles[name]
        shape = style.element.get_or_add_pPr()
        air = {"val": "single", "sz": "4", "space": "6", "color": REMARK_TINT}
        bar = element("left", val="single", sz="24", space="8", color=REMARK_RULE)
        border = element("pBdr", element("top", **air), bar, element("bottom", **air))
        shape.insert_element_before(border, *_AFTER_BORDER)
        ground = element("shd", val="clear", color="auto", fill=REMARK_TINT)
        shape.insert_element_before(ground, *_AFTER_BORDER[1:])
        style.paragraph_format.left_indent = style.paragraph_format.right_indent = Cm(0.4)


_AFTER_BORDER = ("w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:contextualSpacing", "w:jc")


def _table_style() -> Any:
    """Lines between rows, a tinted header row, air in the cells."""
    line = f'w:val="single" w:sz="4" w:space="0" w:color="{RULE}"'
    thick = f'w:val="single" w:sz="8" w:space="0" w:color="{ACCENT}"'
    return xml(
        f'<w:style w:type="table" w:customStyle="1" w:styleId="{TABLE_STYLE}"><w:name w:val="{TABLE_STYLE}"/>'
        '<w:basedOn w:val="TableNormal"/><w:uiPriority w:val="59"/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/>'
        f"<w:tblBorders><w:bottom {line}/><w:insideH {line}/></w:tblBorders>"
        '<w:tblCellMar><w:top w:w="60" w:type="dxa"/><w:left w:w="85" w:type="dxa"/>'
        '<w:bottom w:w="45" w:type="dxa"/><w:right w:w="85" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        '<w:tblStylePr w:type="firstRow"><w:tcPr>'
        f'<w:tcBorders><w:bottom {thick}/></w:tcBorders><w:shd w:val="clear" w:color="auto" w:fill="{TINT}"/>'
        "</w:tcPr></w:tblStylePr></w:style>"
    )


def _drop_leftovers(document: Document) -> None:
    """Take out what python-docx's template brings along: a picture of itself, and a second copy of its own styles."""
    for relations in (document.part.rels, document.part.package.rels):
        for id, relation in list(relations.items()):
            if relation.reltype.endswith(("/stylesWithEffects", "/thumbnail")):
                del relations[id]


def _settings(document: Document) -> None:
    """Hyphenation in German, and no compatibility mode."""
    settings = document.settings.element
    next(settings.iter(qn("w:defaultTabStop"))).addnext(element("autoHyphenation", val="true"))
    next(settings.iter(qn("w:themeFontLang"))).set(qn("w:val"), "de-DE")
    found = settings.iter(qn("w:compatSetting"))
    modes = [setting for setting in found if setting.get(qn("w:name")) == "compatibilityMode"]
    modes[0].set(qn("w:val"), "15")
    zoom = next(settings.iter(qn("w:zoom")))
    zoom.set(qn("w:percent"), "100")  # required by the schema, and left out in the template
