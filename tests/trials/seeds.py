"""Sound files of every kind, small, for trials to damage; made by slviz's own writers where it has one."""

from __future__ import annotations

import functools
import gzip
import io
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
from data_folders import GENES, GOOD

from slviz.datasets import GeneGraph
from slviz.datasets.gene_index import GeneIndex
from slviz.vectors import VectorSet

MORE_DATA = {
    "classes.tsv": "gene\tside\tcolour\n" + "".join(f"{gene}\t{'LR'[n % 2]}\tred\n" for n, gene in enumerate(GENES)),
    "screens.tsv": "gene_a\tgene_b\tscreen\tcell_line\thit\tscore\treference\n"
    + "".join(f"GEN{n}\tGEN{n + 1}\tFirst 2020\tHeLa\t{n % 3 // 2}\t-0.{n}\tdoi:1\n" for n in range(1, 11)),
    "paralogs.tsv": "gene_a\tgene_b\tidentity_1\tidentity_2\tsource\nGEN2\tGEN1\t39\t41\tEnsembl\nGEN3\tGEN4\t20\t\t\n",
    "gene_columns.tsv": "gene\tessential_class\tpapers\nGEN2\tcore\t120\nGEN1\tnone\t3\n",
    "sets_pfam.gmt": "PF00001\tpfam\tGEN1\tGEN2\nPF00002\tpfam\tGEN3\tNOGENE\n",
    "dataset.toml": 'title = "A trial"\ncitation = "Nobody 2026"\nlicence = "CC0"\nremark = "none"\nsynthetic = true\n'
    'organism = "yeast"\nthing = "gene"\npair = "genetic interaction"\n'
    '[files]\ngenes = "genes.txt"\npairs = "pairs.tsv"\n[features]\nppi = "feature_ppi_3.txt"\n'
    '[relations]\nparalogs = "paralogs.tsv"\n[gene_sets]\npfam = "sets_pfam.gmt"\n',
}
OTHER_DATA = {
    "genes.txt": ["symbol\nGEN1\nGEN2\nGEN3\n", '"GEN1"\n"GEN2"\n'],
    "pairs.tsv": ["gene_a,gene_b,score\nGEN1,GEN2,0.5\nGEN3,GEN4,1\n", "GEN1 GEN2\nGEN3 GEN4\n"],
    "feature_ppi_3.txt": ["\n".join("1,2.5,-3e-2" for _ in GENES)],
    "terms.gmt": ["SET_A\thttp://x/SET_A\tGEN1\tGEN2\tGEN3\nSET_B\tna\tGEN4\n"],
}


def data_files() -> dict[str, bytes]:
    """A small data folder with every role, by file name."""
    return {name: body.encode() for name, body in (GOOD | MORE_DATA).items()}


def write_data_folder(folder: Path) -> Path:
    """Write that folder."""
    folder.mkdir(parents=True)
    for name, body in data_files().items():
        (folder / name).write_bytes(body)
    return folder


def data_file_seeds(name: str) -> Sequence[bytes]:
    """Sound contents for one file of the folder."""
    plain = name.removesuffix(".gz")
    bodies = [data_files()[plain], *(body.encode() for body in OTHER_DATA.get(plain, ()))]
    return packed(bodies) if name.endswith(".gz") else bodies


def data_zip() -> bytes:
    """The folder as a ZIP."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in data_files().items():
            archive.writestr(f"screen/{name}", body)
    return buffer.getvalue()


def packed(bodies: Sequence[bytes]) -> list[bytes]:
    """Each packed with gzip."""
    return [gzip.compress(body, 6, mtime=0) for body in bodies]


@functools.cache
def demo_and_index() -> tuple[GeneGraph, GeneIndex]:
    """The demo, and the index of its genes' names."""
    from slviz.datasets.sources import open_dataset

    graph = open_dataset("demo")
    return graph, GeneIndex(graph)


def vector_tables() -> list[bytes]:
    """Tables of vectors, as slviz writes them and as others do."""
    random = np.random.default_rng(0)
    rows = random.normal(size=(9, 4)).round(3)
    table = pd.DataFrame(rows, columns=[f"embedding_{n}" for n in range(1, 5)])
    table.insert(0, "name", [f"cell {n}" for n in range(9)])
    table["kind"] = ["a", "b", ""] * 3
    bare = pd.DataFrame(rows, index=[f"w{n}" for n in range(9)])
    return [
        ("# SYNTHETIC DATA\n" + table.to_csv(sep="\t", index=False)).encode(),
        table.to_csv(index=False).encode(),
        table.to_csv(sep=";", index=False, decimal=",").encode(),
        table.set_index("name").to_csv(sep="\t", quoting=1).encode(),
        ("9 4\n" + bare.to_csv(sep=" ", header=False)).encode(),
        bare.to_csv(sep="\t", header=False).encode(),
    ]


def npy_files() -> list[bytes]:
    """Arrays as NumPy writes them."""
    return [_saved(np.arange(24.0).reshape(6, 4).astype(kind)) for kind in (np.float32, np.float64, np.int64)]


def _saved(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def npz_files() -> list[bytes]:
    """Arrays with names and labels beside them, stored and packed."""
    made = []
    for save in (np.savez, np.savez_compressed):
        buffer = io.BytesIO()
        names, kinds = np.array([f"p{n}" for n in range(6)]), np.array([b"a", b"b"] * 3)
        save(buffer, vectors=np.arange(24.0).reshape(6, 4), names=names, kind=kinds, age=np.arange(6))
        made.append(buffer.getvalue())
    return made


def a_vector_set() -> VectorSet:
    """Thirty points with columns of several kinds, a map and pictures."""
    random = np.random.default_rng(0)
    return VectorSet(
        name="trial",
        names=tuple(f"p{n}" for n in range(30)),
        vectors=random.normal(size=(30, 6)).astype(np.float32),
        columns=pd.DataFrame({"kind": ["a", "b", ""] * 10, "age": np.arange(30.0), "even": [True, False] * 15}),
        maps={"umap": random.normal(size=(30, 2)).astype(np.float32)},
        images=np.arange(30 * 6, dtype=np.uint8).reshape(30, 2, 3),
        origin="a trial",
    )


@functools.cache
def h5ad_files() -> list[bytes]:
    """As slviz writes them, and by hand after anndata's formats, old and new: sparse, categorical, nullable."""
    from slviz import export
    from slviz.export.h5ad import to_h5ad

    return [to_h5ad(export.of_vectors(a_vector_set())), _h5ad(old=False), _h5ad(old=True)]


def _h5ad(*, old: bool) -> bytes:
    buffer = io.BytesIO()
    random = np.random.default_rng(1)
    text = h5py.string_dtype()
    with h5py.File(buffer, "w") as root:
        root.attrs.update({"encoding-type": "anndata", "encoding-version": "0.1.0"})
        matrix = root.create_group("X")
        matrix.attrs.update({"encoding-type": "csr_matrix", "encoding-version": "0.1.0", "shape": [30, 5]})
        matrix["data"], matrix["indices"] = np.ones(30, np.float32), np.arange(30) % 5
        matrix["indptr"] = np.arange(31)
        root["obsm/X_pca"] = random.normal(size=(30, 4)).astype(np.float32)
        root["obsm/X_umap"] = random.normal(size=(30, 2)).astype(np.float32)
        obs = root.create_group("obs")
        obs.attrs.update({"encoding-type": "dataframe", "encoding-version": "0.2.0", "_index": "index"})
        obs.attrs["column-order"] = np.array(["kind", "age", "seen", "label"], dtype=object)
        obs["index"] = np.array([f"cell{n}" for n in range(30)], dtype=text)
        obs["age"] = np.arange(30)
        if old:
            obs["__categories/kind"] = np.array(["a", "b"], dtype=text)
            obs["kind"] = (np.arange(30) % 2).astype(np.int8)
            obs["kind"].attrs["categories"] = obs["__categories/kind"].ref
        else:
            obs["kind/codes"], obs["kind/categories"] = (np.arange(30) % 3 - 1).astype(np.int8), ["a", "b"]
            obs["kind"].attrs.update({"encoding-type": "categorical", "encoding-version": "0.2.0", "ordered": False})
        for name, values in (("seen", np.arange(30) % 2 == 0), ("label", np.array(["x"] * 30, dtype=text))):
            obs[f"{name}/values"], obs[f"{name}/mask"] = values, np.arange(30) % 5 == 0
            obs[name].attrs["encoding-type"] = "nullable-boolean" if name == "seen" else "nullable-string-array"
        root["uns/synthetic"] = "no"
    return buffer.getvalue()


def projector_pair() -> dict[str, bytes]:
    """The two files of TensorBoard's Embedding Projector."""
    rows = np.random.default_rng(2).normal(size=(9, 4)).round(3)
    vectors = "".join("\t".join(map(str, row)) + "\n" for row in rows.tolist())
    metadata = "name\tkind\tage\n" + "".join(f"cell {n}\t{'ab'[n % 2]}\t{n}\n" for n in range(9))
    return {"vectors.tsv": vectors.encode(), "metadata.tsv": metadata.encode()}


def projector_zip() -> bytes:
    """The pair as slviz packs it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, body in projector_pair().items():
            archive.writestr(name, body)
        archive.writestr("provenance.txt", "a trial")
    return buffer.getvalue()


def own_tables() -> list[bytes]:
    """Tables of genes, as slviz, R, DepMap and a spreadsheet write them."""
    graph, _ = demo_and_index()
    genes = graph.genes[:12]
    return [
        ("gene\tlog2FC\tclass\n" + "".join(f"{gene}\t{n / 4 - 1}\tup\n" for n, gene in enumerate(genes))).encode(),
        ('"","logFC","FDR"\n' + "".join(f'"{gene}",{n}.5,1e-{n}\n' for n, gene in enumerate(genes))).encode(),
        ("logFC FDR\n" + "".join(f"{gene} {n}.5 0.0{n}\n" for n, gene in enumerate(genes))).encode(),
        ("gene;wert\n" + "".join(f"{gene};{n},5\n" for n, gene in enumerate(genes))).encode(),
        (",".join(["cell", *(f"{gene} (7{n})" for n, gene in enumerate(genes))]) + "\nACH-1" + ",0.5" * 12).encode(),
    ]


def gene_lists() -> list[bytes]:
    """Pasted lists, by several kinds of names."""
    graph, _ = demo_and_index()
    info = graph.gene_info
    ids = info["ensembl_id"].tolist()[:5] if info is not None else []
    aliases = info["aliases"].tolist()[:5] if info is not None else []
    return [
        each.encode() for each in ("\n".join(graph.genes[:9]), ", ".join(graph.genes[:9]), "; ".join([*ids, *aliases]))
    ]


def gmt_files() -> list[bytes]:
    """Sets of genes, from slviz and as MSigDB and g:Profiler write them."""
    graph, _ = demo_and_index()
    some = "\t".join(graph.genes[:6])
    return [
        f"my lasso\tlasso on a map; slviz\t{some}\nother\t\t{graph.genes[7]}\t{graph.genes[8]}\n".encode(),
        f"HALLMARK_X\thttps://example.org/HALLMARK_X\t{some}\n".encode(),
        f"GO:0006281\tDNA repair\t{some}\nGO:0000398\tsplicing\t{some}\n".encode(),
    ]


def held_out_pairs() -> list[bytes]:
    """Pairs of the demo: with a heading and a score, with commas, bare."""
    graph, _ = demo_and_index()
    pairs = [(graph.genes[a], graph.genes[b]) for a, b in graph.pairs[:12].tolist()]
    return [
        ("gene_a\tgene_b\tscore\n" + "".join(f"{a}\t{b}\t0.{n + 1}\n" for n, (a, b) in enumerate(pairs))).encode(),
        "".join(f"{a},{b}\n" for a, b in pairs).encode(),
        "".join(f"{a} {b}\n" for a, b in pairs).encode(),
    ]


def negatives() -> list[bytes]:
    """Pairs that the demo does not list."""
    graph, _ = demo_and_index()
    known = {tuple(pair) for pair in graph.pairs.tolist()}
    drawn = [(a, a + 1) for a in range(40) if (a, a + 1) not in known][:12]
    return ["".join(f"{graph.genes[a]}\t{graph.genes[b]}\n" for a, b in drawn).encode()]


def sweep_lines() -> list[bytes]:
    """Groups of runs, a line each."""
    return [
        b"--network gat gcn --fold 0 1\n# a remark\n--task link --features both none epochs=20 network.heads=2\n",
        b'--split one-new --fold all --seed 0 1\n--publication "small"\n--split publication --publication largest:2\n',
    ]


def sweep_toml() -> list[bytes]:
    """The same as TOML."""
    return [
        b'task = "link"\n[settings]\nepochs = 20\n[[runs]]\nnetwork = ["gat", "gcn"]\nfold = [0, 1]\n[[runs]]\n'
        b'network = "mlp"\nfeatures = ["none"]\n[runs.settings]\nlearning_rate = 0.01\n',
        b'network = ["gcn"]\nseed = [0, 1, 2]\n',
    ]


def kept_selections() -> list[bytes]:
    """The file of a kept selection."""
    graph, _ = demo_and_index()
    content = {
        "format": 1,
        "name": "mine",
        "genes": list(graph.genes[:3]),
        "note": "a trial",
        "made": "2026-11-22 14:03",
    }
    return [(json.dumps(content) + "\n").encode()]


def pictures_npz() -> list[bytes]:
    """Grey and coloured pictures with labels, as `numpy.savez` writes them."""
    random = np.random.default_rng(3)
    files = []
    for shape in ((12, 4, 3), (12, 4, 3, 3)):
        content = io.BytesIO()
        images = random.integers(0, 256, size=shape).astype(np.uint8)
        np.savez_compressed(content, images=images, labels=np.arange(12) % 3)
        files.append(content.getvalue())
    return files


def pictures_idx() -> list[bytes]:
    """Pictures as MNIST has them."""
    images = np.random.default_rng(3).integers(0, 256, size=(12, 4, 3)).astype(np.uint8)
    return [bytes([0, 0, 8, 3]) + np.array(images.shape, dtype=">u4").tobytes() + images.tobytes()]
