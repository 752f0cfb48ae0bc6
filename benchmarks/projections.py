#!/usr/bin/env python3
"""How long maps take, each in a fresh process, beside scikit-learn's and umap-learn's default calls.

    python benchmarks/projections.py [--run RUN] [--genes 6375 20000 100000] [--rounds 3] [--only tsne umap …]

The vectors are the embedding of a finished run (`--run`; the latest on real data when left out, else planted
clusters of 64 columns). For more genes than it has, further ones are put between a gene and one of its nearest,
with a little noise. Every map is made in a process of its own: seconds count from the start of its work, the
import of its libraries included, and do not count reading the vectors and measuring map quality. slviz and its peer
take turns, round by round. On a machine that others use, compare processor seconds, of one thread each
(OMP_NUM_THREADS=1 NUMBA_NUM_THREADS=1): threads that share busy cores wait for each other. The peers are run
for up to 20,000 genes. Trustworthiness is scikit-learn's for up to 10,000 genes, ours on a sample above (a test
holds that both agree). The divergence of a t-SNE map is computed from the map alone, the same way for both.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

CHECKOUT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(CHECKOUT))

SEED = 0
PEERS_UP_TO = 20_000
SCIKIT_UP_TO = 10_000
ORDER = ("pca", "pacmap", "tsne", "scikit-learn t-SNE", "umap", "umap-learn")
PEER = {"tsne": "scikit-learn t-SNE", "umap": "umap-learn"}


def of_slviz(name: str) -> Callable[[np.ndarray], np.ndarray]:
    def fit(vectors: np.ndarray) -> np.ndarray:
        from slviz.projections import PROJECTIONS

        return PROJECTIONS.make(name).fit(vectors, SEED).coordinates

    return fit


def of_scikit_learn(vectors: np.ndarray) -> np.ndarray:
    from sklearn.manifold import TSNE

    return TSNE(random_state=SEED).fit_transform(vectors)


def of_umap_learn(vectors: np.ndarray) -> np.ndarray:
    import umap

    return np.asarray(umap.UMAP().fit_transform(vectors))


WAYS = {name: of_slviz(name) for name in ("pca", "tsne", "umap", "pacmap")}
WAYS |= {"scikit-learn t-SNE": of_scikit_learn, "umap-learn": of_umap_learn}


def made_here(name: str, path: Path) -> dict[str, float]:
    """The map of the vectors in `path`, in this process: seconds, processor seconds, peak memory, trustworthiness."""
    vectors = np.load(path)
    wall, processor = time.perf_counter(), time.process_time()
    coordinates = WAYS[name](vectors)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    evaluated = {"trust": trustworthiness(vectors, coordinates)}
    if name in ("tsne", PEER["tsne"]) and len(vectors) <= SCIKIT_UP_TO:
        evaluated["divergence"] = divergence(vectors, coordinates)
    return {"seconds": wall, "processor": processor, "peak_gb": peak, **evaluated}


def trustworthiness(vectors: np.ndarray, coordinates: np.ndarray) -> float:
    if len(vectors) <= SCIKIT_UP_TO:
        from sklearn.manifold import trustworthiness as of_scikit

        return float(of_scikit(vectors, coordinates, n_neighbors=15))
    from slviz.projections.map_quality import measure_map_quality

    return float(np.nanmean(measure_map_quality(vectors, coordinates).trustworthiness))


def divergence(vectors: np.ndarray, coordinates: np.ndarray) -> float:
    """Kullback–Leibler divergence that t-SNE makes small, at perplexity 30; over all pairs, nothing approximated."""
    from openTSNE.affinity import PerplexityBasedNN

    near = PerplexityBasedNN(vectors, perplexity=30, method="exact", random_state=SEED).P.tocoo()
    place = coordinates.astype(np.float64)
    together = sum(  # 1 / (1 + squared distance) over all pairs of different genes
        float((1 / (1 + ((gene - place) ** 2).sum(axis=1))).sum()) - 1 for gene in place
    )
    apart = 1 + ((place[near.row] - place[near.col]) ** 2).sum(axis=1)
    share = near.data[near.data > 0]
    return float((share * np.log(share * apart[near.data > 0] * together)).sum())


def made_apart(name: str, path: Path) -> dict[str, float]:
    """The same in a fresh process."""
    command = [sys.executable, str(Path(__file__).resolve()), "--one", name, "--vectors", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{name} failed:\n{done.stderr}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def vectors_of(run_id: str | None) -> tuple[np.ndarray, str]:
    """An embedding, and where it comes from in words."""
    from slviz.runs.store import RunStore

    store = RunStore.default()
    if run_id is None:
        real = [
            each for each in store.summaries() if each.state == "finished" and each.spec and not each.spec.synthetic
        ]
        run_id = real[0].run_id if real else None
    if run_id is not None:
        return np.asarray(store.open(run_id).embedding), f"the embedding of {run_id}"
    random = np.random.default_rng(SEED)
    middles = random.normal(size=(60, 64))
    return (middles[random.integers(0, 60, 6375)] + 0.7 * random.normal(size=(6375, 64))).astype(np.float32), "planted"


def enlarged(vectors: np.ndarray, genes: int) -> np.ndarray:
    """So many vectors: those given, and others between them and one of their nearest."""
    if genes <= len(vectors):
        return vectors[:genes]
    from slviz.projections.neighbours import nearest_neighbours

    random = np.random.default_rng(SEED)
    near, distance = nearest_neighbours(vectors, count=15)
    gene = random.integers(0, len(vectors), genes - len(vectors))
    other = near[gene, random.integers(0, 15, len(gene))]
    share = random.uniform(size=(len(gene), 1))
    noise = random.normal(size=(len(gene), vectors.shape[1])) * distance.mean() / np.sqrt(vectors.shape[1]) / 4
    between = vectors[gene] * (1 - share) + vectors[other] * share + noise
    return np.concatenate([vectors, between]).astype(np.float32)


def measure(vectors: np.ndarray, rounds: int, only: list[str], folder: Path) -> None:
    """Print one table for one size."""
    path = folder / f"{len(vectors)}.npy"
    np.save(path, vectors)
    names = [name for name in ORDER if name in only or any(PEER.get(each) == name for each in only)]
    names = [name for name in names if (name in PEER.values() and len(vectors) <= PEERS_UP_TO) or name in PROJECTED]
    found: dict[str, list[dict[str, float]]] = {name: [] for name in names}
    for _ in range(rounds):
        for name in names:
            found[name].append(made_apart(name, path))
            print(f"{len(vectors):,} {name} {found[name][-1]}", file=sys.stderr, flush=True)
    print(f"\n### {len(vectors):,} × {vectors.shape[1]}, {rounds} round{'s' if rounds > 1 else ''}\n")
    print("| map | seconds | processor seconds | peak memory | trustworthiness | KL divergence |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, each in found.items():
        middle = {key: statistics.median(one[key] for one in each) for key in each[0]}
        print(
            f"| {name} | {middle['seconds']:.1f} | {middle['processor']:.1f} | {middle['peak_gb']:.2f} GB | "
            f"{middle['trust']:.3f} | {format(middle['divergence'], '.3f') if 'divergence' in middle else ''} |"
        )
    for ours, theirs in PEER.items():
        if ours in found and theirs in found:
            _compare(ours, theirs, found)


def _compare(ours: str, theirs: str, found: dict[str, list[dict[str, float]]]) -> None:
    def ratio(key: str) -> float:
        return statistics.median(b[key] / a[key] for a, b in zip(found[ours], found[theirs], strict=True))

    apart = statistics.median(a["trust"] - b["trust"] for a, b in zip(found[ours], found[theirs], strict=True))
    print(
        f"\n{ours} is {ratio('seconds'):.2f} times as fast as {theirs} ({ratio('processor'):.2f} by processor time); "
        f"trustworthiness {apart:+.4f}."
    )


PROJECTED = ("pca", "pacmap", "tsne", "umap")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", help="whose embedding is mapped")
    parser.add_argument("--genes", type=int, nargs="+", default=[6375], help="sizes (6375)")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is made (3)")
    parser.add_argument("--only", nargs="+", default=list(PROJECTED), choices=PROJECTED, help="which maps")
    parser.add_argument("--one", choices=tuple(WAYS), help=argparse.SUPPRESS)
    parser.add_argument("--vectors", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        print(json.dumps(made_here(asked.one, asked.vectors)))
        return
    vectors, source = vectors_of(asked.run)
    print(f"Vectors: {source}.", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for genes in asked.genes:
            measure(enlarged(vectors, genes), asked.rounds, asked.only, Path(folder))


if __name__ == "__main__":
    main()
