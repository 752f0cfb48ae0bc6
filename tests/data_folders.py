"""A small valid data folder, written file by file, for tests that then break it."""

from __future__ import annotations

import gzip
from pathlib import Path

GENES = [f"GEN{number}" for number in range(1, 13)]
GOOD: dict[str, str] = {
    "genes.txt": "".join(f"{gene}\n" for gene in GENES),
    "pairs.tsv": "GEN1\tGEN2\t0.5\nGEN3\tGEN2\t0.25\nGEN4\tGEN5\t0.9\nGEN6\tGEN7\t0.19\nGEN8\tGEN1\t0.5\n",
    "interactions.tsv": "GEN1\tGEN2\nGEN2\tGEN3\nGEN9\tGEN4\n",
    "terms.gmt": "repair (T:1)\tBP\tGEN1\tGEN2\nsplicing (T:2)\tBP\tGEN3\tGEN4\tGEN5\n",
    "gene_info.tsv": "gene\tentrez_id\tensembl_id\tname\taliases\n"
    + "".join(f"{gene}\t{100 + n}\tENSG{n:011d}\tgene number {n}\tOLD{n}|SHARED\n" for n, gene in enumerate(GENES, 1)),
    "evidence.tsv": "gene_a\tgene_b\tinteraction\tevidence\tpubmed\tcontext\tscore\n"
    "GEN2\tGEN1\tSL\tDaisy\t11\t\t0.5\nGEN3\tGEN2\tSL\tText Mining;Daisy\t12\tHeLa\t0.25\n",
    "feature_ppi_3.txt": "".join(f"{n / 10:.3f} {-n / 7:.3f} 1\n" for n in range(12)),
    "feature_go_2.txt": "".join(f"{n / 3:.3f} 0.5\n" for n in range(12)),
}


def write_folder(folder: Path, **changed: str | bytes | None) -> Path:
    """Writes the good folder; `changed` names files with "__" for "." (None leaves the file out).

    A text is written as UTF-8, bytes as they are, and a name that ends in "__gz" packed with gzip unless it is bytes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    contents: dict[str, str | bytes | None] = {
        **GOOD,
        **{name.replace("__", "."): body for name, body in changed.items()},
    }
    for name, body in contents.items():
        if body is None:
            continue
        raw = body.encode() if isinstance(body, str) else body
        if name.endswith(".gz") and isinstance(body, str):
            raw = gzip.compress(raw, mtime=0)
        (folder / name).write_bytes(raw)
    return folder
