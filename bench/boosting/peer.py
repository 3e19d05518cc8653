"""Trains and scores XGBoost once and prints what it took as JSON.

/usr/bin/python3 bench/boosting/peer.py FOLDER THREADS
"""

import json
import pathlib
import resource
import sys
import time

import numpy as np
import xgboost
from sklearn.metrics import roc_auc_score

folder, threads = pathlib.Path(sys.argv[1]), int(sys.argv[2])
read = lambda name: np.fromfile(folder / f"{name}.bin", np.float32)
x, y = read("x").reshape(-1, 28), read("y")
x_test, y_test = read("x-test").reshape(-1, 28), read("y-test")
options = dict(
    tree_method="hist", grow_policy="lossguide", max_leaves=31, max_depth=0, max_bin=255, learning_rate=0.1,
    n_jobs=threads,
)
# Loads and starts whatever is loaded and started on first use.
xgboost.XGBClassifier(n_estimators=1, **options).fit(x[:1000], y[:1000])
start, cpu = time.perf_counter(), time.process_time()
model = xgboost.XGBClassifier(n_estimators=100, **options).fit(x, y)
train, train_cpu = time.perf_counter() - start, time.process_time() - cpu
start = time.perf_counter()
scores = model.predict(x, output_margin=True)
score = time.perf_counter() - start
print(json.dumps({
    "version": xgboost.__version__,
    "train": train,
    "trainCpu": train_cpu,
    "score": score,
    "auc": roc_auc_score(y_test, model.predict(x_test, output_margin=True)),
    "peakMiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
}))
