"""Models of PyTorch's exporter and files shaped as converters of scikit-learn write them, with what they give; writes
onnx_import.json beside itself.

Debian's python3-torch 1.13 and python3-onnx 1.12. Models are deflated, arrays are float32 or int64,
both in base64; gradients are those of the mean
of squared outputs, weighted so that no two outputs count alike, by the names of the file's initializers.
"""
import base64
import io
import json
import pathlib
import zlib

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

torch.manual_seed(3)
torch.set_num_threads(1)
random = np.random.RandomState(7)
cases = []


def packed(array):
    array = np.ascontiguousarray(array)
    return {
        "type": str(array.dtype),
        "shape": list(array.shape),
        "data": base64.b64encode(array.tobytes()).decode(),
    }


def deflated(model):
    """An exported LSTM is a hundred nodes that look alike."""
    return base64.b64encode(zlib.compress(model.SerializeToString(), 9)).decode()


def loss_of(outputs):
    total = 0.0
    for output in outputs:
        weights = torch.linspace(0.5, 1.5, output.numel()).reshape(output.shape)
        total = total + (output * output * weights).mean()
    return total


def add(name, model, inputs, input_names, dynamic=None, opset=13, folded=False, training=None):
    model.eval()
    with torch.no_grad():
        for parameter in model.parameters():
            # Equal initializers, such as the ones of two norms, would be written once.
            parameter.add_(torch.randn_like(parameter) * 0.05)
    buffer = io.BytesIO()
    torch.onnx.export(
        model, tuple(inputs), buffer, input_names=input_names, dynamic_axes=dynamic, opset_version=opset,
        # Folded constants and norms merged into convolutions have other names than the parameters.
        do_constant_folding=folded,
        training=training or torch.onnx.TrainingMode.PRESERVE,
    )
    exported = onnx.load_from_string(buffer.getvalue())
    for node in exported.graph.node:
        # The lines of Python that each node came from.
        node.doc_string = ""
    outputs = model(*inputs)
    outputs = [outputs] if torch.is_tensor(outputs) else list(outputs)
    loss = loss_of(outputs)
    loss.backward()
    names = {initializer.name for initializer in exported.graph.initializer}
    gradients = {
        key: packed(parameter.grad.numpy())
        for key, parameter in model.named_parameters() if key in names
    }
    cases.append({
        "name": name,
        "model": deflated(exported),
        "inputs": {key: packed(value.numpy()) for key, value in zip(input_names, inputs)},
        "outputs": [packed(output.detach().numpy()) for output in outputs],
        "loss": loss.item(),
        "gradients": gradients,
    })


def batch(names, axis=0):
    return {name: {axis: "batch"} for name in names}


add("MLP", nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3), nn.Softmax(-1)), [torch.randn(5, 4)], ["x"],
    batch(["x"]))
add("MLP, constants folded", nn.Sequential(nn.Linear(4, 6), nn.GELU(), nn.LayerNorm(6), nn.Linear(6, 2)),
    [torch.randn(5, 4)], ["x"], batch(["x"]), folded=True)


class Convolutional(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(2, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2))
        self.classifier = nn.Linear(4 * 3 * 3, 3)

    def forward(self, x):
        return self.classifier(torch.flatten(self.features(x), 1))


def with_statistics(model):
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.3)
            module.running_var.uniform_(0.5, 1.5)
    return model


add("CNN", with_statistics(Convolutional()), [torch.randn(2, 2, 6, 6)], ["image"], batch(["image"]))
add("CNN, norms merged", with_statistics(Convolutional()), [torch.randn(2, 2, 6, 6)], ["image"], batch(["image"]),
    opset=11, folded=True, training=torch.onnx.TrainingMode.EVAL)


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(3, 4, 3, stride=2, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(4)
        self.second = nn.Conv2d(4, 4, 3, padding=1)
        self.short = nn.Conv2d(3, 4, 1, stride=2)
        self.pool = nn.AdaptiveAvgPool2d((2, 2))
        self.head = nn.Linear(16, 2)

    def forward(self, x):
        y = torch.relu(self.norm(self.first(x)))
        y = torch.relu(self.second(y) + self.short(x))
        y = self.pool(y)
        return self.head(y.view(y.size(0), -1))


add("ResNet block", with_statistics(Residual()), [torch.randn(2, 3, 8, 8)], ["image"], batch(["image"]), opset=12)


class Recurrent(nn.Module):
    def __init__(self, cell, **settings):
        super().__init__()
        self.rnn = cell(3, 4, batch_first=True, **settings)
        self.head = nn.Linear(8 if settings.get("bidirectional") else 4, 2)

    def forward(self, x):
        y, _ = self.rnn(x)
        return self.head(y[:, -1])


add("LSTM", Recurrent(nn.LSTM, num_layers=2), [torch.randn(3, 5, 3)], ["x"], batch(["x"]))
add("LSTM, both ways", Recurrent(nn.LSTM, bidirectional=True), [torch.randn(3, 5, 3)], ["x"], opset=14)
add("GRU", Recurrent(nn.GRU), [torch.randn(3, 5, 3)], ["x"], batch(["x"]))


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(11, 8)
        self.positions = nn.Parameter(torch.randn(1, 6, 8) * 0.1)
        # A function of one's own keeps PyTorch off its fused path, which cannot be exported.
        self.layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, activation=lambda x: nn.functional.gelu(x))
        self.head = nn.Linear(8, 3)

    def forward(self, tokens):
        x = self.embedding(tokens) + self.positions[:, :tokens.size(1)]
        return self.head(self.layer(x).mean(1))


tokens = torch.from_numpy(random.randint(0, 11, (3, 6)))
add("Transformer encoder", Encoder(), [tokens], ["tokens"], batch(["tokens"]), opset=14)
add("Transformer encoder, open length", Encoder(), [tokens[:, :4]], ["tokens"],
    {"tokens": {0: "batch", 1: "length"}}, opset=13)


class Attention(nn.Module):
    """Attention by hand, with views as most people write them."""

    def __init__(self):
        super().__init__()
        self.qkv = nn.Linear(8, 24)
        self.out = nn.Linear(8, 8)

    def forward(self, x):
        b, n, c = x.shape
        q, k, v = self.qkv(x).reshape(b, n, 3, 2, c // 2).permute(2, 0, 3, 1, 4).unbind(0)
        mask = torch.ones(n, n, dtype=torch.bool).tril()
        scores = (q @ k.transpose(-2, -1) / (c // 2) ** 0.5).masked_fill(~mask, float("-inf"))
        y = torch.softmax(scores, -1) @ v
        return self.out(y.transpose(1, 2).reshape(b, n, c))


add("Causal attention", Attention(), [torch.randn(2, 4, 8)], ["x"], batch(["x"]), opset=14)


class Vision(nn.Module):
    """Patches, a class token that is repeated for each image, and what stands in its place at the end."""

    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(1, 6, 2, stride=2)
        self.token = nn.Parameter(torch.randn(1, 1, 6))
        self.positions = nn.Parameter(torch.randn(1, 5, 6))
        self.norm = nn.LayerNorm(6)
        self.attention = nn.MultiheadAttention(6, 2, batch_first=True)
        self.head = nn.Linear(6, 2)

    def forward(self, x):
        y = self.patches(x).flatten(2).transpose(1, 2)
        y = torch.cat([self.token.expand(x.shape[0], -1, -1), y], 1) + self.positions
        z = self.norm(y)
        # Weights that are asked for keep PyTorch off its fused path.
        y = y + self.attention(z, z, z, need_weights=True)[0]
        return self.head(y[:, 0])


add("Vision transformer", Vision(), [torch.randn(2, 1, 4, 4)], ["image"], batch(["image"]), opset=13)


class Masked(nn.Module):
    """Tokens and a mask of padding, as the models of Hugging Face take them."""

    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(9, 4)
        self.register_buffer("places", torch.arange(8).expand(1, -1))
        self.positions = nn.Embedding(8, 4)
        self.query = nn.Linear(4, 4)
        self.norm = nn.LayerNorm(4)

    def forward(self, tokens, mask):
        x = self.words(tokens) + self.positions(self.places[:, :tokens.size(1)])
        hidden = (1.0 - mask[:, None, :].to(x.dtype)) * torch.finfo(x.dtype).min
        scores = self.query(x) @ x.transpose(1, 2) / 2 + hidden
        y = self.norm(x + torch.softmax(scores, -1) @ x)
        kept = mask.unsqueeze(-1).float()
        return (y * kept).sum(1) / kept.sum(1).clamp(min=1e-9)


open_length = {0: "batch", 1: "length"}
add("Tokens and mask", Masked(), [torch.from_numpy(random.randint(0, 9, (2, 5))),
                                  torch.tensor([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]])],
    ["input_ids", "attention_mask"], {"input_ids": open_length, "attention_mask": open_length}, opset=14)


class Waves(nn.Module):
    def __init__(self):
        super().__init__()
        self.down = nn.Conv1d(2, 4, 3, stride=2, dilation=1, padding=1, groups=2)
        self.norm = nn.GroupNorm(2, 4)
        self.up = nn.ConvTranspose1d(4, 3, 4, stride=2, padding=1, output_padding=1)

    def forward(self, x):
        y = nn.functional.leaky_relu(self.norm(self.down(x)))
        return torch.tanh(self.up(y))


add("Conv1d and ConvTranspose1d", Waves(), [torch.randn(2, 2, 8)], ["x"], batch(["x"]))


class Decoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(2, 3, 3, padding=1)
        self.norm = nn.InstanceNorm2d(3, affine=True)
        self.slope = nn.PReLU(3)

    def forward(self, x):
        y = nn.functional.interpolate(x, scale_factor=2, mode="nearest")
        y = self.slope(self.norm(self.conv(y)))
        y = nn.functional.interpolate(y, scale_factor=2, mode="bilinear", align_corners=False)
        return nn.functional.avg_pool2d(nn.functional.pad(y, (1, 0, 0, 1)), 3, stride=2, padding=1)


add("Image decoder", Decoder(), [torch.randn(1, 2, 3, 3)], ["image"], batch(["image"]))


def sklearn(name, nodes, outputs, x, expected, input_type=TensorProto.FLOAT):
    graph = helper.make_graph(
        nodes, name, [helper.make_tensor_value_info("X", input_type, [None, x.shape[1]])], outputs)
    model = helper.make_model(
        graph, producer_name="skl2onnx",
        opset_imports=[helper.make_opsetid("", 15), helper.make_opsetid("ai.onnx.ml", 1)], ir_version=8)
    cases.append({
        "name": name, "model": deflated(model), "inputs": {"X": packed(x)},
        "outputs": [packed(one) for one in expected], "gradients": {},
    })


def ml(operator, inputs, outputs, **attributes):
    return helper.make_node(operator, inputs, outputs, name=operator, domain="ai.onnx.ml", **attributes)


X = random.randn(6, 3).astype(np.float32)
mean, scale = X.mean(0), 1 / X.std(0)
weights, bias = random.randn(3, 3).astype(np.float32), random.randn(3).astype(np.float32)
scaled = (X - mean) * scale
logits = scaled @ weights.T + bias
exponentials = np.exp(logits - logits.max(1, keepdims=True))
probabilities = (exponentials / exponentials.sum(1, keepdims=True)).astype(np.float32)
float_output = [helper.make_tensor_value_info("variable", TensorProto.FLOAT, [None, 1])]


def map_type(key):
    value = onnx.ValueInfoProto(name="output_probability")
    value.type.sequence_type.elem_type.map_type.key_type = key
    value.type.sequence_type.elem_type.map_type.value_type.tensor_type.elem_type = TensorProto.FLOAT
    return value


def classifier(**labels):
    key, = labels
    zipped = {"classlabels_int64s": labels[key]} if key == "classlabels_ints" else labels
    return [
        ml("Scaler", ["X"], ["scaled"], offset=mean.tolist(), scale=scale.tolist()),
        ml("LinearClassifier", ["scaled"], ["label", "probability_tensor"], coefficients=weights.ravel().tolist(),
           intercepts=bias.tolist(), multi_class=1, post_transform="SOFTMAX", **labels),
        ml("Normalizer", ["probability_tensor"], ["probabilities"], norm="L1"),
        ml("ZipMap", ["probabilities"], ["output_probability"], **zipped),
    ]


sklearn("StandardScaler, LogisticRegression", classifier(classlabels_ints=[2, 5, 7]) + [
    helper.make_node("Cast", ["label"], ["output_label"], to=TensorProto.INT64, name="Cast")], [
    helper.make_tensor_value_info("output_label", TensorProto.INT64, [None]), map_type(TensorProto.INT64)],
    X, [np.array([2, 5, 7])[logits.argmax(1)], probabilities])
sklearn("LogisticRegression with labels of text", classifier(classlabels_strings=["a", "b", "c"]) + [
    helper.make_node("Cast", ["label"], ["output_label"], to=TensorProto.STRING, name="Cast")], [
    helper.make_tensor_value_info("output_label", TensorProto.STRING, [None]), map_type(TensorProto.STRING)],
    X, [probabilities])
sklearn("LinearRegression", [
    ml("LinearRegressor", ["X"], ["variable"], coefficients=weights[0].tolist(), intercepts=bias[:1].tolist())],
    float_output, X, [X @ weights[:1].T + bias[:1]])
sklearn("MLPRegressor", [
    helper.make_node("Constant", [], ["coefficient1"], name="Constant",
                     value=numpy_helper.from_array(weights[:, :1].copy())),
    helper.make_node("Cast", ["X"], ["cast"], to=TensorProto.FLOAT, name="Cast"),
    helper.make_node("MatMul", ["cast", "coefficient"], ["mul"], name="MatMul"),
    helper.make_node("Add", ["mul", "intercepts"], ["add"], name="Add"),
    helper.make_node("Relu", ["add"], ["next"], name="Relu"),
    helper.make_node("MatMul", ["next", "coefficient1"], ["mul1"], name="MatMul1"),
    helper.make_node("Reshape", ["mul1", "shape"], ["variable"], name="Reshape")],
    float_output, X, [np.maximum(X @ weights + bias, 0) @ weights[:, :1]])
model = onnx.load_from_string(zlib.decompress(base64.b64decode(cases[-1]["model"])))
model.graph.initializer.extend([
    numpy_helper.from_array(weights, "coefficient"), numpy_helper.from_array(bias, "intercepts"),
    numpy_helper.from_array(np.array([-1, 1]), "shape")])
cases[-1]["model"] = deflated(model)

path = pathlib.Path(__file__).with_suffix(".json")
lines = ",\n".join(json.dumps(case) for case in cases)
versions = json.dumps({"torch": torch.__version__, "onnx": onnx.__version__})
path.write_text(f'{{"versions": {versions}, "cases": [\n{lines}\n]}}\n')
