"""What is planted in the demo beside its pairs: families, essential genes, popularity, and screens with non-hits.

What is planted:

- Eighty families of five genes, three on one route and two on another process's. Their members are paralogs with an
  identity; those of more than 25 % stand in `paralogs.tsv`, all of a family in `families.tsv` and in the gene sets
  `domains`. The paralogues across the routes of a process (`planted.py`) are paralogs, too.
- Essential genes: without one of them a cell dies anyway, so it is in hardly a hit.
- Three screens of paralogs, two of them with the same pairs, and a broad one. Whether a tested pair dies together
  follows from its **identity**, from the **interaction partners that both share**, and from essentiality, with noise of
  each cell line. It does not follow from what the known pairs are like: pairs between compensating routes, which any
  model of the known pairs ranks high, are tested as often as not and are mostly non-hits. So a score that completes
  the list of known pairs fails on these screens, and one that looks at what an experiment depends on does not.
- Popularity: papers follow the number of known partners and of interactions. A pair of two genes with many papers is
  more often a known one; against pairs of equally popular genes that says nothing.
- One publication that lists a hub's neighbours: `demo-202` and `demo-203` of the known pairs list one hub each (see
  `planted.py`), and nothing else is known of some of the genes in them.

All of it is drawn from a stream of its own, so that genes, pairs, evidence, interactions, terms and features of the
demo are what they were before.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp
from jaxtyping import Bool, Float64, Int64

from slviz.datasets.planted import PARALOGUES, PROCESSES, Chance, PlantedGenes, compensating_routes

OWN_STREAM = 1_000_003
"""Added to the demo's seed."""
ROUTES = 2 * len(PROCESSES)
FIRST_PARTS = (7, 12)
"""Part of a family's first member; the next two stand behind it, and two more on another route behind those."""
ELSEWHERE = 6
"""Routes further on lie the other members of a family."""
PARALOG_FROM = 25.0
ESSENTIAL_PROCESSES = ("REP", "RIB", "SPL", "TRL")
SHARE_OF_HITS = 0.1
LIBRARIES = (
    # name, cell lines, family pairs, pairs of compensating routes, any pairs
    ("Demo paralogs 1 (invented)", ("DEMO-1", "DEMO-2"), 520, 160, 60),
    ("Demo paralogs 2 (invented)", ("DEMO-1",), 480, 160, 60),
    ("Demo paralogs 3 (invented)", ("DEMO-3", "DEMO-4", "DEMO-5"), 320, 120, 40),
    ("Demo broad (invented)", ("DEMO-2",), 160, 240, 400),
)


@dataclass(frozen=True, eq=False)
class Family:
    """Pairs of a family's members. N pairs.

    Attributes:
        pairs: int64 [N, 2], the smaller gene number first.
        family: int64 [N], number of the family; -1 for the paralogues across the routes of a process.
        identity: float64 [N], per cent.
    """

    pairs: Int64[np.ndarray, "pairs 2"]
    family: Int64[np.ndarray, " pairs"]
    identity: Float64[np.ndarray, " pairs"]


def planted_families(genes: PlantedGenes, chance: Chance) -> tuple[Family, Int64[np.ndarray, " genes"]]:
    """The pairs of all families, and the number of each gene's family, -1 where it is in none."""
    place = {
        (route, part): gene
        for gene, (route, part) in enumerate(zip(genes.route.tolist(), genes.part.tolist(), strict=True))
    }
    family_of = np.full(len(genes), -1, dtype=np.int64)
    pairs: list[tuple[int, int]] = []
    family: list[int] = []
    for number, (route, part) in enumerate((route, part) for route in range(ROUTES) for part in FIRST_PARTS):
        other = (route + ELSEWHERE) % ROUTES
        members = [place[route, part + step] for step in range(3)] + [place[other, part + step] for step in (3, 4)]
        family_of[members] = number
        inside = [(min(a, b), max(a, b)) for at, a in enumerate(members) for b in members[at + 1 :]]
        pairs += inside
        family += [number] * len(inside)
    across = _paralogues(genes)
    identity = np.r_[15 + 80 * chance.uniform(len(pairs)) ** 1.3, 30 + 40 * chance.uniform(len(across))]
    return Family(np.concatenate([pairs, across]), np.r_[family, np.full(len(across), -1)], identity), family_of


def _paralogues(genes: PlantedGenes) -> Int64[np.ndarray, "pairs 2"]:
    """The same part on both routes of a process, as far as `planted.py` makes them paralogues."""
    has = (genes.part >= 1) & (genes.part <= PARALOGUES)
    first, second = np.flatnonzero(has & (genes.route % 2 == 0)), np.flatnonzero(has & (genes.route % 2 == 1))
    return np.sort(np.stack([first, second], axis=1), axis=1)


def planted_essential(genes: PlantedGenes, chance: Chance) -> Bool[np.ndarray, " genes"]:
    """Genes without which a cell dies: many in processes that no cell can do without, few elsewhere."""
    codes = np.array([*PROCESSES, ""])[genes.process]
    odds = np.where(np.isin(codes, ESSENTIAL_PROCESSES), 0.35, np.where(genes.route >= 0, 0.08, 0.02))
    return chance.uniform(len(genes)) < odds


def shared_partners(
    interactions: Int64[np.ndarray, "2 interactions"], pairs: Int64[np.ndarray, "pairs 2"], genes: int
) -> Float64[np.ndarray, " pairs"]:
    """Jaccard of the interaction partners of each pair, the pair itself left aside; 0 where neither has one."""
    a, b = interactions
    matrix = sp.csr_array((np.ones(2 * len(a)), (np.r_[a, b], np.r_[b, a])), shape=(genes, genes))
    count = np.asarray(matrix.sum(axis=1)).ravel()
    first, second = pairs.T
    both = np.asarray(matrix[first].multiply(matrix[second]).sum(axis=1)).ravel()
    joined = np.asarray(matrix[first, second]).ravel()
    either = count[first] + count[second] - both - 2 * joined
    return both / np.maximum(either, 1)


def planted_screens(
    genes: PlantedGenes,
    interactions: Int64[np.ndarray, "2 interactions"],
    families: Family,
    essential: Bool[np.ndarray, " genes"],
    chance: Chance,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The tests of all screens as their file shows them, and the truth behind each pair that was tested."""
    rows = []
    every: dict[tuple[int, int], float] = {}
    for number, (name, lines, of_families, of_routes, of_any) in enumerate(LIBRARIES):
        pairs = _library(genes, families, chance, of_families=of_families, of_routes=of_routes, of_any=of_any)
        effect = _effect(pairs, genes=len(genes), interactions=interactions, families=families, essential=essential)
        own = [
            every.setdefault((int(a), int(b)), noise)
            for (a, b), noise in zip(pairs, chance.bell(len(pairs)), strict=True)
        ]
        for line in lines:
            measured = effect + 0.45 * np.array(own) + 0.45 * chance.bell(len(pairs))
            cut = np.quantile(measured, 1 - SHARE_OF_HITS)
            rows.append(
                pd.DataFrame(
                    {
                        "gene_a": genes.symbol[pairs[:, 0]],
                        "gene_b": genes.symbol[pairs[:, 1]],
                        "screen": name,
                        "cell_line": line,
                        "hit": (measured > cut).astype(int),
                        "score": [f"{-value:.3f}" for value in measured],
                        "reference": f"demo-screen-{number + 1}",
                    }
                )
            )
    tested = np.array(sorted(every), dtype=np.int64)
    effect = _effect(tested, genes=len(genes), interactions=interactions, families=families, essential=essential)
    truth = pd.DataFrame(
        {
            "gene_a": genes.symbol[tested[:, 0]],
            "gene_b": genes.symbol[tested[:, 1]],
            "effect": [f"{value:.3f}" for value in effect],
        }
    )
    return pd.concat(rows, ignore_index=True), truth


def _library(
    genes: PlantedGenes, families: Family, chance: Chance, *, of_families: int, of_routes: int, of_any: int
) -> Int64[np.ndarray, "pairs 2"]:
    """Pairs to be tested, each once: of families, between compensating routes, and of any two genes."""
    own = families.pairs[families.family >= 0]
    parts = [own[_some(len(own), of_families, chance)]]
    core = [np.flatnonzero((genes.route == route) & genes.core) for route in range(ROUTES)]
    between = np.concatenate(
        [np.stack(np.meshgrid(core[a], core[b]), axis=-1).reshape(-1, 2) for a, b in compensating_routes().tolist()]
    )
    parts.append(between[_some(len(between), of_routes, chance)])
    a, b = chance.below(len(genes), of_any), chance.below(len(genes), of_any)
    parts.append(np.stack([a, b], axis=1)[a != b])
    return np.unique(np.sort(np.concatenate(parts), axis=1), axis=0)


def _some(size: int, wanted: int, chance: Chance) -> Int64[np.ndarray, " wanted"]:
    return np.sort(np.argsort(chance.uniform(size), kind="stable")[:wanted])


def _effect(
    pairs: Int64[np.ndarray, "pairs 2"],
    *,
    genes: int,
    interactions: Int64[np.ndarray, "2 interactions"],
    families: Family,
    essential: Bool[np.ndarray, " genes"],
) -> Float64[np.ndarray, " pairs"]:
    """How much a cell suffers from the loss of both genes, beyond the loss of each."""
    key = families.pairs[:, 0] * genes + families.pairs[:, 1]
    order = np.argsort(key)
    wanted = pairs[:, 0] * genes + pairs[:, 1]
    at = np.minimum(np.searchsorted(key[order], wanted), len(key) - 1)
    identity = np.where(key[order][at] == wanted, families.identity[order][at], 0.0)
    return 2.5 * identity / 100 + 4.0 * shared_partners(interactions, pairs, genes) - 1.5 * essential[pairs].any(axis=1)


def planted_columns(
    genes: PlantedGenes,
    known: pd.DataFrame,
    interactions: Int64[np.ndarray, "2 interactions"],
    essential: Bool[np.ndarray, " genes"],
    chance: Chance,
) -> pd.DataFrame:
    """Essentiality, papers and expression of each gene, all invented."""
    number = {symbol: gene for gene, symbol in enumerate(genes.symbol.tolist())}
    ends = np.array([number[symbol] for column in ("gene_a", "gene_b") for symbol in known[column]])
    partners = np.bincount(ends, minlength=len(genes))
    proteins = np.bincount(interactions.ravel(), minlength=len(genes))
    papers = np.exp(0.8 * np.log1p(partners) + 0.5 * np.log1p(proteins) + 0.7 * chance.bell(len(genes)))
    expression = np.clip(4 + 1.5 * chance.bell(len(genes)) + 1.5 * essential, 0, None)
    is_known = chance.uniform(len(genes)) < 0.9
    return pd.DataFrame(
        {
            "gene": genes.symbol,
            "essential_class": np.where(essential, "core", "other"),
            "core_essential": essential.astype(int),
            "papers": np.ceil(papers).astype(int),
            "mean_expression": [
                f"{value:.2f}" if there else "" for value, there in zip(expression, is_known, strict=True)
            ],
        }
    )


def relation_files(
    genes: PlantedGenes, families: Family, family_of: Int64[np.ndarray, " genes"], chance: Chance
) -> dict[str, str]:
    """`paralogs.tsv`, `families.tsv` and `sets_domains.gmt`."""
    symbol = genes.symbol
    one, other = symbol[families.pairs[:, 0]], symbol[families.pairs[:, 1]]
    apart = 2.0 * chance.bell(len(families.pairs))
    paralogs = pd.DataFrame(
        {
            "gene_a": one,
            "gene_b": other,
            "identity_percent": [f"{value:.1f}" for value in families.identity],
            "identity_1": [f"{value:.1f}" for value in np.clip(families.identity + apart, 5, 99)],
            "identity_2": [f"{value:.1f}" for value in np.clip(families.identity - apart, 5, 99)],
            "source": "invented",
        }
    )[families.identity >= PARALOG_FROM]
    kin = pd.DataFrame({"gene_a": one, "gene_b": other, "evidence": "invented_family"})[families.family >= 0]
    domains = [
        "\t".join([f"DOMAIN{number + 1:02d}", "invented domains", *symbol[family_of == number]]) + "\n"
        for number in range(int(family_of.max()) + 1)
    ]
    tables = {"paralogs.tsv": paralogs, "families.tsv": kin}
    written = {name: table.to_csv(sep="\t", index=False, lineterminator="\n") for name, table in tables.items()}
    return written | {"sets_domains.gmt": "".join(domains)}
