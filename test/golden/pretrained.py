"""Small BERT, GPT-2, ViT and ResNet with random weights, in the layout of Hugging Face; writes a folder for each into
../fixtures/pretrained, and pretrained.json beside itself: inputs, outputs and gradients.

Each architecture is written from its publication with plain operations of PyTorch; parameters have the names and layouts
that the library transformers gives them. Of each gradient its product with a fixed pattern is kept, which tells elements in a
wrong place too. The loss is the product of the output with that pattern, and images are its numbers. Of long outputs every
third number is kept.
"""
import json
import math
import pathlib
import struct

import numpy as np
import torch
import torch.nn.functional as F

torch.set_num_threads(1)
torch.manual_seed(5)
here = pathlib.Path(__file__).parent
fixtures = here.parent / "fixtures" / "pretrained"
WIDTH, HEADS, MIDDLE = 32, 4, 40
TYPES = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}


def pattern(shape):
    return torch.sin(torch.arange(1, math.prod(shape) + 1, dtype=torch.float64)).reshape(shape)


def raw(tensor):
    if tensor.dtype == torch.bfloat16:
        return tensor.view(torch.int16).numpy().tobytes()
    return tensor.numpy().tobytes()


def write_safetensors(path, tensors):
    header, data = {"__metadata__": {"format": "pt"}}, b""
    names = {torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16", torch.int64: "I64",
             torch.bool: "BOOL"}
    for name, tensor in tensors.items():
        piece = raw(tensor.contiguous())
        header[name] = {"dtype": names[tensor.dtype], "shape": list(tensor.shape),
                        "data_offsets": [len(data), len(data) + len(piece)]}
        data += piece
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


class Weights(dict):
    """Random tensors by name, rounded to the type that they are stored in."""

    def __init__(self, stored):
        super().__init__()
        self.stored = TYPES[stored]

    def add(self, name, *shape, around=0.0, deviation=0.15):
        self[name] = (around + deviation * torch.randn(shape)).to(self.stored)

    def linear(self, name, outputs, inputs, *kernel, bias=True):
        self.add(f"{name}.weight", outputs, inputs, *kernel, deviation=1 / math.sqrt(inputs * math.prod(kernel)))
        if bias:
            self.add(f"{name}.bias", outputs)

    def norm(self, name, width):
        self.add(f"{name}.weight", width, around=1.0)
        self.add(f"{name}.bias", width)


def attention(q, k, v, allowed=None):
    def apart(x):
        return x.view(*x.shape[:2], HEADS, -1).transpose(1, 2)
    q, k, v = apart(q), apart(k), apart(v)
    scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
    if allowed is not None:
        scores = scores.masked_fill(~allowed, -1e30)
    return (scores.softmax(-1) @ v).transpose(1, 2).flatten(2)


def lin(P, name, x):
    return F.linear(x, P[f"{name}.weight"], P.get(f"{name}.bias"))


def norm(P, name, x, epsilon):
    return F.layer_norm(x, (x.shape[-1],), P[f"{name}.weight"], P[f"{name}.bias"], epsilon)


# BERT, Devlin et al. 2019: norms after each sum, exact gelu, padding is not looked at.
BERT = {
    "model_type": "bert", "architectures": ["BertForMaskedLM"], "vocab_size": 40, "hidden_size": WIDTH,
    "num_hidden_layers": 2, "num_attention_heads": HEADS, "intermediate_size": MIDDLE, "hidden_act": "gelu",
    "max_position_embeddings": 12, "type_vocab_size": 2, "layer_norm_eps": 1e-12, "pad_token_id": 0,
    "hidden_dropout_prob": 0.1, "attention_probs_dropout_prob": 0.1, "id2label": {"0": "a", "1": "b", "2": "c"},
}


def bert_weights():
    W = Weights("F16")
    W.add("bert.embeddings.word_embeddings.weight", 40, WIDTH, deviation=1)
    W.add("bert.embeddings.position_embeddings.weight", 12, WIDTH, deviation=0.5)
    W.add("bert.embeddings.token_type_embeddings.weight", 2, WIDTH, deviation=0.5)
    W.norm("bert.embeddings.LayerNorm", WIDTH)
    for i in range(2):
        layer = f"bert.encoder.layer.{i}"
        for part in ("query", "key", "value"):
            W.linear(f"{layer}.attention.self.{part}", WIDTH, WIDTH)
        W.linear(f"{layer}.attention.output.dense", WIDTH, WIDTH)
        W.norm(f"{layer}.attention.output.LayerNorm", WIDTH)
        W.linear(f"{layer}.intermediate.dense", MIDDLE, WIDTH)
        W.linear(f"{layer}.output.dense", WIDTH, MIDDLE)
        W.norm(f"{layer}.output.LayerNorm", WIDTH)
    W.linear("bert.pooler.dense", WIDTH, WIDTH)
    W.linear("cls.predictions.transform.dense", WIDTH, WIDTH)
    W.norm("cls.predictions.transform.LayerNorm", WIDTH)
    W.add("cls.predictions.bias", 40)
    W.linear("classifier", 3, WIDTH)
    return W


def bert(P, tokens, head):
    allowed = (tokens != 0)[:, None, None, :]
    h = P["bert.embeddings.word_embeddings.weight"][tokens]
    h = h + P["bert.embeddings.token_type_embeddings.weight"][0]
    h = h + P["bert.embeddings.position_embeddings.weight"][: tokens.shape[1]]
    h = norm(P, "bert.embeddings.LayerNorm", h, 1e-12)
    for i in range(2):
        layer = f"bert.encoder.layer.{i}"
        own = f"{layer}.attention.self"
        mixed = attention(*(lin(P, f"{own}.{part}", h) for part in ("query", "key", "value")), allowed)
        h = norm(P, f"{layer}.attention.output.LayerNorm", lin(P, f"{layer}.attention.output.dense", mixed) + h, 1e-12)
        middle = F.gelu(lin(P, f"{layer}.intermediate.dense", h))
        h = norm(P, f"{layer}.output.LayerNorm", lin(P, f"{layer}.output.dense", middle) + h, 1e-12)
    if head == "hidden":
        return h
    if head == "tokens":
        return lin(P, "classifier", h)
    if head == "language":
        h = F.gelu(lin(P, "cls.predictions.transform.dense", h))
        h = norm(P, "cls.predictions.transform.LayerNorm", h, 1e-12)
        return h @ P["bert.embeddings.word_embeddings.weight"].T + P["cls.predictions.bias"]
    h = torch.tanh(lin(P, "bert.pooler.dense", h[:, 0]))
    return h if head == "pooled" else lin(P, "classifier", h)


# GPT-2, Radford et al. 2019: norms before, gelu by tanh, each token sees those before it, weights [inputs, outputs].
GPT2 = {
    "model_type": "gpt2", "architectures": ["GPT2LMHeadModel"], "vocab_size": 40, "n_embd": WIDTH, "n_layer": 2,
    "n_head": HEADS, "n_inner": MIDDLE, "n_positions": 12, "activation_function": "gelu_new",
    "layer_norm_epsilon": 1e-5, "resid_pdrop": 0.1, "embd_pdrop": 0.1, "attn_pdrop": 0.1,
}


def gpt2_weights():
    W = Weights("BF16")
    W.add("wte.weight", 40, WIDTH, deviation=1)
    W.add("wpe.weight", 12, WIDTH, deviation=0.5)
    for i in range(2):
        for name, inputs, outputs in (("attn.c_attn", WIDTH, 3 * WIDTH), ("attn.c_proj", WIDTH, WIDTH),
                                      ("mlp.c_fc", WIDTH, MIDDLE), ("mlp.c_proj", MIDDLE, WIDTH)):
            W.add(f"h.{i}.{name}.weight", inputs, outputs, deviation=1 / math.sqrt(inputs))
            W.add(f"h.{i}.{name}.bias", outputs)
        W.norm(f"h.{i}.ln_1", WIDTH)
        W.norm(f"h.{i}.ln_2", WIDTH)
    W.norm("ln_f", WIDTH)
    return W


def gpt2(P, tokens, head):
    def conv1d(name, x):
        return x @ P[f"{name}.weight"] + P[f"{name}.bias"]

    def gelu_new(x):
        return 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
    time = tokens.shape[1]
    allowed = torch.ones(time, time, dtype=torch.bool).tril()
    h = P["wte.weight"][tokens] + P["wpe.weight"][:time]
    for i in range(2):
        q, k, v = conv1d(f"h.{i}.attn.c_attn", norm(P, f"h.{i}.ln_1", h, 1e-5)).split(WIDTH, dim=2)
        h = h + conv1d(f"h.{i}.attn.c_proj", attention(q, k, v, allowed))
        middle = gelu_new(conv1d(f"h.{i}.mlp.c_fc", norm(P, f"h.{i}.ln_2", h, 1e-5)))
        h = h + conv1d(f"h.{i}.mlp.c_proj", middle)
    h = norm(P, "ln_f", h, 1e-5)
    return h if head == "hidden" else h @ P["wte.weight"].T


# ViT, Dosovitskiy et al. 2021: patches are tokens, after one for the whole; norms before.
VIT = {
    "model_type": "vit", "architectures": ["ViTForImageClassification"], "image_size": 12, "patch_size": 4,
    "num_channels": 3, "hidden_size": WIDTH, "num_hidden_layers": 2, "num_attention_heads": HEADS,
    "intermediate_size": MIDDLE, "hidden_act": "gelu", "layer_norm_eps": 1e-12, "qkv_bias": True,
    "id2label": {str(i): f"class {i}" for i in range(5)},
}


def vit_weights():
    W = Weights("F16")
    W.add("vit.embeddings.cls_token", 1, 1, WIDTH, deviation=0.5)
    W.add("vit.embeddings.position_embeddings", 1, 10, WIDTH, deviation=0.5)
    W.linear("vit.embeddings.patch_embeddings.projection", WIDTH, 3, 4, 4)
    for i in range(2):
        layer = f"vit.encoder.layer.{i}"
        for part in ("query", "key", "value"):
            W.linear(f"{layer}.attention.attention.{part}", WIDTH, WIDTH)
        W.linear(f"{layer}.attention.output.dense", WIDTH, WIDTH)
        W.linear(f"{layer}.intermediate.dense", MIDDLE, WIDTH)
        W.linear(f"{layer}.output.dense", WIDTH, MIDDLE)
        W.norm(f"{layer}.layernorm_before", WIDTH)
        W.norm(f"{layer}.layernorm_after", WIDTH)
    W.norm("vit.layernorm", WIDTH)
    W.linear("classifier", 5, WIDTH)
    return W


def vit(P, images, head):
    projection = "vit.embeddings.patch_embeddings.projection"
    patches = F.conv2d(images, P[f"{projection}.weight"], P[f"{projection}.bias"], stride=4).flatten(2).transpose(1, 2)
    whole = P["vit.embeddings.cls_token"].expand(len(images), -1, -1)
    h = torch.cat([whole, patches], 1) + P["vit.embeddings.position_embeddings"]
    for i in range(2):
        layer = f"vit.encoder.layer.{i}"
        before = norm(P, f"{layer}.layernorm_before", h, 1e-12)
        own = f"{layer}.attention.attention"
        mixed = attention(*(lin(P, f"{own}.{part}", before) for part in ("query", "key", "value")))
        h = h + lin(P, f"{layer}.attention.output.dense", mixed)
        middle = F.gelu(lin(P, f"{layer}.intermediate.dense", norm(P, f"{layer}.layernorm_after", h, 1e-12)))
        h = h + lin(P, f"{layer}.output.dense", middle)
    h = norm(P, "vit.layernorm", h, 1e-12)
    return h if head == "hidden" else lin(P, "classifier", h[:, 0])


# ResNet, He et al. 2016; strides of bottlenecks stand in the convolution of 3 × 3, or in the first.
def resnet_config(**given):
    return {"model_type": "resnet", "architectures": ["ResNetForImageClassification"], "num_channels": 3,
            "hidden_act": "relu", "id2label": {"0": "a", "1": "b", "2": "c"}, **given}


BASIC = resnet_config(embedding_size=8, hidden_sizes=[8, 12], depths=[1, 2], layer_type="basic",
                      downsample_in_first_stage=False)
BOTTLENECK = resnet_config(embedding_size=8, hidden_sizes=[16, 32], depths=[2, 1], layer_type="bottleneck",
                           downsample_in_first_stage=True)
NARROW = {**BOTTLENECK, "downsample_in_bottleneck": True}


def resnet_layers(config):
    """Of each block: its name, and of its convolutions the name, channels out and in, kernel, stride, activation."""
    inputs = config["embedding_size"]
    for s, (outputs, depth) in enumerate(zip(config["hidden_sizes"], config["depths"])):
        for i in range(depth):
            stride = 1 if i > 0 or (s == 0 and not config["downsample_in_first_stage"]) else 2
            name = f"resnet.encoder.stages.{s}.layers.{i}"
            if config["layer_type"] == "basic":
                parts = [(outputs, inputs, 3, stride, True), (outputs, outputs, 3, 1, False)]
            else:
                early, late = (stride, 1) if config.get("downsample_in_bottleneck") else (1, stride)
                narrow = outputs // 4
                parts = [(narrow, inputs, 1, early, True), (narrow, narrow, 3, late, True),
                         (outputs, narrow, 1, 1, False)]
            parts = [(f"{name}.layer.{j}", *part) for j, part in enumerate(parts)]
            short = [(f"{name}.shortcut", outputs, inputs, 1, stride, False)] if inputs != outputs or stride > 1 else []
            yield parts, short
            inputs = outputs


STEM = "resnet.embedder.embedder"


def resnet_weights(config, stored):
    W = Weights(stored)

    def unit(name, outputs, inputs, kernel, *_):
        W.linear(f"{name}.convolution", outputs, inputs, kernel, kernel, bias=False)
        W.norm(f"{name}.normalization", outputs)
        W.add(f"{name}.normalization.running_mean", outputs)
        W[f"{name}.normalization.running_var"] = (0.5 + torch.rand(outputs)).to(W.stored)
    unit(STEM, config["embedding_size"], 3, 7)
    for parts, short in resnet_layers(config):
        for part in parts + short:
            unit(*part)
    W.linear("classifier.1", 3, config["hidden_sizes"][-1])
    return W


def resnet(config):
    def forward(P, images, head):
        def unit(name, outputs, inputs, kernel, stride, active, x):
            x = F.conv2d(x, P[f"{name}.convolution.weight"], stride=stride, padding=kernel // 2)
            n = f"{name}.normalization"
            x = F.batch_norm(x, P[f"{n}.running_mean"], P[f"{n}.running_var"], P[f"{n}.weight"], P[f"{n}.bias"])
            return F.relu(x) if active else x
        h = F.max_pool2d(unit(STEM, 8, 3, 7, 2, True, images), 3, 2, 1)
        for parts, short in resnet_layers(config):
            made = h
            for part in parts:
                made = unit(*part, made)
            h = F.relu(made + (unit(*short[0], h) if short else h))
        if head == "hidden":
            return h
        means = h.mean((2, 3))
        return means if head == "pooled" else lin(P, "classifier.1", means)
    return forward


tokens = torch.randint(1, 40, (2, 7))
padded = tokens.clone()
padded[1, 5:] = 0
narrow_images = pattern((2, 3, 12, 12))
images = pattern((2, 3, 20, 20))
basic = resnet_weights(BASIC, "F16")
wide = resnet_weights(BOTTLENECK, "F16")
cases = []


def round_list(tensor):
    values = tensor.detach().flatten().tolist()
    # Six digits are a hundred times finer than what is compared.
    return [float(f"{value:.6g}") for value in values[:: 1 if len(values) < 200 else 3]]


def case(folder, forward, weights, head, x, frozen=()):
    P = {name: tensor.double().requires_grad_(not name.endswith(tuple(frozen) or (" ",)))
         for name, tensor in weights.items()}
    output = forward(P, x.double() if x.is_floating_point() else x, head)
    loss = (output * pattern(output.shape)).sum()
    loss.backward()
    cases.append({
        "folder": folder, "head": head,
        "input": {"shape": list(x.shape), **({} if x.is_floating_point() else {"values": x.flatten().tolist()})},
        "output": {"shape": list(output.shape), "values": round_list(output)},
        "gradients": {name: float(f"{(p.grad * pattern(p.shape)).sum().item():.6g}") for name, p in P.items()
                      if p.grad is not None},
    })


bert_w, gpt2_w, vit_w = bert_weights(), gpt2_weights(), vit_weights()
for head in ("hidden", "pooled", "classifier", "tokens", "language"):
    case("bert", bert, bert_w, head, padded)
for head in ("hidden", "language"):
    case("gpt2", gpt2, gpt2_w, head, tokens)
for head in ("hidden", "classifier"):
    case("vit", vit, vit_w, head, narrow_images)
statistics = ("running_mean", "running_var")
for head in ("hidden", "pooled", "classifier"):
    case("resnet-basic", resnet(BASIC), basic, head, images, statistics)
case("resnet-bottleneck", resnet(BOTTLENECK), wide, "classifier", images, statistics)
case("resnet-narrow", resnet(NARROW), wide, "classifier", images, statistics)


def write(name, config, *parts):
    folder = fixtures / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n")
    if len(parts) == 1:
        write_safetensors(folder / "model.safetensors", parts[0])
        return
    weight_map = {}
    for i, part in enumerate(parts):
        file = f"model-{i + 1:05d}-of-{len(parts):05d}.safetensors"
        write_safetensors(folder / file, part)
        weight_map.update({key: file for key in part})
    index = {"metadata": {}, "weight_map": weight_map}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index, indent=1) + "\n")


# As old files have it: norms by gamma and beta, buffers, and heads of other tasks.
old = {name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta"): tensor
       for name, tensor in bert_w.items()}
write("bert", BERT, {**old, "bert.embeddings.position_ids": torch.arange(12)[None],
                     "cls.seq_relationship.bias": torch.zeros(2, dtype=torch.float16)})
names = list(gpt2_w)
buffers = {f"h.{i}.attn.bias": torch.ones(1, 1, 12, 12, dtype=torch.bool).tril() for i in range(2)}
write("gpt2", GPT2, {name: gpt2_w[name] for name in names[:10]},
      {**{name: gpt2_w[name] for name in names[10:]}, **buffers})
write("vit", VIT, vit_w)
counters = {f"{STEM}.normalization.num_batches_tracked": torch.tensor(7)}
write("resnet-basic", BASIC, {**basic, **counters})
write("resnet-bottleneck", BOTTLENECK, wide)
lines = ",\n".join(json.dumps(one, separators=(",", ":")) for one in cases)
(here / "pretrained.json").write_text(f'{{"torch":"{torch.__version__}","cases":[\n{lines}\n]}}\n')
