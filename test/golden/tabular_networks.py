"""Networks for tables in PyTorch, from the formulas of the papers (arXiv:2410.24210, arXiv:2203.05556): outputs and gradients from
equal parameters; writes tabular_networks.json beside itself. float64 here, float32 there: 1e-5 relative to the largest.

Run: /usr/bin/python3 test/golden/tabular_networks.py
"""
import json
import pathlib

import numpy as np
import torch

random = np.random.RandomState(11)
ROWS, FLAGS, NUMBERS, LEVELS, WIDTH, MEMBERS, HIDDEN, OUTPUTS = 7, 2, 3, [4, 3], 16, 3, 5, 2
# The second column has fewer pieces than the others.
EDGES = [[-2.0, -0.5, 0.25, 1.5], [-1.0, 1.0], [-3.0, -1.5, 0.0, 2.5]]


def numbers(*shape):
    return np.round(random.standard_normal(shape), 3)


def pieces(z):
    """[N, q] to [N, q, pieces]: the share of each piece that lies below z."""
    most = max(len(edges) for edges in EDGES) - 1
    out = torch.zeros(*z.shape, most, dtype=z.dtype)
    for j, edges in enumerate(EDGES):
        for i, (low, high) in enumerate(zip(edges, edges[1:])):
            out[:, j, i] = ((z[:, j] - low) / (high - low)).clamp(0, 1)
    return out


def embedded(kind, x, p):
    flags, z, codes = x[:, :FLAGS], x[:, FLAGS:FLAGS + NUMBERS], x[:, FLAGS + NUMBERS:].long()
    parts = [flags]
    if kind == "none":
        parts.append(z)
    else:
        if kind == "periodic":
            basis = torch.cos(2 * np.pi * z[:, :, None] * p["numbers.frequency"][:, 0] + p["numbers.phase"][:, 0])
        else:
            basis = pieces(z)
        straight = z[:, :, None] * p["numbers.slope"] + p["numbers.shift"]
        parts.append((straight + torch.einsum("nqb,qbd->nqd", basis, p["numbers.weight"])).flatten(1))
    start = 0
    for column, count in enumerate(LEVELS):
        parts.append(p["categories.weight"][start + codes[:, column]])
        start += count
    return torch.cat(parts, 1)


def outputs(kind, x, p):
    h = embedded(kind, x, p)[None] * p["scale"][:, None]
    h = torch.relu(h @ p["hidden.0.weight"].T + p["hidden.0.bias"])
    return torch.einsum("mnh,mho->mno", h, p["output.weight"]) + p["output.bias"]


def parameters(kind):
    width = FLAGS + (NUMBERS if kind == "none" else NUMBERS * WIDTH) + len(LEVELS) * WIDTH
    functions = {"none": 0, "periodic": 16, "piecewise-linear": max(len(edges) for edges in EDGES) - 1}[kind]
    shapes = {
        "scale": (MEMBERS, width), "hidden.0.weight": (HIDDEN, width), "hidden.0.bias": (HIDDEN,),
        "output.weight": (MEMBERS, HIDDEN, OUTPUTS), "output.bias": (MEMBERS, 1, OUTPUTS), "categories.weight": (sum(LEVELS), WIDTH),
    }
    if kind != "none":
        shapes.update({"numbers.slope": (NUMBERS, WIDTH), "numbers.shift": (NUMBERS, WIDTH), "numbers.weight": (NUMBERS, functions, WIDTH)})
    if kind == "periodic":
        shapes.update({"numbers.frequency": (NUMBERS, 1, 16), "numbers.phase": (NUMBERS, 1, 16)})
    return {path: numbers(*shape) for path, shape in shapes.items()}


def pack(array):
    return {"shape": list(array.shape), "data": [float(f"{value:.9g}") for value in np.asarray(array).ravel()]}


cases = []
for kind in ["none", "piecewise-linear", "periodic"]:
    codes = np.stack([random.randint(0, count, ROWS) for count in LEVELS], 1)
    x = np.concatenate([random.randint(0, 2, (ROWS, FLAGS)), 2 * numbers(ROWS, NUMBERS), codes], 1)
    values = parameters(kind)
    own = {path: torch.tensor(value, requires_grad=True) for path, value in values.items()}
    y = outputs(kind, torch.tensor(x), own)
    weights = numbers(*y.shape)
    (y * torch.tensor(weights)).sum().backward()
    cases.append({
        "kind": kind, "x": pack(x), "y": pack(y.detach().numpy()), "weights": pack(weights),
        "values": {path: pack(value) for path, value in values.items()},
        "gradients": {path: pack(value.grad.numpy()) for path, value in own.items()},
    })

shape = {"flags": FLAGS, "numbers": NUMBERS, "levels": LEVELS, "edges": EDGES, "members": MEMBERS, "hidden": HIDDEN, "outputs": OUTPUTS}
target = pathlib.Path(__file__).with_suffix(".json")
target.write_text(json.dumps({"torch": torch.__version__, **shape, "cases": cases}, separators=(",", ":")) + "\n")
