"""Golden values of the metrics from scikit-learn and SciPy. Run: /usr/bin/python3 test/golden/metrics.py

Inputs are drawn from a seeded generator and rounded (scores to 2 digits, so that many are tied; weights to 3), so that
JSON carries them exactly. Every case is stored with all metrics that apply to it.
"""

import json
import warnings
from pathlib import Path

import numpy as np
import scipy
import sklearn
from scipy import optimize, stats
from sklearn import calibration, metrics as m

warnings.filterwarnings("ignore")
random = np.random.default_rng(20240612)


def critical(p, df):
    """stats.t.isf is good to 8 digits only (SciPy 1.10); its tail function is exact, so that is inverted."""
    return optimize.brentq(lambda t: 2 * stats.t.sf(t, df) - p, 0, 1e6, xtol=1e-15, rtol=1e-15)


def weights(n, kind):
    if kind == "none":
        return None
    if kind == "zeros":
        return np.where(random.random(n) < 0.3, 0.0, np.round(random.random(n) * 3 + 0.001, 3))
    return np.round(random.random(n) * 3 + 0.001, 3)


def listed(array):
    return None if array is None else np.asarray(array).tolist()


def binary(n, kind, share):
    while True:
        y = (random.random(n) < share).astype(int)
        w = weights(n, kind)
        effective = np.ones(n) if w is None else w
        if effective[y == 1].sum() > 0 and effective[y == 0].sum() > 0:
            break
    p = np.round(np.clip(0.5 + (y - 0.5) * random.random() + random.normal(0, 0.3, n), 0, 1), 2)
    label = (p >= 0.5).astype(int)
    k = dict(sample_weight=w)
    roc = m.roc_curve(y, p, drop_intermediate=False, **k)
    pr = m.precision_recall_curve(y, p, **k)
    bins = {s: calibration.calibration_curve(y, p, n_bins=7, strategy=s) for s in ("uniform", "quantile")}
    return dict(
        y=listed(y),
        p=listed(p),
        weights=listed(w),
        expected=dict(
            rocAuc=m.roc_auc_score(y, p, **k),
            averagePrecision=m.average_precision_score(y, p, **k),
            logLoss=m.log_loss(y, p, labels=[0, 1], **k),
            brier=m.brier_score_loss(y, p, **k),
            accuracy=m.accuracy_score(y, label, **k),
            precision=m.precision_score(y, label, zero_division=0, **k),
            recall=m.recall_score(y, label, **k),
            f1=m.f1_score(y, label, **k),
            f2=m.fbeta_score(y, label, beta=2, **k),
            f1OfNegatives=m.f1_score(y, label, pos_label=0, **k),
        ),
        roc=[listed(part[1:]) for part in roc],
        pr=[listed(part) for part in pr],
        # scikit-learn's calibration curve knows no weights: compared without.
        calibration={s: dict(observed=listed(v[0]), predicted=listed(v[1])) for s, v in bins.items()},
    )


def multiclass(n, classes, kind):
    while True:
        y = random.integers(0, classes, n)
        w = weights(n, kind)
        effective = np.ones(n) if w is None else w
        if all(effective[y == c].sum() > 0 for c in range(classes)):
            break
    raw = random.random((n, classes)) + 1.2 * random.random() * np.eye(classes)[y]
    p = np.round(raw / raw.sum(1, keepdims=True), 2)
    p[:, -1] = np.round(1 - p[:, :-1].sum(1), 2)
    label = p.argmax(1)
    k = dict(sample_weight=w)
    averages = {
        f"{name}-{average}": f(y, label, average=average, zero_division=0, **k)
        for name, f in (("precision", m.precision_score), ("recall", m.recall_score), ("f1", m.f1_score))
        for average in ("micro", "macro", "weighted")
    }
    onehot = np.eye(classes)[y]
    return dict(
        y=listed(y),
        p=listed(p.ravel()),
        label=listed(label),
        weights=listed(w),
        classes=classes,
        expected=dict(
            accuracy=m.accuracy_score(y, label, **k),
            balancedAccuracy=m.balanced_accuracy_score(y, label, **k),
            mcc=m.matthews_corrcoef(y, label, **k),
            kappa=m.cohen_kappa_score(y, label, **k),
            kappaLinear=m.cohen_kappa_score(y, label, weights="linear", **k),
            kappaQuadratic=m.cohen_kappa_score(y, label, weights="quadratic", **k),
            confusion=listed(m.confusion_matrix(y, label, **k)),
            # Each column against the rest by hand: multi_class="ovr" refuses rounded rows that miss 1 by a hair.
            ovrMacro=np.mean([m.roc_auc_score(y == c, p[:, c], **k) for c in range(classes)]),
            ovrWeighted=np.average(
                [m.roc_auc_score(y == c, p[:, c], **k) for c in range(classes)],
                weights=[(np.ones(n) if w is None else w)[y == c].sum() for c in range(classes)],
            ),
            logLoss=m.log_loss(y, p, labels=list(range(classes)), **k),
            brier=np.average(((p - onehot) ** 2).sum(1), weights=w),
            **averages,
        ),
    )


def regression(n, kind):
    y = np.round(random.normal(5, 20, n), 2)
    p = np.round(y + random.normal(1, 15, n), 2)
    w = weights(n, kind)
    k = dict(sample_weight=w)
    return dict(
        y=listed(y),
        p=listed(p),
        weights=listed(w),
        expected=dict(
            mse=m.mean_squared_error(y, p, **k),
            rmse=m.mean_squared_error(y, p, squared=False, **k),
            mae=m.mean_absolute_error(y, p, **k),
            medianAe=m.median_absolute_error(y, p, **k),
            mape=m.mean_absolute_percentage_error(y, p, **k),
            r2=m.r2_score(y, p, **k),
            explainedVariance=m.explained_variance_score(y, p, **k),
        ),
    )


KINDS = ("none", "random", "zeros")
SIZES = (5, 12, 40, 150)
golden = dict(
    versions=dict(sklearn=sklearn.__version__, scipy=scipy.__version__, numpy=np.__version__),
    tolerance=dict(relative=1e-12, reason="same formulas in float64 on at most 150 rows; only the order of sums differs"),
    binary=[binary(n, kind, share) for n in SIZES for kind in KINDS for share in (0.5, 0.2)],
    multiclass=[multiclass(n, c, kind) for n in (12, 40, 150) for kind in KINDS for c in (3, 5)],
    regression=[regression(n, kind) for n in SIZES for kind in KINDS],
    studentT=[
        dict(t=t, df=df, p=2 * stats.t.sf(t, df))
        for t in (0.0, 0.001, 0.3, 1.0, 1.96, 2.5, 4.0, 9.0, 40.0)
        for df in (1, 2, 3, 4.5, 9, 19, 29, 99, 1000)
    ],
    studentTCritical=[
        dict(p=p, df=df, t=critical(p, df)) for p in (0.5, 0.1, 0.05, 0.01, 0.001) for df in (1, 2, 4, 9, 99, 1000)
    ],
)


def corrected(a, b, ratio):
    d = np.array(a) - np.array(b)
    error = np.sqrt(d.var(ddof=1) * (1 / len(d) + ratio))
    margin = critical(0.05, len(d) - 1) * error
    return dict(
        first=a,
        second=b,
        testToTrain=ratio,
        difference=d.mean(),
        low=d.mean() - margin,
        high=d.mean() + margin,
        pValue=2 * stats.t.sf(abs(d.mean() / error), len(d) - 1),
    )


def scores(n, center):
    return np.round(random.normal(center, 0.02, n), 4).tolist()


golden["compareFolds"] = [
    corrected(scores(j, 0.8 + gap), scores(j, 0.8), 1 / 9 if j > 10 else 1 / (j - 1))
    for j in (3, 5, 10, 30)
    for gap in (0.0, 0.02, 0.08)
]

target = Path(__file__).with_suffix(".json")
target.write_text(json.dumps(golden) + "\n")
print(target, target.stat().st_size)
