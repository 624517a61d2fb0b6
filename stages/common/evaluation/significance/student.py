"""Student's t distribution, for arrays and for degrees of freedom that are no whole numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(64)
_HALVINGS = 45


def cumulative(t: ArrayLike, df: ArrayLike) -> np.ndarray:
    """The probability of a value up to `t`. `df` is at least 1.

    With t = sqrt(df) tan(a) the density becomes cos(a) ** (df - 1), up to a constant: smooth, and
    on a bounded range, so that Gauss and Legendre's rule is exact to some ten places.
    """
    t, df = np.broadcast_arrays(np.asarray(t, float), np.asarray(df, float))
    most = _most(df)
    angle = np.clip(np.arctan(t / np.sqrt(df)), -most, most)
    return np.asarray(0.5 + _integral(angle, df) / (2 * _integral(most, df)))


def quantile(p: float, df: ArrayLike) -> np.ndarray:
    """The value that a share of `p` lies under, 0 < p < 1. Found by halving the angle's range."""
    df = np.asarray(df, float)
    high = _most(df)
    low, wanted = -high, (2 * p - 1) * _integral(high, df)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        under = _integral(middle, df) < wanted
        low, high = np.where(under, middle, low), np.where(under, high, middle)
    return np.asarray(np.sqrt(df) * np.tan((low + high) / 2))


def _most(df: np.ndarray) -> np.ndarray:
    """The angle that all lies under. With many degrees of freedom that is close to zero, and the
    rule's nodes belong there."""
    return np.asarray(np.minimum(np.pi / 2, 10 / np.sqrt(df)))


def _integral(end: np.ndarray, df: np.ndarray) -> np.ndarray:
    """Of the density without its constant, from 0 to `end`; negative for negative angles."""
    density = np.cos(end[..., None] / 2 * (1 + _NODES)) ** (df[..., None] - 1)
    return np.asarray(end / 2 * (density @ _WEIGHTS))
