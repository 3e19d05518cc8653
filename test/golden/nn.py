"""Reference values of layers, losses, optimizers and schedules, from PyTorch. Writes nn.json: python3 nn.py"""
import json
import math
import os

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(3)
# Seven digits are what float32 holds.
rounded = lambda tensor: [float(f"{value:.7g}") for value in tensor.detach().reshape(-1).tolist()]
array = lambda tensor: {"shape": list(tensor.shape), "data": rounded(tensor)}
cases = []


def layer(name, module, x, rename=None, training=False, call=None):
    """Output, gradients of the sum of output · weights, and states after the call."""
    module.train(training)
    for parameter in module.parameters():
        if parameter.dim() == 1:  # norms and biases away from their 1 and 0
            with torch.no_grad():
                parameter.add_(0.3 * torch.randn_like(parameter))
    values = {key: value.clone() for key, value in module.state_dict().items() if value.dtype == torch.float32}
    given = x.clone().requires_grad_(True) if x.dtype == torch.float32 else x
    y = call(module, given) if call else module(given)
    weights = torch.randn_like(y)
    (y * weights).sum().backward()
    rename = rename or (lambda key: key)

    def named(items):
        """Names of ours; where a name is a list, rows are divided among them: [(name, rows), …]."""
        result = {}
        for key, value in items.items():
            names = rename(key)
            if isinstance(names, str):
                result[names] = array(value)
                continue
            for (name, _), part in zip(names, value.split([rows for _, rows in names])):
                result[name] = array(part)
        return result

    after = {key: value for key, value in module.state_dict().items() if "running" in key}
    cases.append({
        "name": name, "training": training, "x": array(x), "integers": x.dtype != torch.float32, "y": array(y),
        "weights": array(weights), "values": named(values),
        "gradients": named({key: p.grad for key, p in module.named_parameters()}),
        "xGradient": array(given.grad) if x.dtype == torch.float32 else None,
        "states": named(after) if training else {},
    })


r = torch.randn
layer("dense", nn.Linear(4, 3), r(2, 5, 4))
layer("dense, no bias", nn.Linear(4, 3, bias=False), r(2, 4))
layer("embedding", nn.Embedding(6, 3), torch.randint(0, 6, (2, 4)))
layer("conv1d", nn.Conv1d(4, 6, 3, stride=2, padding=1, dilation=2, groups=2), r(2, 4, 11))
layer("conv2d", nn.Conv2d(3, 4, 3, padding=1), r(2, 3, 5, 6))
layer("conv2d, strided", nn.Conv2d(4, 4, (3, 2), stride=(2, 1), padding=1, groups=4), r(2, 4, 6, 5))
layer("conv2d, same", nn.Conv2d(2, 3, (2, 3), padding="same"), r(1, 2, 5, 5))
layer("convTranspose1d", nn.ConvTranspose1d(4, 6, 3, stride=2, padding=1, output_padding=1, groups=2), r(2, 4, 5))
layer("convTranspose2d", nn.ConvTranspose2d(3, 2, 3, stride=2, padding=1), r(2, 3, 4, 3))
layer("maxPool", nn.MaxPool2d(2), torch.randn(2, 3, 4, 6).round())
layer("maxPool, overlapping", nn.MaxPool2d(3, stride=2, padding=1), torch.randn(2, 2, 7, 6))
layer("averagePool", nn.AvgPool2d(3, stride=2, padding=1), r(2, 2, 7, 6))
layer("adaptiveAveragePool", nn.AdaptiveAvgPool2d((3, 2)), r(2, 2, 7, 5))
layer("upsample", nn.Upsample(scale_factor=2, mode="nearest"), r(1, 2, 3, 2))
layer("layerNorm", nn.LayerNorm(5), r(2, 3, 5))
layer("groupNorm", nn.GroupNorm(2, 4), r(2, 4, 3, 2))
layer("instanceNorm", nn.InstanceNorm2d(3, affine=True), r(2, 3, 4, 3))
layer("batchNorm, training", nn.BatchNorm2d(3), r(4, 3, 2, 2) * 2 + 1, training=True)
layer("batchNorm", nn.BatchNorm1d(3), r(4, 3))
layer("lstm", nn.LSTM(3, 4, batch_first=True), r(2, 5, 3), call=lambda m, x: m(x)[0])
layer("lstm, deep, both ways", nn.LSTM(3, 4, num_layers=2, bidirectional=True, batch_first=True), r(2, 5, 3),
      call=lambda m, x: m(x)[0])
layer("gru", nn.GRU(3, 4, batch_first=True), r(2, 5, 3), call=lambda m, x: m(x)[0])
layer("gru, both ways", nn.GRU(3, 4, bidirectional=True, batch_first=True), r(2, 5, 3), call=lambda m, x: m(x)[0])

attention_names = lambda key: key.replace("in_proj_weight", "qkv.weight").replace("in_proj_bias", "qkv.bias").replace("out_proj", "output")
causal = torch.triu(torch.full((5, 5), float("-inf")), 1)
layer("attention", nn.MultiheadAttention(8, 2, batch_first=True), r(2, 5, 8), attention_names,
      call=lambda m, x: m(x, x, x, need_weights=False)[0])
layer("attention, causal", nn.MultiheadAttention(8, 2, batch_first=True), r(2, 5, 8), attention_names,
      call=lambda m, x: m(x, x, x, attn_mask=causal, need_weights=False)[0])
block_names = lambda key: attention_names(key).replace("self_attn", "attention").replace("linear1", "feedForward.0").replace("linear2", "feedForward.2")
for before in (True, False):
    layer(f"transformerBlock, norm {'before' if before else 'after'}",
          nn.TransformerEncoderLayer(8, 2, 16, dropout=0.0, activation="gelu", batch_first=True, norm_first=before),
          r(2, 5, 8), block_names, training=True)


class RmsNorm(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x):
        return x / torch.sqrt((x * x).mean(-1, keepdim=True) + 1e-6) * self.weight


layer("rmsNorm", RmsNorm(5), r(2, 3, 5))
layer("residual", nn.Linear(4, 4), r(3, 4), call=lambda m, x: x + m(x))
layer("adaptiveMaxPool", nn.AdaptiveMaxPool2d((3, 2)), r(2, 2, 7, 5))
layer("globalAveragePool", nn.AdaptiveAvgPool2d(1), r(2, 3, 4, 5), call=lambda m, x: m(x).flatten(1))
layer("globalMaxPool", nn.AdaptiveMaxPool2d(1), r(2, 3, 4, 5), call=lambda m, x: m(x).flatten(1))
layer("flatten", nn.Flatten(), r(2, 3, 4))
layer("lstm, last", nn.LSTM(3, 4, batch_first=True), r(2, 5, 3), call=lambda m, x: m(x)[0][:, -1])
layer("gru, last, both ways", nn.GRU(3, 4, bidirectional=True, batch_first=True), r(2, 5, 3),
      call=lambda m, x: torch.cat(tuple(m(x)[1]), 1))

# What attention is given beside x: keys that are hidden, and a memory. The test builds the same numbers.
seen = torch.tensor([[1, 1, 1, 0, 0], [1, 1, 1, 1, 0]], dtype=torch.bool)
memory = torch.sin(torch.arange(2 * 3 * 8, dtype=torch.float32)).reshape(2, 3, 8)
layer("attention, masked", nn.MultiheadAttention(8, 2, batch_first=True), r(2, 5, 8), attention_names,
      call=lambda m, x: m(x, x, x, key_padding_mask=~seen, need_weights=False)[0])


def cross_names(key):
    """Queries come from x, keys and values from the memory."""
    for kind in ("weight", "bias"):
        if key.endswith("in_proj_" + kind):
            return [("query." + kind, 8), ("keyValue." + kind, 16)]
    return key.replace("out_proj", "output")


layer("attention, cross", nn.MultiheadAttention(8, 2, batch_first=True), r(2, 5, 8), cross_names,
      call=lambda m, x: m(x, memory, memory, need_weights=False)[0])


class Attention(nn.Module):
    """Attention whose heads of keys and values are shared, and whose queries and keys may be turned."""

    def __init__(self, width, heads, shared, rotary=False):
        super().__init__()
        self.heads, self.shared, self.size, self.rotary = heads, shared, width // heads, rotary
        self.qkv = nn.Linear(width, width + 2 * shared * self.size)
        self.output = nn.Linear(width, width)

    def turned(self, x):
        if not self.rotary:
            return x
        half = self.size // 2
        angles = torch.arange(x.shape[2])[:, None] / 10_000 ** (torch.arange(half) / half)
        a, b = x.split(half, -1)
        return torch.cat([a * angles.cos() - b * angles.sin(), b * angles.cos() + a * angles.sin()], -1)

    def forward(self, x):
        n, time, width = x.shape
        parts = self.qkv(x).split([width, self.shared * self.size, self.shared * self.size], -1)
        q, k, v = (part.reshape(n, time, -1, self.size).transpose(1, 2) for part in parts)
        k, v = (part.repeat_interleave(self.heads // self.shared, 1) for part in (self.turned(k), v))
        weights = torch.softmax(self.turned(q) @ k.transpose(2, 3) / math.sqrt(self.size), -1)
        return self.output((weights @ v).transpose(1, 2).reshape(n, time, width))


# The module is PyTorch's own where nothing is shared or turned.
own, theirs = Attention(8, 2, 2), nn.MultiheadAttention(8, 2, batch_first=True)
own.load_state_dict({attention_names(key): value for key, value in theirs.state_dict().items()})
given = r(2, 5, 8)
assert torch.allclose(own(given), theirs(given, given, given)[0], atol=1e-6)
layer("attention, shared keys and values", Attention(8, 4, 2), r(2, 5, 8))
layer("attention, rotary", Attention(8, 2, 2, rotary=True), r(2, 5, 8))


def decoder_names(key):
    if key.startswith("multihead_attn."):
        names = cross_names(key.replace("multihead_attn.", ""))
        return "crossAttention." + names if isinstance(names, str) else [("crossAttention." + name, rows) for name, rows in names]
    # PyTorch counts the norms in the order of the parts; ours of the memory came last.
    return block_names(key.replace("norm2", "norm?").replace("norm3", "norm2").replace("norm?", "norm3"))


for before in (True, False):
    layer(f"transformerBlock, with memory, norm {'before' if before else 'after'}",
          nn.TransformerDecoderLayer(8, 2, 16, dropout=0.0, activation="gelu", batch_first=True, norm_first=before),
          r(2, 5, 8), decoder_names, training=True, call=lambda m, x: m(x, memory, tgt_mask=causal))


class Positions(nn.Module):
    """Vaswani et al. 2017: sines at even places of a vector, cosines at odd ones."""

    def forward(self, x):
        time, width = x.shape[1:]
        angles = torch.arange(time)[:, None] / 10_000 ** (torch.arange(0, width, 2) / width)
        return x + torch.stack([angles.sin(), angles.cos()], -1).reshape(time, width)


layer("sinusoidalPositions", Positions(), r(2, 5, 8))
for name, f in {
    "sigmoid": nn.Sigmoid(), "tanh": nn.Tanh(),
    "relu": nn.ReLU(), "gelu": nn.GELU(), "geluTanh": nn.GELU(approximate="tanh"), "silu": nn.SiLU(),
    "leakyRelu": nn.LeakyReLU(), "elu": nn.ELU(), "softplus": nn.Softplus(), "softmax": nn.Softmax(-1),
}.items():
    layer(name, f, r(2, 6) * 2)

losses = []


def loss(name, x, y, value):
    x.grad = None
    value.backward()
    losses.append({"name": name, "x": array(x), "y": array(y.float()), "value": value.item(), "gradient": array(x.grad)})


def inputs(*shape):
    return torch.randn(*shape, requires_grad=True)


classes = torch.tensor([0, 2, 1, 2])
x = inputs(4, 3)
loss("crossEntropy", x, classes, F.cross_entropy(x, classes))
weighted = torch.tensor([1.0, 2.0, 0.5])
x = inputs(4, 3)
loss("crossEntropy, weights", x, classes, F.cross_entropy(x, classes, weight=weighted))
x = inputs(4, 3)
loss("crossEntropy, smoothing", x, classes, F.cross_entropy(x, classes, label_smoothing=0.1))
x = inputs(4, 3)
loss("crossEntropy, weights and smoothing", x, classes, F.cross_entropy(x, classes, weight=weighted, label_smoothing=0.1))
ignored = torch.tensor([0, -100, 1, -100])
x = inputs(4, 3)
loss("crossEntropy, ignored", x, ignored, F.cross_entropy(x, ignored, label_smoothing=0.2))
binary = torch.tensor([1.0, 0.0, 1.0, 1.0])
x = inputs(4)
loss("binaryCrossEntropy", x, binary, F.binary_cross_entropy_with_logits(x, binary))
x = inputs(4)
p = torch.sigmoid(x)
right = p * binary + (1 - p) * (1 - binary)
balance = 0.25 * binary + 0.75 * (1 - binary)
loss("focal", x, binary, (balance * (1 - right) ** 2 * F.binary_cross_entropy_with_logits(x, binary, reduction="none")).mean())
numbers = torch.randn(2, 3)
for name, f in {
    "meanSquaredError": F.mse_loss, "meanAbsoluteError": F.l1_loss, "huber": lambda a, b: F.huber_loss(a, b, delta=0.5),
    "quantile": lambda a, b: torch.maximum(0.9 * (b - a), -0.1 * (b - a)).mean(),
}.items():
    x = inputs(2, 3)
    loss(name, x, numbers, f(x, numbers))
target = torch.softmax(torch.randn(2, 3), -1)
x = inputs(2, 3)
loss("klDivergence", x, target, F.kl_div(x, target, reduction="batchmean"))
positive, negative = torch.randn(3, 4), torch.randn(3, 4)
x = inputs(3, 4)
loss("triplet", x, torch.cat([positive, negative]), F.triplet_margin_loss(x, positive, negative, margin=1.5))
mask = (torch.rand(2, 3, 3) > 0.5).float()
x = inputs(2, 3, 3)
p = torch.sigmoid(x)
loss("dice", x, mask, (1 - (2 * (p * mask).sum((1, 2)) + 1) / (p.sum((1, 2)) + mask.sum((1, 2)) + 1)).mean())

pairs, same = torch.randn(4, 3), torch.tensor([1.0, 0.0, 0.0, 1.0])
x = inputs(4, 3)
distance = torch.sqrt(((x - pairs) ** 2).sum(-1) + 1e-12)
loss("contrastive", x, torch.cat([pairs, same[:, None]], 1),
     (same * distance ** 2 + (1 - same) * torch.relu(2.0 - distance) ** 2).mean())

optimizers = []


def optimizer(name, make, clip=None, accumulate=1):
    w = nn.Parameter(torch.randn(3, 2))
    b = nn.Parameter(torch.randn(2))
    start = {"w": array(w.clone()), "b": array(b.clone())}
    data, goal = torch.randn(5, 3), torch.randn(5, 2)
    opt = make([w, b])
    for step in range(12):
        # Each call sees the data a little stretched, so that batches differ.
        (F.mse_loss(data * (1 + step / 12) @ w + b, goal) / accumulate).backward()
        if (step + 1) % accumulate > 0:
            continue
        if clip is not None:
            nn.utils.clip_grad_norm_([w, b], clip)
        opt.step()
        opt.zero_grad()
    optimizers.append({"name": name, "start": start, "x": array(data), "y": array(goal), "end": {"w": array(w), "b": array(b)}})


optimizer("sgd", lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, weight_decay=0.01))
optimizer("sgd, nesterov", lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, nesterov=True))
optimizer("adam", lambda p: torch.optim.Adam(p, lr=0.05))
optimizer("adamW", lambda p: torch.optim.AdamW(p, lr=0.05, weight_decay=0.1))
optimizer("rmsprop", lambda p: torch.optim.RMSprop(p, lr=0.02, momentum=0.5))
optimizer("adagrad", lambda p: torch.optim.Adagrad(p, lr=0.1))
optimizer("clipped", lambda p: torch.optim.SGD(p, lr=0.1), clip=0.5)
optimizer("accumulated", lambda p: torch.optim.Adam(p, lr=0.05), accumulate=3)
optimizer("accumulated and clipped", lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9), clip=0.5, accumulate=4)

schedules = []


def schedule(name, make, steps):
    """Factors of a rate of 1, step by step."""
    opt = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=1.0)
    scheduler = make(opt)
    factors = []
    for _ in range(steps):
        factors.append(opt.param_groups[0]["lr"])
        opt.step()
        scheduler.step()
    schedules.append({"name": name, "factors": factors})


rates = torch.optim.lr_scheduler
schedule("cosine", lambda o: rates.CosineAnnealingLR(o, 10), 11)
schedule("cosine to a floor", lambda o: rates.CosineAnnealingLR(o, 10, eta_min=0.1), 11)
schedule("step", lambda o: rates.StepLR(o, 3, gamma=0.5), 12)
schedule("warmup", lambda o: rates.LinearLR(o, start_factor=0.25, total_iters=3), 6)
schedule("oneCycle", lambda o: rates.OneCycleLR(o, max_lr=1.0, total_steps=20), 20)
schedule("oneCycle, other", lambda o: rates.OneCycleLR(o, max_lr=1.0, total_steps=15, pct_start=0.4, div_factor=10, final_div_factor=100), 15)

# Losses that fall, stall, and improve by less than the threshold.
plateau_losses = [1, 0.9, 0.95, 0.9, 0.89999, 0.91, 0.5, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.4]
opt = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=1.0)
scheduler = rates.ReduceLROnPlateau(opt, factor=0.5, patience=2, min_lr=0.2)
plateau_factors = []
for value in plateau_losses:
    scheduler.step(value)
    plateau_factors.append(opt.param_groups[0]["lr"])

path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "nn.json")
with open(path, "w") as file:
    json.dump({"torch": torch.__version__, "layers": cases, "losses": losses, "optimizers": optimizers,
               "schedules": schedules, "plateau": {"losses": plateau_losses, "factors": plateau_factors}}, file, separators=(",", ":"))
    file.write("\n")
