"""Makes the data of the boosting benchmark: raw little-endian float32 files in the folder that is named.

/usr/bin/python3 bench/boosting/data.py FOLDER
"""

import pathlib
import sys

import numpy as np
from sklearn.datasets import make_classification

folder = pathlib.Path(sys.argv[1])
train, test = 1_000_000, 200_000
x, y = make_classification(
    n_samples=train + test, n_features=28, n_informative=16, n_redundant=6, n_clusters_per_class=8, class_sep=0.8,
    flip_y=0.1, random_state=1,
)
x, y = x.astype(np.float32), y.astype(np.float32)
x[:train].tofile(folder / "x.bin")
y[:train].tofile(folder / "y.bin")
x[train:].tofile(folder / "x-test.bin")
y[train:].tofile(folder / "y-test.bin")
