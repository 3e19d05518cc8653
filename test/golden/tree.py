"""Golden values for decision trees; writes tree.json beside itself. Trees are listed in preorder.

Trees in which two splits of a node are equally good are left out: they are told by fits with several random states,
which decide such ties in scikit-learn, that do not agree.
"""
import json
import pathlib

import numpy as np
import sklearn
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

random = np.random.RandomState(11)
ROWS, COLUMNS = 240, 4


def column():
    """Different numbers of three decimals: no ties within a column."""
    return random.permutation(np.arange(-1500, 1500))[:ROWS] / 1000


x = np.column_stack([column() for _ in range(COLUMNS)])
score = 2 * x[:, 0] - x[:, 1] * x[:, 2] + 0.5 * random.randn(ROWS)
y = np.round(score, 3)
binary = (score > 0.3).astype(int)
multi = np.digitize(score, [-1.0, 0.2, 1.5])
weights = np.round(random.rand(ROWS) * 3, 2)
weights[7] = 0
targets = {"values": y, "binary": binary, "multi": multi}
fresh = np.round(random.uniform(-1.6, 1.6, (40, COLUMNS)), 3)


def preorder(model):
    tree, nodes, stack = model.tree_, [], [0]
    while stack:
        at = stack.pop()
        value = tree.value[at][0]
        leaf = tree.children_left[at] < 0
        nodes.append({
            "feature": -1 if leaf else int(tree.feature[at]),
            "threshold": 0 if leaf else float(tree.threshold[at]),
            "rows": int(tree.n_node_samples[at]),
            "weight": float(tree.weighted_n_node_samples[at]),
            "impurity": float(tree.impurity[at]),
            "value": (value / value.sum() if hasattr(model, "classes_") else value).tolist(),
        })
        if not leaf:
            stack += [tree.children_right[at], tree.children_left[at]]
    return nodes


NAMES = {
    "criterion": "criterion", "maxDepth": "max_depth", "minSamplesLeaf": "min_samples_leaf",
    "minSamplesSplit": "min_samples_split", "minWeightFractionLeaf": "min_weight_fraction_leaf",
    "maxLeafNodes": "max_leaf_nodes", "minImpurityDecrease": "min_impurity_decrease", "ccpAlpha": "ccp_alpha",
    "classWeight": "class_weight",
}
CRITERIA = {"squared-error": "squared_error", "log-loss": "log_loss"}
cases = []


def add(target, options, weighted=False):
    given = {NAMES[name]: CRITERIA.get(value, value) if isinstance(value, str) else value
             for name, value in options.items()}
    kind = DecisionTreeRegressor if target == "values" else DecisionTreeClassifier

    def fit(state):
        model = kind(random_state=state, **given)
        return model.fit(x, targets[target], sample_weight=weights if weighted else None)

    models = [fit(state) for state in range(30)]
    trees = [[(node["feature"], node["rows"]) for node in preorder(model)] for model in models]
    if any(tree != trees[0] for tree in trees):
        return print("left out for equally good splits:", target, options, weighted)
    model = models[0]
    predicted = model.predict(fresh) if target == "values" else model.predict_proba(fresh)
    cases.append({
        "target": target, "options": options, "weighted": weighted, "nodes": preorder(model),
        "importances": model.feature_importances_.tolist(), "predicted": predicted.tolist(),
    })


leaf = {"minSamplesLeaf": 9}
for target in targets:
    for weighted in (False, True):
        add(target, {"maxDepth": 4, **leaf}, weighted)
        add(target, {"maxLeafNodes": 9, **leaf}, weighted)
        add(target, {"maxDepth": 5, "minWeightFractionLeaf": 0.03}, weighted)
        add(target, {"minSamplesSplit": 30, "minSamplesLeaf": 8, "minImpurityDecrease": 0.01}, weighted)
for target in ("binary", "multi"):
    for weighted in (False, True):
        add(target, {"criterion": "entropy", "maxDepth": 4, **leaf}, weighted)
    add(target, {"criterion": "log-loss", "maxLeafNodes": 7, **leaf})
    add(target, {"classWeight": "balanced", "maxDepth": 3, **leaf})
    add(target, {"criterion": "entropy", "ccpAlpha": 0.02, "minSamplesLeaf": 5}, True)

for target in targets:
    kind = DecisionTreeRegressor if target == "values" else DecisionTreeClassifier
    path = kind(min_samples_leaf=9, random_state=0).cost_complexity_pruning_path(x, targets[target]).ccp_alphas
    # Between the alphas at which the tree changes, so that rounding decides nothing.
    steps = [(low + high) / 2 for low, high in zip(path[1:], path[2:]) if high > low + 1e-6]
    for alpha in steps[:: max(1, len(steps) // 5)]:
        add(target, {**leaf, "ccpAlpha": float(alpha)})

golden = {
    "sklearn": sklearn.__version__,
    "x": x.tolist(), "targets": {name: values.tolist() for name, values in targets.items()},
    "weights": weights.tolist(), "fresh": fresh.tolist(), "cases": cases,
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(golden) + "\n")
print(len(cases), "trees")
