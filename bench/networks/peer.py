"""PyTorch's side of the network benchmark: the same four networks.

dump MODEL FOLDER       writes initial parameters, a batch, gradients of the first step, and ten steps, in float64
serve MODEL THREADS OPTIONS   for each line "N" on standard input: N steps, prints their milliseconds as JSON
OPTIONS: foreach, channels-last, blas (only matrix products divide their work), joined by commas
"""
import json
import math
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

command, model = sys.argv[1], sys.argv[2]
options = sys.argv[4].split(",") if command == "serve" and len(sys.argv) > 4 else []
torch.set_num_threads(int(sys.argv[3]) if command == "serve" and "blas" not in options else 1)
torch.manual_seed(0)


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.ln1 = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)
        self.ln2 = nn.LayerNorm(width)
        self.fc = nn.Linear(width, 4 * width)
        self.out = nn.Linear(4 * width, width)

    def forward(self, x, mask):
        batch, length, width = x.shape
        shape = (batch, length, self.heads, width // self.heads)
        q, k, v = (part.view(shape).transpose(1, 2) for part in self.qkv(self.ln1(x)).split(width, 2))
        scores = (q @ k.transpose(-2, -1)) / math.sqrt(width // self.heads)
        weights = F.softmax(scores.masked_fill(mask, float("-inf")), -1)
        x = x + self.proj((weights @ v).transpose(1, 2).contiguous().view(batch, length, width))
        return x + self.out(F.gelu(self.fc(self.ln2(x))))


class Gpt(nn.Module):
    def __init__(self, vocabulary=65, length=64, width=128, layers=4, heads=4):
        super().__init__()
        self.wte = nn.Embedding(vocabulary, width)
        self.wpe = nn.Embedding(length, width)
        self.blocks = nn.ModuleList([Block(width, heads) for _ in range(layers)])
        self.lnf = nn.LayerNorm(width)
        for parameter in self.parameters():
            if parameter.dim() == 2:
                nn.init.normal_(parameter, 0, 0.02)
        self.mask = torch.triu(torch.ones(length, length), 1).bool()

    def forward(self, tokens):
        x = self.wte(tokens) + self.wpe.weight
        for block in self.blocks:
            x = block(x, self.mask)
        return F.linear(self.lnf(x), self.wte.weight)


class Lstm(nn.Module):
    def __init__(self, vocabulary=65, width=128):
        super().__init__()
        self.emb = nn.Embedding(vocabulary, width)
        self.lstm = nn.LSTM(width, width)
        self.out = nn.Linear(width, vocabulary)

    def forward(self, tokens):
        return self.out(self.lstm(self.emb(tokens.t()))[0]).transpose(0, 1).contiguous()


foreach = "foreach" in options
if model == "mlp":
    net = nn.Sequential(
        nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 512), nn.ReLU(), nn.Linear(512, 10)
    )
    x, y = torch.rand(128, 784), torch.randint(0, 10, (128,))
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3, foreach=foreach)
elif model == "cnn":
    net = nn.Sequential(
        nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(3136, 128), nn.ReLU(), nn.Linear(128, 10),
    )
    x, y = torch.rand(128, 1, 28, 28), torch.randint(0, 10, (128,))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9, foreach=foreach)
    if "channels-last" in options:
        net = net.to(memory_format=torch.channels_last)
elif model == "gpt":
    net = Gpt()
    x, y = torch.randint(0, 65, (12, 64)), torch.randint(0, 65, (12 * 64,))
    groups = [
        {"params": [p for p in net.parameters() if p.dim() >= 2], "weight_decay": 0.1},
        {"params": [p for p in net.parameters() if p.dim() < 2], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, lr=1e-3, betas=(0.9, 0.99), foreach=foreach)
else:
    net = Lstm()
    x, y = torch.randint(0, 65, (32, 64)), torch.randint(0, 65, (32 * 64,))
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3, foreach=foreach)


def step():
    logits = net(x)
    loss = F.cross_entropy(logits.reshape(-1, logits.shape[-1]), y)
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()
    return loss.item()


def flat(tensors):
    return torch.cat([tensor.detach().reshape(-1) for tensor in tensors]).numpy().astype(np.float32)


if command == "dump":
    folder = sys.argv[3]
    names = [(name, list(p.shape)) for name, p in net.named_parameters()]
    flat(net.parameters()).tofile(f"{folder}/initial.f32")
    integers = x.dtype != torch.float32
    x.numpy().astype(np.int32 if integers else np.float32).tofile(f"{folder}/x.bin")
    y.numpy().astype(np.int32).tofile(f"{folder}/y.bin")
    # The steps to agree with are taken in float64: by float32 PyTorch's own end 1.8e-4 away from them (mlp).
    net.double()
    x = x if integers else x.double()
    losses = []
    for i in range(10):
        losses.append(step())
        if i == 0:
            flat([p.grad for p in net.parameters()]).tofile(f"{folder}/gradients.f32")
    flat(net.parameters()).tofile(f"{folder}/tenth.f32")
    with open(f"{folder}/about.json", "w") as file:
        json.dump({"parameters": names, "x": list(x.shape), "losses": losses, "torch": torch.__version__}, file)
else:
    classes = 10 if model in ("mlp", "cnn") else 65
    for line in sys.stdin:
        times = []
        for _ in range(int(line)):
            y.random_(0, classes)
            start = time.perf_counter()
            step()
            times.append((time.perf_counter() - start) * 1e3)
        print(json.dumps(times), flush=True)
