"""Confidence that means what it says."""

import math

import torch.nn.functional as F
from torch import Tensor


def temperature(logits: Tensor, kind: Tensor, *, balanced: bool = False) -> float:
    """The divisor of the logits with the least log loss, each kind weighing the same if ``balanced``."""
    weight = len(kind) / kind.bincount() if balanced else None
    tried = [math.exp(step / 50) for step in range(-75, 76)]
    return min(tried, key=lambda divisor: F.cross_entropy(logits / divisor, kind, weight).item())
