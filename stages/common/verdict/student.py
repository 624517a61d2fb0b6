"""Student's t distribution, for arrays and for degrees of freedom that are no whole numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(64)
_HALVINGS = 60


def cumulative(t: ArrayLike, df: ArrayLike) -> np.ndarray:
    """The probability of a value up to `t`. `df` is at least 1.

    With t = sqrt(df) tan(a) the density becomes cos(a) ** (df - 1), up to a constant: smooth, and
    on a bounded range, so that Gauss and Legendre's rule is exact to some ten places.
    """
    t, df = np.broadcast_arrays(np.asarray(t, float), np.asarray(df, float))
    return 0.5 + _share(np.arctan(t / np.sqrt(df)), df)


def quantile(p: float, df: ArrayLike) -> np.ndarray:
    """The value that a share of `p` lies under, 0 < p < 1. Found by halving the angle's range."""
    df = np.asarray(df, float)
    low, high = np.full(df.shape, -np.pi / 2), np.full(df.shape, np.pi / 2)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        under = 0.5 + _share(middle, df) < p
        low, high = np.where(under, middle, low), np.where(under, high, middle)
    return np.asarray(np.sqrt(df) * np.tan((low + high) / 2))


def _share(angle: np.ndarray, df: np.ndarray) -> np.ndarray:
    """The probability between 0 and `angle`, negative for negative angles."""
    # With many degrees of freedom all lies near zero; the nodes belong there.
    most = np.minimum(np.pi / 2, 10 / np.sqrt(df))
    return np.asarray(_integral(np.clip(angle, -most, most), df) / (2 * _integral(most, df)))


def _integral(end: np.ndarray, df: np.ndarray) -> np.ndarray:
    density = np.cos(end[..., None] / 2 * (1 + _NODES)) ** (df[..., None] - 1)
    return np.asarray(end / 2 * (density @ _WEIGHTS))
