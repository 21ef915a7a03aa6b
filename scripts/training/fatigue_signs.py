"""What tells tired blinks from alert ones in a direction physiology knows: long, uneven, slow to reopen, shallow.

Two parts of the fatigue model rest on these signs alone. *Long blinks* judge a window whose blink frequency is unknown,
as in every drive: of the four features duration alone means the same in another eyelid signal (the card has the
evidence). *Share of drowsy* splits the tired windows of research files into low vigilance and drowsy, which trees
cannot. In both no sign may count against its direction, so a different recording is not yet a tired one.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import minimize
from torch import Tensor, nn

AMPLITUDE, DURATION, VELOCITY = 1, 2, 3  # columns of a window
LONGEST = 5  # of 30 blinks
PENALTY = 0.002  # on squared weights of standardised signs, beside a mean log loss of about 0.7
SIGNS = ("five longest blinks", "spread of duration", "slow reopening", "small amplitude")
LONG_BLINKS = slice(0, 1)  # the sign that a window without frequency is judged by


def compressed(values: Tensor) -> Tensor:
    """Signed logarithms: z-scores have long tails, those of the frequency reach hundreds."""
    return torch.sign(values) * torch.log1p(values.abs())


class Signs(nn.Module):
    """float [N, 30, 4] z-scores -> [N, 4] in the order of SIGNS, each higher when more tired."""

    def forward(self, blinks: Tensor) -> Tensor:
        duration = blinks[..., DURATION]
        longest = torch.sort(duration, 1).values[:, -LONGEST:].mean(1)
        mean = duration.mean(1, keepdim=True)
        spread = ((duration - mean) ** 2).mean(1).sqrt()
        return torch.stack(
            [
                compressed(longest),
                torch.log(spread + 0.3),
                -compressed(blinks[..., VELOCITY]).mean(1),
                -compressed(blinks[..., AMPLITUDE]).mean(1),
            ],
            1,
        )


@torch.no_grad()
def signs(blinks: NDArray[np.float32]) -> NDArray[np.float64]:
    return np.asarray(Signs()(torch.from_numpy(blinks)).numpy(), dtype=np.float64)


class Risk(nn.Module):
    """Logistic regression whose weights are not negative: [N, F] signs -> [N] probability."""

    weight: Tensor
    bias: Tensor

    def __init__(self, weight: NDArray[np.float64], bias: float) -> None:
        super().__init__()
        self.register_buffer("weight", torch.tensor(weight, dtype=torch.float32))
        self.register_buffer("bias", torch.tensor(bias, dtype=torch.float32))

    def forward(self, values: Tensor) -> Tensor:
        return torch.sigmoid((values * self.weight).sum(1) + self.bias)


def fitted(values: NDArray[np.float64], positive: NDArray[np.bool_], weight: NDArray[np.float64]) -> Risk:
    """``values`` [n, F] with a weight for each row; deterministic."""
    mean, deviation = values.mean(axis=0), values.std(axis=0) + 1e-6
    scaled, share = (values - mean) / deviation, weight / weight.sum()
    features = scaled.shape[1]

    def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        slope, bias = parameters[:features], parameters[features]
        score = scaled @ slope + bias
        gap = share * (1 / (1 + np.exp(-score)) - positive)
        value = (share * (np.logaddexp(0, score) - positive * score)).sum() + PENALTY * (slope**2).sum()
        return float(value), np.append(scaled.T @ gap + 2 * PENALTY * slope, gap.sum())

    bounds = [(0.0, None)] * features + [(None, None)]
    best = minimize(loss, np.zeros(features + 1), jac=True, bounds=bounds, method="L-BFGS-B").x
    slope = best[:features] / deviation
    return Risk(slope, float(best[features] - slope @ mean))


class LongBlinks(nn.Module):
    """Signs [N, 4] -> probabilities [N, 3] from the longest blinks: tired or not, then drowsy or not (continuation
    ratio)."""

    def __init__(self, tired: Risk, drowsy: Risk) -> None:
        super().__init__()
        self.tired, self.drowsy = tired, drowsy

    def forward(self, values: Tensor) -> Tensor:
        return chained(self.tired(values[:, LONG_BLINKS]), self.drowsy(values[:, LONG_BLINKS]))


def chained(tired: Tensor, drowsy: Tensor) -> Tensor:
    """[N, 3] from the probability of not being alert and, of those, that of being drowsy."""
    return torch.stack([1 - tired, tired * (1 - drowsy), tired * drowsy], 1)
