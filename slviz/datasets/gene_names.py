"""The ways in which one gene is written: quotes, bullets, versions, prefixes and what spreadsheets and R make of names.

`forms` says what a written name may be once quotes, blanks and marks around it are forgiven, nearest first;
`identifier_in` and `parts_of` take apart what databases and programs put around an identifier; `what_it_is` names
what no data set can know.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from slviz.tables import is_missing, unguarded

LONGEST = 200
"""A longer text is no name of a gene, and nothing around it is forgiven."""
NAMES = ("symbol", "current_symbol", "aliases")
PREFIXES: dict[str, tuple[str, ...]] = {
    "entrez": ("entrez_id",),
    "entrezgene": ("entrez_id",),
    "geneid": ("entrez_id",),
    "ncbi": ("entrez_id",),
    "ncbigene": ("entrez_id",),
    "locuslink": ("entrez_id",),
    "ensembl": ("ensembl_id",),
    "ens": ("ensembl_id",),
    "uniprot": ("uniprot_id",),
    "uniprotkb": ("uniprot_id",),
    "swissprot": ("uniprot_id",),
    "symbol": NAMES,
    "genesymbol": NAMES,
    "hgncsymbol": NAMES,
    "hgnc": NAMES,
}
"""What stands before a colon, without blanks and marks, and the kinds of name that may come after it."""
CURIE = re.compile(r"([A-Za-z][A-Za-z_. -]{1,20}?)\s*:\s*(\S+)")
HGNC = re.compile(r"hgnc:\d+", re.IGNORECASE)
VERSIONED = re.compile(r"([A-Za-z]\w*\d{6,})\.\d+(?:_PAR_Y)?", re.IGNORECASE)  # ENSG00000012048.23
ISOFORM = re.compile(r"([A-Za-z]\w{5,9})-\d{1,2}")  # P04637-2
WHOLE_NUMBER = re.compile(r"\d+\.0+|\d(?:\.\d+)?[eE]\+?\d{1,2}")  # 7157.0, 7.157e+03
PLACEHOLDER = re.compile(r"LOC(\d+)")
DEPMAP = re.compile(r"(\S(?:.*\S)?)\s*\((\w[\w.:-]*)\)")  # TP53 (7157)
MANGLED = re.compile(r"(\S+?)\.\.(\w+)\.")  # TP53..7157., what R makes of it
ENSEMBL_AND_NAME = re.compile(
    r"(ENS[A-Z]*G\d{11}(?:\.\d+)?)[_:/-]+([^\s,;|]+)|([^\s,;|]+?)[_:/-]+(ENS[A-Z]*G\d{11}(?:\.\d+)?)"
)
SHAPES = {
    "tag": re.compile(r"sp|tr|gi|ref|ensembl|entrez|hgnc", re.IGNORECASE),
    "number": re.compile(r"\d+(?:\.0+)?"),
    "Ensembl": re.compile(r"ENS[A-Z]*[GTP]\d{11}(?:\.\d+)?", re.IGNORECASE),
    "HGNC": HGNC,
    "UniProt": re.compile(r"[OPQ]\d[A-Z0-9]{3}\d|[A-NR-Z]\d(?:[A-Z][A-Z0-9]{2}\d){1,2}"),
    "entry": re.compile(r"[A-Z0-9]{1,10}_[A-Z0-9]{3,5}"),
}
"""What an identifier looks like; what is none of them is a name."""
MONTHS = (
    "JANUARY|FEBRUARY|MARCH|APRIL|JUNE|JULY|AUGUST|SEPTEMBER|OCTOBER|NOVEMBER|DECEMBER"
    "|JAN|FEB|MAR|MÄR|MÄRZ|MRZ|APR|MAY|MAI|JUN|JUL|AUG|SEPT?|OCT|OKT|NOV|DEC|DEZ"
)
DATE = re.compile(
    rf"(?P<month>{MONTHS})[-. ]\d{{1,4}}|\d{{1,4}}[-. ]+(?P<later>{MONTHS})\.?(?:[-. ]\d{{2,4}})?"
    r"|\d{4}[-/]\d\d?[-/]\d\d?(?:[T ][\d:.]+)?|\d{1,2}[./]\d{1,2}[./](?:\d{4}|\d\d)",
    re.IGNORECASE,
)
ODD = (
    (HGNC, "an HGNC number, which this data set does not list"),
    (re.compile(r"ENS[A-Z]*T\d{11}(?:\.\d+)?", re.I), "an Ensembl transcript: give the id of its gene (ENSG…)"),
    (re.compile(r"(?:\d+\.)?ENS[A-Z]*P\d{11}(?:\.\d+)?", re.I), "an Ensembl protein: give the id of its gene (ENSG…)"),
    (re.compile(r"ENS[A-Z]{3,4}G\d{11}(?:\.\d+)?", re.I), "an Ensembl id of another species than man"),
    (re.compile(r"[NX][MRP]_\d{6,}(?:\.\d+)?", re.I), "a RefSeq transcript or protein: give its gene"),
    (re.compile(r"#(?:N/A|REF!|VALUE!|NAME\?)", re.I), "an error of a spreadsheet"),
    (re.compile(r"\d(?:\.\d+)?E\+\d+", re.I), "a number whose last digits a spreadsheet dropped"),
)
DATE_SAID = "a date that a spreadsheet made of a symbol such as SEPTIN1 or MARCHF1"
INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u2060\ufeff]")
TYPED = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u00b4\u02bc\u2039\u203a", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"),
    }
)
PAIRS = ('""', "''", "``", "()", "[]", "{}", "<>")
END_MARKS = ".,;:!?*\u2020\u2021\\"
START_MARKS = "-*\u2022\u00b7\u25cf\u25aa\u2023+>#,;:=\\\u2192"
LONE_QUOTES = "\"'`"


def forms(text: str) -> Iterator[str]:
    """What a written name may be: as it stands, as typed on a keyboard, then with one layer after another taken off.

    Layers are an apostrophe that guards against formulas, quotation marks, brackets, bullets and marks at the end.
    """
    text = text.strip()
    yield text
    if len(text) > LONGEST:
        return
    seen = {text}
    current = text
    for following in (unguarded, typed):
        current = following(current)
        if current not in seen:
            seen.add(current)
            yield current
    while (current := _peeled(current)) not in seen:
        seen.add(current)
        yield current


def bare(text: str) -> str:
    """A written name with everything around it taken off, for a sentence; as it stands where nothing would be left."""
    *_, last = forms(text)
    return last or text.strip()


def typed(text: str) -> str:
    """The text with the quotation marks, hyphens and blanks of a keyboard, and without marks that nobody sees."""
    if text.isascii():
        return " ".join(text.split())
    return " ".join(unicodedata.normalize("NFKC", INVISIBLE.sub("", text.translate(TYPED))).split())


def folded(text: str) -> str:
    """A name for comparing without regard to case and to how wide its blanks are."""
    return " ".join(text.split()).casefold()


def identifier_in(text: str) -> tuple[str, tuple[str, ...]] | None:
    """The identifier or name inside a longer way of writing it, and the kinds of name that it may be; () for any.

    None where the text is not written in such a way.
    """
    if len(text) > LONGEST:
        return None
    if WHOLE_NUMBER.fullmatch(text):
        whole = _whole(text)
        return None if whole is None else (whole, ("entrez_id",))
    if (match := VERSIONED.fullmatch(text)) is not None:
        return match.group(1), ()
    if (match := CURIE.fullmatch(text)) is not None and not HGNC.fullmatch(text):
        kinds = PREFIXES.get(re.sub(r"[^a-z]", "", match.group(1).casefold()))
        if kinds is not None:
            return match.group(2), kinds
    if (match := PLACEHOLDER.fullmatch(text)) is not None:
        return match.group(1), ("entrez_id",)
    if (match := ISOFORM.fullmatch(text)) is not None:
        return match.group(1), ("uniprot_id",)
    return None


def parts_of(text: str) -> tuple[str, ...] | None:
    """The names that stand together for one gene, such as "TP53 (7157)", "TP53..7157.", "ENSG00000141510|TP53".

    None where the text is no such thing: parts of one kind, as in "TP53|BRCA1", are several genes.
    """
    if len(text) > LONGEST:
        return None
    for pattern in (DEPMAP, MANGLED, ENSEMBL_AND_NAME):
        match = pattern.fullmatch(text)
        if match is not None:
            return _of_different_kinds([part for part in match.groups() if part])
    parts = [part.strip() for part in text.split("|")]
    if len(parts) < 2 or any(not part or re.search(r"[\s,;]", part) for part in parts):
        return None
    return _of_different_kinds(parts)


def as_r_writes(name: str) -> str:
    """A name as R's `make.names` leaves it: every mark a point, X before a digit."""
    text = re.sub(r"[^\w.]", ".", name)
    return text if text[:1].isalpha() or (text[:1] == "." and not text[1:2].isdigit()) else f"X{text}"


def what_it_is(text: str) -> str:
    """What an unknown name is known to be, such as a date that a spreadsheet made of a symbol; "" for nothing."""
    text = bare(text[:LONGEST])
    if DATE.fullmatch(text) or DATE.fullmatch(typed(text)):
        return DATE_SAID
    return next((said for pattern, said in ODD if pattern.fullmatch(text)), "")


def _peeled(text: str) -> str:
    """The text without its outermost layer; the same where it has none."""
    text = text.strip()
    if len(text) < 2:
        return "" if text in END_MARKS + START_MARKS + LONE_QUOTES + "()[]{}<>" else text
    if text.startswith('="') and text.endswith('"'):
        return text[2:-1].strip()
    if text[0] + text[-1] in PAIRS:
        return text[1:-1].strip()
    if text[-1] in END_MARKS + ")]}>" and not (text[-1] in ")]}>" and _opened(text)):
        return text[:-1].rstrip()
    if text[0] in START_MARKS + "([{<" and not (text[0] in "([{<" and _closed(text)):
        return text[1:].lstrip()
    if text[0] in LONE_QUOTES:
        return text[1:].lstrip()
    return text[:-1].rstrip() if text[-1] in LONE_QUOTES else text


def _opened(text: str) -> bool:
    return {")": "(", "]": "[", "}": "{", ">": "<"}[text[-1]] in text[:-1]


def _closed(text: str) -> bool:
    return {"(": ")", "[": "]", "{": "}", "<": ">"}[text[0]] in text[1:]


def _of_different_kinds(parts: list[str]) -> tuple[str, ...] | None:
    """The parts that say something, where no two are of one kind; else None."""
    shapes = [_shape(part) for part in parts]
    if len(set(shapes)) < len(shapes):
        return None
    return tuple(part for part, shape in zip(parts, shapes, strict=True) if shape not in ("tag", "nothing"))


def _shape(part: str) -> str:
    if is_missing(part):
        return "nothing"
    return next((name for name, pattern in SHAPES.items() if pattern.fullmatch(part)), "name")


def _whole(text: str) -> str | None:
    """The digits of a whole number that a program wrote as a decimal one; None where digits were lost."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    exponent = number.as_tuple().exponent
    lost = "e" in text.casefold() and isinstance(exponent, int) and exponent > 0
    return None if lost or number != number.to_integral_value() else str(int(number))
