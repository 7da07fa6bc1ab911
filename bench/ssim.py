"""SSIM of brightness (Wang et al. 2004, in windows of 8 x 8 pixels): 1 is the same picture."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image

WINDOW = 8
_C1, _C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
Grey = npt.NDArray[np.float64]


def grey(picture: Image.Image) -> Grey:
    """Its brightness, what is transparent laid on white."""
    rgba = picture.convert("RGBA")
    flat = Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba)
    return np.asarray(flat.convert("L"), dtype=np.float64)


def ssim(one: Grey, other: Grey) -> float:
    """The mean over all windows."""
    mean_one, mean_other = _mean(one), _mean(other)
    spread_one = _mean(one * one) - mean_one**2
    spread_other = _mean(other * other) - mean_other**2
    together = _mean(one * other) - mean_one * mean_other
    alike = (2 * mean_one * mean_other + _C1) * (2 * together + _C2)
    return float(np.mean(alike / ((mean_one**2 + mean_other**2 + _C1) * (spread_one + spread_other + _C2))))


def _mean(values: Grey) -> Grey:
    """Of each window, by sums over the rectangle from the corner."""
    sums = np.pad(values.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    whole = sums[WINDOW:, WINDOW:] - sums[:-WINDOW, WINDOW:] - sums[WINDOW:, :-WINDOW]
    return (whole + sums[:-WINDOW, :-WINDOW]) / WINDOW**2
