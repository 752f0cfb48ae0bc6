"""Gene Ontology: terms of an OBO file, the genes of an annotation file (GAF), and both as GMT with all ancestors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

GROUPS = {"biological_process": "BP", "molecular_function": "MF", "cellular_component": "CC"}
FEWEST_GENES = 2
NO_EVIDENCE = "ND"
"""The code of an annotation that says that nothing is known."""


@dataclass(frozen=True)
class Term:
    """A term that is in use.

    Attributes:
        name: such as "DNA repair".
        group: "BP", "MF" or "CC".
        parents: ids of the terms that it is a kind or a part of.
    """

    name: str
    group: str
    parents: tuple[str, ...]


def read_obo(text: str) -> dict[str, Term]:
    """The terms of `go-basic.obo` by id, without those that are obsolete."""
    terms: dict[str, Term] = {}
    for stanza in text.replace("\r\n", "\n").split("\n[Term]\n")[1:]:
        lines = stanza.split("\n[", 1)[0].split("\n")
        name = [(key, value) for key, _, value in (line.partition(": ") for line in lines)]
        said: dict[str, str] = dict(reversed(name))
        if said.get("is_obsolete") == "true" or said.get("namespace") not in GROUPS or "id" not in said:
            continue
        parents = [value.split(" ", 1)[0] for key, value in name if key == "is_a"]
        parents += [value.split(" ")[1] for key, value in name if key == "relationship" and value[:8] == "part_of "]
        terms[said["id"]] = Term(said.get("name", said["id"]), GROUPS[said["namespace"]], tuple(parents))
    return terms


def read_gaf(text: str, gene_of: Callable[[str, str], str | None]) -> dict[str, set[str]]:
    """Genes by the id of each term that a line annotates them with; lines that say NOT, or nothing, left aside.

    `gene_of` gives the gene of a UniProt accession and a symbol, None where it is none of the data set.
    """
    members: dict[str, set[str]] = {}
    for line in text.split("\n"):
        cells = line.split("\t")
        if line.startswith("!") or len(cells) < 7 or "NOT" in cells[3].split("|") or cells[6] == NO_EVIDENCE:
            continue
        gene = gene_of(cells[1], cells[2])
        if gene is not None:
            members.setdefault(cells[4], set()).add(gene)
    return members


def with_ancestors(members: Mapping[str, set[str]], terms: Mapping[str, Term]) -> dict[str, set[str]]:
    """The genes of each term and of all terms below it (true-path rule); unknown terms are left out."""
    ancestors: dict[str, frozenset[str]] = {}

    def above(term: str) -> frozenset[str]:
        if term not in ancestors:
            ancestors[term] = frozenset()  # a circle, which no basic ontology has, ends here
            parents = [parent for parent in terms[term].parents if parent in terms]
            ancestors[term] = frozenset(parents).union(*(above(parent) for parent in parents))
        return ancestors[term]

    genes: dict[str, set[str]] = {}
    for term, own in members.items():
        if term in terms:
            for ancestor in (term, *above(term)):
                genes.setdefault(ancestor, set()).update(own)
    return genes


def gmt_of(genes: Mapping[str, set[str]], terms: Mapping[str, Term]) -> str:
    """One line a term with at least two genes, by id: name and id, group, genes; the three roots left out."""
    lines = [
        "\t".join([f"{terms[term].name} ({term})", terms[term].group, *sorted(genes[term])]) + "\n"
        for term in sorted(genes)
        if len(genes[term]) >= FEWEST_GENES and terms[term].parents
    ]
    return "".join(lines)
