"""`compare`: how alike the embeddings of two runs are, and which genes changed most, kept with the first run."""

from __future__ import annotations

import argparse

from slviz.errors import InvalidSetting, RunCancelled, RunError
from slviz.pipeline.embedding_comparison import compare_embeddings
from slviz.pipeline.synthetic import SYNTHETIC
from slviz.projections.embedding_similarity import EmbeddingSimilarity
from slviz.runs.shared_genes import SharedGenes
from slviz.runs.store import RunStore
from slviz.text import unbroken

LISTED = 20
MOST_NEIGHBOURS = 50


def add_compare_command(commands: argparse._SubParsersAction) -> None:
    """Add `compare` to the command line."""
    command = commands.add_parser(
        "compare",
        help="how alike the embeddings of two runs are, and which genes changed most",
        description="Compare the embeddings of two runs over all genes that both have: linear CKA, the share of each "
        "gene's nearest genes that are the same (both beside permuted genes), and the genes that changed most. Kept "
        "with the first run; the Compare page shows it.",
        allow_abbrev=False,
    )
    command.add_argument("run", metavar="RUN", help="name of a run, as `runs` lists it")
    command.add_argument("other", metavar="OTHER", help="name of the run that stands beside it")
    command.add_argument(
        "--neighbours",
        metavar="K",
        type=int,
        default=10,
        help=f"how many nearest genes are compared, 1 to {MOST_NEIGHBOURS} (default: 10)",
    )
    command.set_defaults(action=_compare)


def _compare(options: argparse.Namespace) -> int:
    if not 1 <= options.neighbours <= MOST_NEIGHBOURS:
        raise InvalidSetting(f"--neighbours takes a whole number from 1 to {MOST_NEIGHBOURS}.")
    if options.run == options.other:
        raise RunError(f"A run differs from itself by nothing: name another one beside {options.run}.")
    store = RunStore.default()
    one, other = store.open(options.run), store.open(options.other)
    try:
        similarity = compare_embeddings(store, one, other, count=options.neighbours)
    except RunCancelled as stopped:
        print(stopped, flush=True)
        return 0
    if one.spec.synthetic or other.spec.synthetic:
        print(SYNTHETIC)
    _tell(similarity, SharedGenes.of((one, other)).genes)
    return 0


def _tell(similarity: EmbeddingSimilarity, genes: tuple[str, ...]) -> None:
    change, null = similarity.change, similarity.change.agreement.null
    print(
        f"{len(genes):,} genes. Linear CKA {similarity.cka:.3f} (genes permuted: {similarity.cka_null.mean:.3f}). Of "
        f"the {change.agreement.neighbours} nearest genes {100 * change.agreement.mean:.1f} % are the same (genes "
        f"permuted: {100 * null.mean:.1f} %)."
    )
    print("Changed most (gene, share of nearest genes that are the same, place of former ones):")
    for row in change.order[:LISTED].tolist():
        print(f"{unbroken(genes[row])}\t{change.shared[row]:.2f}\t{change.mean_place[row]:.1f}")
