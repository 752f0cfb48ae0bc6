"""Reference sets with known answers: scikit-learn's digits, with their pictures, and iris."""

from __future__ import annotations

import numpy as np
import pandas as pd

from slviz.errors import UnknownChoice, nearest
from slviz.vectors.vector_set import VectorSet

REFERENCES = ("digits", "iris")
BRIGHTEST = 16


def reference(name: str) -> VectorSet:
    """The reference set of that name; raises `UnknownChoice`."""
    if name not in REFERENCES:
        raise UnknownChoice(
            f"No reference set is called '{name}'.{nearest(name, REFERENCES)} There are: {', '.join(REFERENCES)}."
        )
    return _digits() if name == "digits" else _iris()


def _digits() -> VectorSet:
    from sklearn.datasets import load_digits

    digits = load_digits()
    digit = digits.target.astype(str).astype(object)  # pyright: ignore[reportAttributeAccessIssue]
    pictures = digits.images  # pyright: ignore[reportAttributeAccessIssue]
    return VectorSet(
        name="digits",
        names=tuple(f"digit {number + 1}" for number in range(len(digit))),
        vectors=digits.data.astype(np.float32),  # pyright: ignore[reportAttributeAccessIssue]
        columns=pd.DataFrame({"digit": digit, "ink": pictures.mean(axis=(1, 2)).astype(np.float32)}),
        images=np.rint(255 - pictures * (255 / BRIGHTEST)).astype(np.uint8),
        title="Handwritten digits",
        origin="Optical recognition of handwritten digits (Alpaydin & Kaynak 1998), 8 × 8 pixels, as in scikit-learn",
    )


def _iris() -> VectorSet:
    from sklearn.datasets import load_iris

    iris = load_iris()
    measured = iris.data.astype(np.float32)  # pyright: ignore[reportAttributeAccessIssue]
    kind = np.asarray(iris.target_names, dtype=object)[iris.target]  # pyright: ignore[reportAttributeAccessIssue]
    titles = [feature_name.removesuffix(" (cm)") for feature_name in iris.feature_names]  # pyright: ignore[reportAttributeAccessIssue]
    columns = pd.DataFrame(measured, columns=pd.Index([f"{title}, cm" for title in titles]))
    columns.insert(0, "species", kind)
    return VectorSet(
        name="iris",
        names=tuple(f"flower {number + 1}" for number in range(len(measured))),
        vectors=measured,
        columns=columns,
        title="Iris flowers",
        origin="Iris (Fisher 1936), four measures of 150 flowers, as in scikit-learn",
    )
