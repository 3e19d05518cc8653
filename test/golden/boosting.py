"""Out-of-fold predictions of XGBoost and scikit-learn on three small data sets, to compare the boosting engine with.

Run: /usr/bin/python3 test/golden/boosting.py   (writes boosting.json beside this file)
"""

import json
import pathlib

import numpy as np
import sklearn
import xgboost
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

FOLDS = 5
ROUNDS = 60
LEAVES = 15
RATE = 0.1


def fold_of(rows):
    # A fixed permutation by multiplication: the data are sorted by class.
    return (np.arange(rows) * 7919 % rows) % FOLDS


def xgboost_model(task):
    options = dict(
        n_estimators=ROUNDS, learning_rate=RATE, tree_method="hist", grow_policy="lossguide", max_leaves=LEAVES,
        max_depth=0, max_bin=255, reg_lambda=1, min_child_weight=1e-3, n_jobs=1,
    )
    return (xgboost.XGBRegressor if task == "squared-error" else xgboost.XGBClassifier)(**options)


def sklearn_model(task):
    options = dict(
        max_iter=ROUNDS, learning_rate=RATE, max_leaf_nodes=LEAVES, min_samples_leaf=5, l2_regularization=1,
        early_stopping=False,
    )
    return (HistGradientBoostingRegressor if task == "squared-error" else HistGradientBoostingClassifier)(**options)


def losses(task, make, x, y):
    """Out-of-fold loss of each row: squared error, or minus the log probability of its class."""
    out = np.empty(len(y))
    fold = fold_of(len(y))
    for k in range(FOLDS):
        held = fold == k
        model = make(task).fit(x[~held], y[~held])
        if task == "squared-error":
            out[held] = (model.predict(x[held]) - y[held]) ** 2
        else:
            p = model.predict_proba(x[held]).astype(float)
            out[held] = -np.log(np.clip(p[np.arange(held.sum()), y[held].astype(int)], 1e-12, 1))
    return out


def case(task, data, digits):
    # Rounded so that JSON carries exactly the float32 values that were learned from.
    x = np.array([[float(f"{v:.{digits}g}") for v in row] for row in data.data])
    y = data.target.astype(float)
    x32 = x.astype(np.float32)
    return {
        "objective": task,
        "classes": 0 if task == "squared-error" else int(y.max()) + 1,
        "columns": x.shape[1],
        "x": [float(v) for v in x.ravel()],
        "y": y.tolist(),
        "xgboost": [round(float(v), 7) for v in losses(task, xgboost_model, x32, y)],
        "sklearn": [round(float(v), 7) for v in losses(task, sklearn_model, x32, y)],
    }


result = {
    "versions": {"xgboost": xgboost.__version__, "scikit-learn": sklearn.__version__, "numpy": np.__version__},
    "folds": FOLDS,
    "rounds": ROUNDS,
    "leaves": LEAVES,
    "learningRate": RATE,
    "cases": {
        "diabetes": case("squared-error", load_diabetes(), 5),
        "breast cancer": case("logistic", load_breast_cancer(), 4),
        "wine": case("multinomial", load_wine(), 5),
    },
}
for name, c in result["cases"].items():
    print(name, np.mean(c["xgboost"]), np.mean(c["sklearn"]))
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(result, separators=(",", ":")) + "\n")
