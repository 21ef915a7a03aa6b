"""The expression net: what is trained, and how it becomes a graph."""

import copy
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from driver_monitor.classifiers.stress_window import EXPRESSIONS
from scripts.training.export import check_equal, halved, save, torch_graph

# The net looks at the middle 44 of 48 px, brought down to 40: three halvings without a remainder.
SEEN_PX, INPUT_PX = 44, 40
# Halves the time where the processor has AMX or AVX512-BF16; elsewhere it would take much longer than float32.
BFLOAT16 = bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())


def conv(inputs: int, outputs: int, size: int = 3, stride: int = 1, relu: bool = True) -> nn.Sequential:
    layers: list[nn.Module] = [
        nn.Conv2d(inputs, outputs, size, stride, size // 2, bias=False),
        nn.BatchNorm2d(outputs),
    ]
    return nn.Sequential(*layers, nn.ReLU(inplace=True)) if relu else nn.Sequential(*layers)


class Residual(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(conv(channels, channels), conv(channels, channels, relu=False))

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(x + self.body(x))


class ExpressionNet(nn.Module):
    """Grey values in any range, float [n, 1, 40, 40] -> logits [n, 7].

    The picture is standardised first. Dense 3x3 convolutions in multiples of 32 channels: on one x86 core they cost
    less time than the depthwise nets with as many parameters, both in training and in ONNX Runtime.
    """

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            conv(1, 32, size=5, stride=2),
            Residual(32),
            conv(32, 64, stride=2),
            Residual(64),
            conv(64, 128, stride=2),
            Residual(128),
            Residual(128),
        )
        self.dropout = nn.Dropout(0.2)
        self.head = nn.Linear(128, len(EXPRESSIONS))

    def forward(self, x: Tensor) -> Tensor:
        centred = x - x.mean((1, 2, 3), keepdim=True)
        deviation = (centred * centred).mean((1, 2, 3), keepdim=True).sqrt()
        features = self.features(centred / (deviation + 1.0))
        logits: Tensor = self.head(self.dropout(features.mean((2, 3))))
        return logits


class Exported(nn.Module):
    """uint8 [N, 1, 48, 48] -> calibrated probabilities [N, 7], of two looks at the face together.

    One is what the net was trained on, the other the mirror image of the middle 40 px as they are: from closer by.
    """

    def __init__(self, net: nn.Module, temperature: float) -> None:
        super().__init__()
        self.net, self.temperature = net, temperature
        down, close = resampling(SEEN_PX), resampling(INPUT_PX)
        self.register_buffer("rows", torch.stack([down, close]))
        self.register_buffer("columns", torch.stack([down, close.flip(0)]).transpose(1, 2))

    def forward(self, face: Tensor) -> Tensor:
        looks = torch.matmul(torch.matmul(self.rows, face.float()), self.columns)
        logits = self.net(looks.view(-1, 1, INPUT_PX, INPUT_PX)).view(-1, 2, len(EXPRESSIONS)).mean(1)
        return F.softmax(logits / self.temperature, dim=1)


def resampling(seen_px: int) -> Tensor:
    """[40, 48], float16 numbers: the middle ``seen_px`` of a line of 48 values, brought to 40."""
    edge = (48 - seen_px) // 2
    line = torch.eye(48)[:, None, edge : edge + seen_px]
    return F.interpolate(line, size=INPUT_PX, mode="linear", align_corners=False)[:, 0].T.half().float()


def middle(faces: Tensor) -> Tensor:
    """uint8 [n, 1, 48, 48] -> float [n, 1, 40, 40]."""
    edge = (48 - SEEN_PX) // 2
    seen = faces[:, :, edge : edge + SEEN_PX, edge : edge + SEEN_PX].float()
    return F.interpolate(seen, size=(INPUT_PX, INPUT_PX), mode="bilinear", align_corners=False)


def predict(net: nn.Module, images: Tensor) -> Tensor:
    """Logits [n, 7] of uint8 [n, 1, 48, 48] at one look, coarsely (bfloat16): how training is getting on."""
    net.eval()
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16, enabled=BFLOAT16):
        parts = [middle(part).contiguous(memory_format=torch.channels_last) for part in images.split(256)]
        return torch.cat([net(part).float() for part in parts])


def export(net: nn.Module, divisor: float, examples: NDArray[np.uint8], path: Path) -> None:
    """The graph: uint8 faces in, calibrated probabilities out; checked against the net on ``examples``.

    Weights are stored as float16 and computed with as float32.
    """
    model = Exported(rounded(net), divisor).eval()
    faces: NDArray[Any] = examples[:, None]
    save(halved(torch_graph(model, torch.from_numpy(faces), "face", ["probabilities"])), path)
    with torch.no_grad():
        check_equal(path, {"face": faces}, "probabilities", model(torch.from_numpy(faces)).numpy())


def rounded(net: nn.Module) -> nn.Module:
    """A copy whose batch norms are part of its convolutions and whose weights are float16 numbers."""
    fused = copy.deepcopy(net).eval().to(memory_format=torch.contiguous_format)
    for block in list(fused.modules()):
        if isinstance(block, nn.Sequential) and len(block) > 1 and isinstance(block[1], nn.BatchNorm2d):
            block[0], block[1] = fuse_conv_bn_eval(block[0], block[1]), nn.Identity()
    with torch.no_grad():
        for weights in fused.parameters():
            weights.copy_(weights.half().float())
    return fused
