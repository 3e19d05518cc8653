"""PyTorch's side of the character GPT: nanoGPT's setting for computers without a GPU, as examples/character-gpt.ts has it.

gpt.py FILE THREADS    for each line "N" on standard input: N steps and a look at the whole text that is held back;
                       prints seconds, processor seconds and the loss as JSON
"""
import gzip
import json
import math
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(int(sys.argv[2]))
torch.manual_seed(0)
blocks, heads, width, context, batch, steps = 4, 4, 128, 64, 12, 2000

text = gzip.open(sys.argv[1], "rt").read()
letters = {letter: code for code, letter in enumerate(sorted(set(text)))}
codes = torch.tensor([letters[letter] for letter in text])
border = int(0.9 * len(codes))
train, held = codes[:border], codes[border:]


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.output = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.wide, self.narrow = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.register_buffer("ahead", torch.ones(context, context).triu(1).bool())

    def forward(self, x):
        rows, time, _ = x.shape
        parts = self.qkv(self.norm1(x)).view(rows, time, 3, heads, width // heads)
        q, k, v = parts.permute(2, 0, 3, 1, 4)
        scores = (q @ k.transpose(-2, -1)) / math.sqrt(width // heads)
        mixed = scores.masked_fill(self.ahead, float("-inf")).softmax(-1) @ v
        x = x + self.output(mixed.transpose(1, 2).reshape(rows, time, width))
        return x + self.narrow(F.gelu(self.wide(self.norm2(x))))


class Gpt(nn.Module):
    def __init__(self):
        super().__init__()
        self.words, self.places = nn.Embedding(len(letters), width), nn.Embedding(context, width)
        self.blocks = nn.Sequential(*[Block() for _ in range(blocks)])
        self.norm, self.scores = nn.LayerNorm(width), nn.Linear(width, len(letters), bias=False)
        for weight in (self.words.weight, self.places.weight, self.scores.weight):
            nn.init.normal_(weight, 0, 0.02)

    def forward(self, x):
        return self.scores(self.norm(self.blocks(self.words(x) + self.places.weight)))


net = Gpt()
groups = [
    {"params": [p for p in net.parameters() if p.dim() >= 2], "weight_decay": 0.1},
    {"params": [p for p in net.parameters() if p.dim() < 2], "weight_decay": 0.0},
]
optimizer = torch.optim.AdamW(groups, lr=1e-3, betas=(0.9, 0.99), foreach=True)


def factor(step):
    if step < 100:
        return (step + 1) / 100
    return 0.1 + 0.45 * (1 + math.cos(math.pi * min(1, (step - 100) / (steps - 100))))


schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, factor)


def passages(source, starts):
    taken = source[starts[:, None] + torch.arange(context + 1)]
    return taken[:, :-1], taken[:, 1:]


def loss_of(x, y):
    return F.cross_entropy(net(x).flatten(0, 1), y.flatten())


def step():
    loss = loss_of(*passages(train, torch.randint(len(train) - context - 1, (batch,))))
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 1)
    optimizer.step()
    schedule.step()
    return loss.item()


@torch.no_grad()
def held_loss():
    starts = torch.arange((len(held) - 1) // context) * context
    return sum(loss_of(*passages(held, some)).item() * len(some) for some in starts.split(64)) / len(starts)


print(json.dumps(torch.__version__), flush=True)
for line in sys.stdin:
    start, used = time.perf_counter(), time.process_time()
    for _ in range(int(line)):
        step()
    loss = held_loss()
    told = {"seconds": time.perf_counter() - start, "processor": time.process_time() - used, "loss": loss}
    print(json.dumps(told), flush=True)
