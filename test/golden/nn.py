"""Reference values of layers, losses and optimizers, from PyTorch. Writes nn.json: python3 nn.py"""
import json
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
    named = lambda items: {rename(key): array(value) for key, value in items.items()}
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
for name, f in {
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

optimizers = []


def optimizer(name, make):
    w = nn.Parameter(torch.randn(3, 2))
    b = nn.Parameter(torch.randn(2))
    start = {"w": array(w.clone()), "b": array(b.clone())}
    data, goal = torch.randn(5, 3), torch.randn(5, 2)
    opt = make([w, b])
    for _ in range(12):
        opt.zero_grad()
        F.mse_loss(data @ w + b, goal).backward()
        opt.step()
    optimizers.append({"name": name, "start": start, "x": array(data), "y": array(goal), "end": {"w": array(w), "b": array(b)}})


optimizer("sgd", lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, weight_decay=0.01))
optimizer("sgd, nesterov", lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, nesterov=True))
optimizer("adam", lambda p: torch.optim.Adam(p, lr=0.05))
optimizer("adamW", lambda p: torch.optim.AdamW(p, lr=0.05, weight_decay=0.1))
optimizer("rmsprop", lambda p: torch.optim.RMSprop(p, lr=0.02, momentum=0.5))
optimizer("adagrad", lambda p: torch.optim.Adagrad(p, lr=0.1))

path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "nn.json")
with open(path, "w") as file:
    json.dump({"torch": torch.__version__, "layers": cases, "losses": losses, "optimizers": optimizers}, file, separators=(",", ":"))
    file.write("\n")
