"""Trains the network of printed-digits.onnx on the digits of glyphs.txt, and exports it: python3 printed-digits.py

Debian's python3-torch 1.13. Digits are drawn as examples/common/glyphs.ts draws them.
"""
import pathlib

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

here = pathlib.Path(__file__).parent
torch.manual_seed(0)
torch.set_num_threads(1)
random = np.random.RandomState(0)
side = 28

lines = (here / "glyphs.txt").read_text().split()
glyphs = np.array([[[dot == "#" for dot in line] for line in lines[i + 1 : i + 8]] for i in range(0, 80, 8)], np.float32)


def draw(count):
    """So many digits, each in another size, slant, turn and place, with noise."""
    labels = random.randint(10, size=count)
    size, slant, turn, right, down = (part[:, None, None] for part in random.uniform(-1, 1, (5, count)))
    cell, slant, turn = 3 + 0.5 * size, 0.2 * slant, 0.2 * turn
    y, x = np.mgrid[:side, :side] + 0.5
    x, y = (x - side / 2 - 2.5 * right) / cell, (y - side / 2 - 2.5 * down) / cell
    column = x * np.cos(turn) + y * (np.sin(turn) + slant) + 2
    row = y * np.cos(turn) - x * np.sin(turn) + 3
    left, top = np.floor(column).astype(int), np.floor(row).astype(int)
    u, v = column - left, row - top
    padded = np.zeros((10, 9, 7), np.float32)
    padded[:, 1:8, 1:6] = glyphs

    def dot(i, j):
        return padded[labels[:, None, None], np.clip(j + 1, 0, 8), np.clip(i + 1, 0, 6)]

    above = (1 - u) * dot(left, top) + u * dot(left + 1, top)
    below = (1 - u) * dot(left, top + 1) + u * dot(left + 1, top + 1)
    ink = (1 - v) * above + v * below + 0.15 * random.randn(count, side, side)
    return torch.tensor(ink.clip(0, 1)[:, None], dtype=torch.float32), torch.tensor(labels)


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(32, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        )
        self.classifier = nn.Linear(288, 10)

    def forward(self, image):
        return self.classifier(torch.flatten(self.features(image), 1))


model = Reader()
steps = 600
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 3e-3, total_steps=steps)
for step in range(steps):
    images, labels = draw(64)
    optimizer.zero_grad()
    F.cross_entropy(model(images), labels).backward()
    optimizer.step()
    schedule.step()
images, labels = draw(2000)
print(f"accuracy {(model(images).argmax(1) == labels).float().mean().item():.4f}")

torch.onnx.export(
    model.eval(),
    images[:2],
    here / "printed-digits.onnx",
    opset_version=13,
    input_names=["image"],
    output_names=["scores"],
    dynamic_axes={"image": {0: "batch"}, "scores": {0: "batch"}},
)
