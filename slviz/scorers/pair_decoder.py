"""PairDecoder: a score for any pair of genes from a stored embedding, in NumPy alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Int64

from slviz.errors import DamagedRun

NAMES = ("bilinear", "linear", "sum", "product", "difference", "hidden_bias", "readout", "bias", "bounds")
BLOCK = 8192


@dataclass(frozen=True, eq=False)
class PairTerms:
    """The terms of a pair's score. K hidden units.

    Attributes:
        bilinear: a' B b.
        linear: u'(a + b).
        units: float64 [K], r · relu(…) of each unit; 0 for a unit that is off.
        bias: d.
        bounds: what `raw` is clipped to; empty where the score is its logistic.
    """

    bilinear: float
    linear: float
    units: np.ndarray
    bias: float
    bounds: tuple[float, ...]

    @property
    def raw(self) -> float:
        return self.bilinear + self.linear + float(self.units.sum()) + self.bias

    @property
    def score(self) -> float:
        from scipy.special import expit  # not before something is scored: it is a good part of a viewer's start

        return min(max(self.raw, self.bounds[0]), self.bounds[1]) if self.bounds else float(expit(self.raw))


@dataclass(frozen=True, eq=False)
class PairDecoder:
    """The symmetric decoder of a finished run. D embedding width, K hidden units.

        raw(a, b) = a' B b + u'(a + b) + r' relu(S (a + b) + P (a * b) + Q |a - b| + c) + d

    The score is the logistic of `raw` where `bounds` is empty, else `raw` clipped to the two bounds.
    The same numbers as `slviz.networks.decoders`, which was trained.

    Attributes:
        arrays: "bilinear" B [D, D] (symmetric), "linear" u [D], "sum" S, "product" P and
            "difference" Q [K, D], "hidden_bias" c [K], "readout" r [K], "bias" d [1], "bounds" [0 or 2].
    """

    arrays: Mapping[str, np.ndarray]

    def __post_init__(self) -> None:
        missing = [name for name in NAMES if name not in self.arrays]
        if missing:
            raise DamagedRun(f"The decoder of this run lacks {', '.join(missing)}: it scores no pairs.")

    def score(
        self, embedding: Float32[np.ndarray, "genes width"], pairs: Int64[np.ndarray, "pairs 2"]
    ) -> Float32[np.ndarray, " pairs"]:
        """Score of each pair, the same whichever gene stands first; float32 [N]."""
        blocks = [pairs[start : start + BLOCK] for start in range(0, len(pairs), BLOCK)]
        scored = [self._score(embedding[block[:, 0]], embedding[block[:, 1]]) for block in blocks]
        return np.concatenate(scored) if scored else np.empty(0, dtype=np.float32)

    def score_with(self, embedding: Float32[np.ndarray, "genes width"], gene: int) -> Float32[np.ndarray, " genes"]:
        """Score of one gene with every gene, float32 [G]; its entry with itself has no meaning."""
        part, one = self.arrays, embedding[gene]  # everything that is the same for every partner is done once
        hidden = embedding @ (part["sum"] + part["product"] * one).T + np.abs(embedding - one) @ part["difference"].T
        hidden += part["sum"] @ one + part["hidden_bias"]  # [G, K]
        straight = embedding @ (part["bilinear"] @ one + part["linear"]) + one @ part["linear"]
        return self._finish(straight, hidden)

    def terms(self, embedding: Float32[np.ndarray, "genes width"], pair: tuple[int, int]) -> PairTerms:
        """The terms of the formula for one pair, in double precision; their sum is `raw`."""
        part = {name: np.asarray(array, dtype=np.float64) for name, array in self.arrays.items()}
        a, b = (np.asarray(embedding[gene], dtype=np.float64) for gene in pair)
        units = part["sum"] @ (a + b) + part["product"] @ (a * b) + part["difference"] @ np.abs(a - b)
        return PairTerms(
            bilinear=float(a @ part["bilinear"] @ b),
            linear=float(part["linear"] @ (a + b)),
            units=part["readout"] * np.maximum(units + part["hidden_bias"], 0),
            bias=float(part["bias"][0]),
            bounds=tuple(part["bounds"].tolist()),
        )

    def _score(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        part = self.arrays
        both = a + b
        hidden = both @ part["sum"].T + (a * b) @ part["product"].T + np.abs(a - b) @ part["difference"].T
        straight = ((a @ part["bilinear"]) * b).sum(axis=1) + both @ part["linear"]
        return self._finish(straight, hidden + part["hidden_bias"])

    def _finish(self, straight: np.ndarray, hidden: np.ndarray) -> Float32[np.ndarray, " pairs"]:
        """Scores from the part of `raw` without hidden units [P] and those units before the ReLU [P, K]."""
        from scipy.special import expit

        raw = straight + np.maximum(hidden, 0) @ self.arrays["readout"] + self.arrays["bias"]
        if len(self.arrays["bounds"]):
            return np.clip(raw, *self.arrays["bounds"]).astype(np.float32)
        return expit(raw).astype(np.float32)
