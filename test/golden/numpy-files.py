"""Files of NumPy: .npy of all element types, byte orders, memory orders and versions, and .npz archives; writes
numpy-files.json beside itself, with the bytes in base64 and what they hold.
"""
import base64
import io
import json
import pathlib
import zipfile

import numpy as np
from numpy.lib import format as npy

random = np.random.RandomState(3)
cases, refused, archives = [], [], []


def encoded(data):
    return base64.b64encode(data).decode()


def saved(array, version=None):
    stream = io.BytesIO()
    npy.write_array(stream, array, version=version)
    return stream.getvalue()


def number(value):
    value = value.item()
    if isinstance(value, float) and not np.isfinite(value):
        return str(value)
    return value


def add(name, array, version=None):
    cases.append({
        "name": name, "bytes": encoded(saved(array, version)), "shape": list(array.shape),
        "values": [number(value) for value in array.ravel(order="C")],
    })


INTEGERS = ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"]
for order in "<>":
    for code in INTEGERS:
        narrow = {"i8": "i4", "u8": "u4"}.get(code, code)
        limits = np.iinfo(narrow)
        values = [limits.min, 0, 1, 100, limits.max, limits.max - 1]
        add(order + code, np.array(values, dtype=narrow).astype(order + code).reshape(2, 3))
    for code in ["f2", "f4", "f8"]:
        limits = np.finfo(code)
        values = [limits.min, limits.tiny, -0.0, 1 / 3, np.inf, np.nan, limits.max, limits.tiny / 4]
        add(order + code, np.array(values, dtype=order + code).reshape(4, 2))
add("b1", np.array([[True, False, True]]))
add("0-d", np.array(2.5, dtype="f4"))
add("0-d integer", np.array(7))
add("one axis", np.arange(5, dtype="i4"))
add("empty", np.zeros((3, 0, 2), dtype="f4"))
add("fortran 2", np.asfortranarray(np.arange(12, dtype="f4").reshape(3, 4)))
add("fortran 3", np.asfortranarray(np.arange(24, dtype="i2").reshape(2, 3, 4)))
add("fortran 4, big-endian", np.asfortranarray(np.arange(36, dtype=">f8").reshape(3, 2, 1, 6)))
add("fortran empty", np.asfortranarray(np.zeros((3, 0), dtype="f4")))
for major in (1, 2, 3):
    add(f"version {major}", np.arange(3, dtype="f4"), (major, 0))

for name, array in {
    "objects": np.array([1, "a"], dtype=object),
    "text": np.array(["a", "bc"]),
    "bytes": np.array([b"a"]),
    "dates": np.array(["2020-01-01"], dtype="M8[D]"),
    "complex numbers": np.array([1j]),
    "records": np.zeros(2, dtype=[("a", "f4"), ("b", "i4")]),
    "long floats": np.zeros(1, dtype=np.longdouble),
}.items():
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=True)
    refused.append({"name": name, "bytes": encoded(stream.getvalue())})

arrays = {"x": np.arange(6, dtype="f4").reshape(2, 3), "größe/y": np.array(3), "z": np.tile(np.arange(4), 50)}


def archive(name, data):
    archives.append({"name": name, "bytes": encoded(data)})


for name, save in {"stored": np.savez, "deflated": np.savez_compressed}.items():
    stream = io.BytesIO()
    save(stream, **arrays)
    archive(name, stream.getvalue())

# Sizes and positions from here on are written as zip64, as those beyond 4 GB are.
zipfile.ZIP64_LIMIT = 20
zipfile.ZIP_FILECOUNT_LIMIT = 2
stream = io.BytesIO()
with zipfile.ZipFile(stream, "w") as file:
    for name, array in arrays.items():
        with file.open(f"{name}.npy", "w", force_zip64=True) as entry:
            entry.write(saved(array))
    file.comment = b"with a comment PK\x05\x06 that looks like an end"
archive("zip64", stream.getvalue())

output = {
    "numpy": np.__version__, "cases": cases, "refused": refused, "archives": archives,
    "arrays": {name: {"shape": list(a.shape), "values": a.ravel().tolist()} for name, a in arrays.items()},
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(output, ensure_ascii=False) + "\n")
