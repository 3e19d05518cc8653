"""Golden values for the linear learners and for ill-conditioned linear algebra; writes linear.json beside itself."""
import json
import pathlib

import numpy as np
import sklearn
from sklearn.linear_model import ElasticNet, Lasso, LinearRegression, LogisticRegression, Ridge

random = np.random.RandomState(7)


def numbers(*shape):
    return np.round(random.randn(*shape), 3)


def regression(rows, columns):
    x = numbers(rows, columns)
    y = np.round(x @ numbers(columns) + 3 + 0.3 * random.randn(rows), 3)
    return x, y


def one_hot(rows, levels):
    x = np.zeros((rows, levels + 1))
    x[np.arange(rows), random.randint(0, levels, rows)] = 1
    x[:, levels] = np.round(50 + 10 * random.randn(rows), 1)
    return x


tall, tall_y = regression(40, 5)
wide, wide_y = regression(12, 30)
double, double_y = regression(30, 3)
double = np.column_stack([double, double[:, 1], np.full(30, 0.1)])
hot = one_hot(80, 10)
hot_y = np.round(hot @ numbers(11) + random.randn(80), 3)
weights = np.round(random.rand(40) * 3, 2)
weights[5] = 0
data = {
    "tall": (tall, tall_y), "wide": (wide, wide_y), "double": (double, double_y), "hot": (hot, hot_y),
}

regressions = []


def add(name, model, kernel, options, weighted=False):
    x, y = data[name]
    model.fit(x, y, sample_weight=weights if weighted else None)
    regressions.append({
        "data": name, "kernel": kernel, "options": options, "weighted": weighted,
        "coefficients": model.coef_.tolist(), "intercept": float(model.intercept_),
    })


def shortest(name):
    """Centered by hand: LinearRegression meets a constant column's rounding as if it were data."""
    x, y = data[name]
    means = x.mean(axis=0)
    spread = np.where(np.ptp(x, axis=0) == 0, 0, x - means)
    coefficients = np.linalg.pinv(spread, rcond=1e-10) @ (y - y.mean())
    regressions.append({
        "data": name, "kernel": "leastSquares", "options": {}, "weighted": False,
        "coefficients": coefficients.tolist(), "intercept": float(y.mean() - means @ coefficients),
    })


for name in data:
    if name == "double":
        shortest(name)
    else:
        add(name, LinearRegression(), "leastSquares", {})
    add(name, Ridge(alpha=0.7, solver="svd"), "ridge", {"alpha": 0.7})
    lasso = {"tol": 1e-14, "max_iter": 1000000}
    add(name, Lasso(alpha=0.1, **lasso), "elasticNet", {"alpha": 0.1, "l1Ratio": 1})
    add(name, ElasticNet(alpha=0.1, l1_ratio=0.4, **lasso), "elasticNet", {"alpha": 0.1, "l1Ratio": 0.4})
add("tall", LinearRegression(fit_intercept=False), "leastSquares", {"fitIntercept": False})
add("tall", LinearRegression(), "leastSquares", {}, True)
add("tall", Ridge(alpha=2, solver="svd"), "ridge", {"alpha": 2}, True)
add("tall", Lasso(alpha=0.2, tol=1e-14), "elasticNet", {"alpha": 0.2, "l1Ratio": 1}, True)
add("wide", Ridge(alpha=1, fit_intercept=False, solver="svd"), "ridge", {"alpha": 1, "fitIntercept": False})

# Classes: overlapping, and a perfectly separated pair.
points = numbers(90, 4)
score = points @ np.array([1.5, -1, 0.5, 0]) + 0.8 * random.randn(90)
binary = (score > 0.3).astype(int)
three = np.digitize(score, [-0.8, 0.9])
apart = (points[:, 0] > 0).astype(int)
hot_classes = (hot_y + 3 * random.randn(80) > np.median(hot_y)).astype(int)
hot_unit = hot.copy()
hot_unit[:, -1] = np.round((hot_unit[:, -1] - 50) / 10, 3)
class_weights = np.round(random.rand(90) * 2 + 0.1, 2)
class_data = {
    "binary": (points, binary), "three": (points, three), "apart": (points, apart), "hot": (hot_unit, hot_classes),
}
logistics = []


def classify(name, options, model, weighted=False):
    x, y = class_data[name]
    model.fit(x, y, sample_weight=class_weights if weighted else None)
    logistics.append({
        "data": name, "options": options, "weighted": weighted,
        "coefficients": model.coef_.ravel().tolist(), "intercepts": model.intercept_.tolist(),
    })


tight = {"tol": 1e-13, "max_iter": 20000}
# newton-cg reaches rounding within a few steps and then spends its limit without noticing.
newton = {"tol": 1e-10, "max_iter": 50}
for name in class_data:
    if name == "three":
        model = LogisticRegression(C=1, solver="newton-cg", **newton)
    else:
        model = LogisticRegression(C=1, solver="newton-cholesky", **tight)
    classify(name, {"c": 1}, model)
classify("binary", {"c": 0.2, "fitIntercept": False}, LogisticRegression(C=0.2, fit_intercept=False, solver="newton-cholesky", **tight))
classify("binary", {"c": 5, "classWeight": "balanced"}, LogisticRegression(C=5, class_weight="balanced", solver="newton-cholesky", **tight))
classify("binary", {"c": 5, "classWeight": [0.5, 2]}, LogisticRegression(C=5, class_weight={0: 0.5, 1: 2}, solver="newton-cholesky", **tight), True)
classify("three", {"c": 3, "classWeight": "balanced"}, LogisticRegression(C=3, class_weight="balanced", solver="newton-cg", **newton))
classify("three", {"c": 1}, LogisticRegression(C=1, solver="newton-cg", **newton), True)
for name in class_data:
    classify(name, {"c": 0.5, "l1Ratio": 1}, LogisticRegression(penalty="l1", C=0.5, solver="saga", random_state=0, **tight))
    classify(name, {"c": 0.5, "l1Ratio": 0.3}, LogisticRegression(penalty="elasticnet", l1_ratio=0.3, C=0.5, solver="saga", random_state=0, **tight))

# Ill-conditioned linear algebra: Hilbert's matrix, its spectrum and singular values.
hilbert = np.array([[1 / (i + j + 1) for j in range(8)] for i in range(8)])
vander = np.vander(np.linspace(0, 1, 20), 9)
algebra = {
    "hilbertEigenvalues": sorted(np.linalg.eigvalsh(hilbert).tolist(), reverse=True),
    "vandermonde": vander.tolist(),
    "vandermondeSingularValues": np.linalg.svd(vander, compute_uv=False).tolist(),
    "vandermondeSolution": np.linalg.lstsq(vander, np.sin(np.linspace(0, 1, 20)), rcond=None)[0].tolist(),
}

document = {
    "versions": {"scikit-learn": sklearn.__version__, "numpy": np.__version__},
    "data": {k: {"x": x.tolist(), "y": y.tolist()} for k, (x, y) in data.items()},
    "weights": weights.tolist(),
    "regressions": regressions,
    "classData": {k: {"x": x.tolist(), "y": y.tolist()} for k, (x, y) in class_data.items()},
    "classWeights": class_weights.tolist(),
    "logistics": logistics,
    "algebra": algebra,
}
target = pathlib.Path(__file__).with_suffix(".json")
target.write_text(json.dumps(document, separators=(",", ":")) + "\n")
