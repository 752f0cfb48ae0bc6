"""A file of held-out pairs whose genes have no known pair elsewhere: trained as if all genes were known, and as asked.

    python benchmarks/unseen_genes.py --data synlethdb --network boosted_trees

The files are the test pairs and the random negatives of a fold of `one-new` and of `both-new`; the data set keeps no
other pair of these genes. Prints Markdown: ROC AUC and average precision on the file, against its own negatives, with
`hide_genes=false`, with hidden genes, and by the protocol itself.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from slviz.datasets import GeneGraph
from slviz.datasets.pair_keys import pair_keys
from slviz.datasets.sources import open_dataset
from slviz.evaluation import average_precision, roc_auc
from slviz.runs import RunSpec
from slviz.runs.settings_parser import choices_from_words
from slviz.runs.spec import default_names
from slviz.splits import SPLITS, HeldOut, PairSplit, Split
from slviz.training.train import fit_model


def main() -> None:
    options = _options()
    graph = open_dataset(options.data)
    print("| file | as if all genes were known | genes hidden as in the file | by the protocol itself |")
    print("| --- | --- | --- | --- |")
    for name in options.split:
        protocol = SPLITS.make(name)
        divided = protocol.divide(graph)
        rest = _without(graph, divided)
        held_out = _as_file(graph, divided)
        cells = []
        for split in (held_out.split(hide_genes=False), held_out.split()):
            whole = split.divide(rest, held_out=held_out)
            cells.append(_measured(rest, split, whole, "file", network=options.network, settings=options.settings))
            for remark in split.remarks(rest, held_out=held_out):
                print(remark, file=sys.stderr)
        settings = {"network": options.network, "settings": options.settings}
        itself = "" if options.quick else _measured(graph, protocol, divided, "random", **settings)
        print(f"| `{name}` | {cells[0]} | {cells[1]} | {itself} |", flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="demo")
    parser.add_argument("--split", nargs="+", default=["one-new", "both-new"], choices=["one-new", "both-new"])
    parser.add_argument("--network", default="boosted_trees")
    parser.add_argument("--quick", action="store_true", help="without the protocol itself")
    parser.add_argument("settings", nargs="*", default=[])
    return parser.parse_args()


def _without(graph: GeneGraph, divided: PairSplit) -> GeneGraph:
    """The data set without the pairs that the protocol leaves out: those of unseen genes that are not tested."""
    kept = np.isin(
        pair_keys(graph.pairs, len(graph)), pair_keys(divided.pairs[divided.negative_kind == "known"], len(graph))
    )
    number = np.cumsum(kept) - 1
    evidence = graph.evidence
    if evidence is not None:
        evidence = evidence.loc[kept[evidence["pair"].to_numpy()]]
        evidence = evidence.assign(pair=number[evidence["pair"].to_numpy()]).reset_index(drop=True)
    return dataclasses.replace(
        graph, pairs=graph.pairs[kept], score=graph.score[kept], evidence=evidence, fingerprint=""
    )


def _as_file(graph: GeneGraph, divided: PairSplit) -> HeldOut:
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / name for name in ("pairs.tsv", "negatives.tsv")]
        for path, kind in zip(paths, ("known", "random"), strict=True):
            pairs = divided.pairs[divided.rows("test", kind)].tolist()
            path.write_text("\n".join(f"{graph.genes[a]}\t{graph.genes[b]}" for a, b in pairs), encoding="utf-8")
        return HeldOut.read(graph, paths[0], negatives=paths[1])


def _measured(
    graph: GeneGraph, split: Split, divided: PairSplit, negative_kind: str, *, network: str, settings: list[str]
) -> str:
    started = time.perf_counter()
    choices = choices_from_words({**default_names(), "network": network}, settings)
    spec = RunSpec.of(graph, **{**choices, "split": split})
    scorer = fit_model(graph, spec, divided, device="cpu").scorer
    assert scorer is not None
    rows = np.concatenate([divided.rows("test"), divided.rows("test", negative_kind)])
    actual, score = divided.actual[rows], scorer.score(divided.pairs[rows]).astype(np.float64)
    print(f"{split.name}: {time.perf_counter() - started:.0f} s", file=sys.stderr, flush=True)
    return f"{roc_auc(actual, score):.3f} / {average_precision(actual, score):.3f}"


if __name__ == "__main__":
    main()
