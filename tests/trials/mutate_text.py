"""What happens to tables and lists: odd numbers and names, quotes, delimiters, encodings, line ends, huge cells."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random

from trials.mutate_bytes import Mutator

TextMutator = Callable[[str, Random], str]

WORDS = (
    *("NaN", "nan", "Inf", "-inf", "Infinity", "1e999", "-1e999", "1e-999", "1e308", "9" * 5000, "-" + "9" * 400),
    *(
        "0x10",
        "1_000",
        "1,5",
        "1.2.3",
        "١٢",
        "½",
        "+",
        "-",
        ".",
        "-0",
        "007",
        "1e",
        "1d5",
        "50%",
        "1,234,567.8",
        "5e-324",
    ),
    *("", " ", '"', '""', "'", '"a', 'a"', '"a\tb"', '"a\nb"', "\\", "`x`", "\t", "\t\t", ",", ";", "|", "#", "#N/A"),
    *("NA", "None", "null", "n/a", "true", "TRUE", "NULL", "?", "*", "-1", "2147483648", "18446744073709551616"),
    *("\x00", "\x01", "\x1b[31mred", "\x07", "\x7f", "\x85", "\u2028", "\u2029", "\x0b", "\x0c", "\x1c", "\x1e", "\r"),
    *(
        "\u202e",
        "\u2066a\u2069",
        "\u200b",
        "\u200f",
        "\xad",
        "\ufeff",
        "\ufffe",
        "\uffff",
        "\U000e0001",
        "\xa0",
        "é",
        "💥" * 9,
    ),
    *(
        "x" * 3_000,
        "=1+1",
        "@SUM(1)",
        "../../etc/passwd",
        "<script>",
        "![x](http://127.0.0.1/x)",
        ":material/home:",
        "$x$",
    ),
    *("İ", "ß", "ǆ", "gene_a", "gene", "name", "symbol", "id", "score", "embedding_1", "_index", "Unnamed: 0"),
)
BREAKS = ("\r\n", "\r", "\n\n", "\u2028", "\x85", "\x0b", "\x1c", "\n\r")
SEPARATORS = ("\t", ",", ";", " ", "|", "  ", ", ", "\t\t")
TOKEN = re.compile(r"[^\t\n,; =\"'{}\[\]:]+")


def swap_token(text: str, random: Random) -> str:
    found = list(TOKEN.finditer(text[:200_000]))
    if not found:
        return random.choice(WORDS)
    token = random.choice(found)
    return text[: token.start()] + random.choice(WORDS) + text[token.end() :]


def swap_every_token(text: str, random: Random) -> str:
    """One word of the file becomes another wherever it stands."""
    found = list(TOKEN.finditer(text[:20_000]))
    return text.replace(random.choice(found).group(), random.choice(WORDS)) if found else text


def swap_first_token(text: str, random: Random) -> str:
    """In the first line, where headings are."""
    first, newline, rest = text.partition("\n")
    return swap_token(first, random) + newline + rest


def insert_word(text: str, random: Random) -> str:
    place = random.randrange(len(text) + 1)
    return text[:place] + random.choice(WORDS) + text[place:]


def break_lines(text: str, random: Random) -> str:
    return text.replace("\n", random.choice(BREAKS), random.choice((-1, -1, 1, 3)))


def change_separator(text: str, random: Random) -> str:
    there = [each for each in SEPARATORS if each in text]
    if not there:
        return text
    return text.replace(random.choice(there), random.choice(SEPARATORS), random.choice((-1, -1, 1)))


def drop_line(text: str, random: Random) -> str:
    lines = text.split("\n")
    del lines[random.choice((0, random.randrange(len(lines))))]
    return "\n".join(lines)


def double_line(text: str, random: Random) -> str:
    lines = text.split("\n")
    place = random.randrange(len(lines))
    lines[place:place] = [lines[place]] * random.choice((1, 1, 3, 500))
    return "\n".join(lines)


def shuffle_lines(text: str, random: Random) -> str:
    lines = text.split("\n")
    random.shuffle(lines)
    return "\n".join(lines)


def add_column(text: str, random: Random) -> str:
    separator = random.choice(("\t", ",", " "))
    return "\n".join(f"{line}{separator}{random.choice(WORDS[:40])}" if line else line for line in text.split("\n"))


def drop_column(text: str, random: Random) -> str:
    separator = max(("\t", ",", ";", " "), key=text.count)
    column = random.choice((0, 1, -1))
    rows = [line.split(separator) for line in text.split("\n")]
    return "\n".join(separator.join(row[:column] + row[column:][1:]) for row in rows)


def quote_cells(text: str, random: Random) -> str:
    separator, mark = max(("\t", ",", ";", " "), key=text.count), random.choice("\"'")
    rows = [line.split(separator) for line in text.split("\n")]
    return "\n".join(separator.join(f"{mark}{cell}{mark}" for cell in row) if row != [""] else "" for row in rows)


def trail_separator(text: str, random: Random) -> str:
    return text.replace("\n", random.choice(("\t", ",", " ", ";", "\t\t")) + "\n", random.choice((-1, 1, 2)))


def comment_first(text: str, random: Random) -> str:
    return random.choice(("#", "# about\n", "%", "//", "\n", "\n\n#\n", " ", "\ufeff", "\ufeff\ufeff#")) + text


def other_case(text: str, random: Random) -> str:
    return random.choice((str.lower, str.upper, str.swapcase, str.title))(text)


def huge_cell(text: str, random: Random) -> str:
    place = random.randrange(len(text) + 1)
    return (
        text[:place] + random.choice(("x", "9", "é", '"', "[", "A|")) * random.choice((40_000, 140_000)) + text[place:]
    )


def many_cells(text: str, random: Random) -> str:
    place = random.randrange(len(text) + 1)
    return text[:place] + random.choice(("\t", ",", "1\t", "A,", "\n", "x\n", " ")) * 20_000 + text[place:]


def nest(text: str, random: Random) -> str:
    opening = random.choice(("[", '{"a":', "(", "[[runs]]\n", "a=[", "a.b."))
    place = random.choice((0, len(text), random.randrange(len(text) + 1)))
    return text[:place] + opening * random.choice((40, 2_000, 100_000)) + text[place:]


def keep_heading(text: str, random: Random) -> str:
    return "\n".join(text.split("\n")[: random.choice((1, 2))]) + random.choice(("", "\n"))


def decimal_commas(text: str, random: Random) -> str:
    return re.sub(r"(\d)\.(\d)", r"\1,\2", text)


OF_TEXT: tuple[TextMutator, ...] = (
    swap_token,
    swap_token,
    swap_every_token,
    swap_first_token,
    insert_word,
    break_lines,
    change_separator,
    drop_line,
    double_line,
    shuffle_lines,
    add_column,
    drop_column,
    quote_cells,
    trail_separator,
    comment_first,
    other_case,
    huge_cell,
    many_cells,
    nest,
    keep_heading,
    decimal_commas,
)
ENCODINGS = ("utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "latin-1", "cp1252", "utf-32", "utf-7", "cp037")


def other_encoding(content: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    return content.decode("utf-8", "replace").replace("e", "é", 1).encode(random.choice(ENCODINGS), "replace")


def _on_bytes(change: TextMutator) -> Mutator:
    def mutate(content: bytes, random: Random, others: Sequence[bytes]) -> bytes:
        return change(content.decode("utf-8", "surrogateescape"), random).encode("utf-8", "surrogateescape")

    return mutate


MUTATORS: dict[str, Mutator] = {
    **{change.__name__: _on_bytes(change) for change in OF_TEXT},
    other_encoding.__name__: other_encoding,
}
