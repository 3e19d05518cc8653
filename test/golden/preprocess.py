"""Values of scikit-learn's preprocessing, for src/learn/preprocess/golden.test.ts.

Run: /usr/bin/python3 test/golden/preprocess.py  (scikit-learn 1.2.1, numpy)
"""

import json
import pathlib

import numpy as np
import sklearn
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.preprocessing import (
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    PolynomialFeatures,
    PowerTransformer,
    QuantileTransformer,
    RobustScaler,
    StandardScaler,
)

random = np.random.default_rng(7)


def plain(values):
    """Nested lists with None for NaN."""
    return [None if v != v else v for v in values] if np.ndim(values) == 1 else [plain(row) for row in values]


n, m = 60, 25
train = np.column_stack(
    [
        random.normal(40, 12, n),
        np.exp(random.normal(2, 1, n)),
        random.integers(0, 5, n),
        np.where(random.random(n) < 0.4, 0, random.normal(0, 3, n)),
        np.full(n, 3.25),
        random.normal(1e6, 1, n),
    ]
).round(3)
test = np.column_stack(
    [
        random.normal(40, 30, m),
        np.exp(random.normal(2, 2, m)),
        random.integers(-2, 9, m),
        np.where(random.random(m) < 0.4, 0, random.normal(0, 6, m)),
        random.normal(3.25, 1, m),
        random.normal(1e6, 3, m),
    ]
).round(3)
whole = {"train": train.copy(), "test": test.copy()}
# The least and greatest training value, and one that stands in a run of equal ones.
test[0, :] = train.min(axis=0)
test[1, :] = train.max(axis=0)
train[random.random(train.shape) < 0.1] = np.nan
test[random.random(test.shape) < 0.1] = np.nan

cases = []


def numbers(kind, options, transformer, columns=range(6)):
    columns = list(columns)
    result = transformer.fit(train[:, columns]).transform(test[:, columns])
    cases.append({"kind": kind, "options": options, "columns": columns, "result": plain(np.asarray(result, float))})


numbers("imputer", {"strategy": "mean"}, SimpleImputer())
numbers("imputer", {"strategy": "median", "addIndicator": True}, SimpleImputer(strategy="median", add_indicator=True))
numbers("imputer", {"strategy": "most-frequent"}, SimpleImputer(strategy="most_frequent"))
numbers("imputer", {"strategy": "constant", "fillValue": -1}, SimpleImputer(strategy="constant", fill_value=-1))
numbers("missing-indicator", {}, MissingIndicator())
numbers("standard-scaler", {}, StandardScaler())
numbers("standard-scaler", {"withMean": False}, StandardScaler(with_mean=False))
numbers("standard-scaler", {"withStd": False}, StandardScaler(with_std=False))
numbers("min-max-scaler", {}, MinMaxScaler())
numbers(
    "min-max-scaler", {"featureRange": [-2, 3], "clip": True}, MinMaxScaler(feature_range=(-2, 3), clip=True)
)
numbers("robust-scaler", {}, RobustScaler())
numbers("robust-scaler", {"quantileRange": [10, 80]}, RobustScaler(quantile_range=(10, 80)))
# Column 4 is constant: scikit-learn sends it to 0 or 1 by the order of its assignments.
several = [0, 1, 2, 3, 5]
numbers("quantile-transformer", {"nQuantiles": 20}, QuantileTransformer(n_quantiles=20), several)
numbers("quantile-transformer", {"nQuantiles": 50}, QuantileTransformer(n_quantiles=50), several)
numbers(
    "quantile-transformer",
    {"nQuantiles": 30, "outputDistribution": "normal"},
    QuantileTransformer(n_quantiles=30, output_distribution="normal"),
    several,
)
numbers("power-transformer", {}, PowerTransformer(), [0, 1, 2, 3])
numbers("power-transformer", {"standardize": False}, PowerTransformer(standardize=False), [0, 1, 2, 3])
positive = PowerTransformer(method="box-cox").fit(train[:, [1]])
cases.append(
    {
        "kind": "power-transformer",
        "options": {"method": "box-cox"},
        "columns": [1],
        "result": plain(positive.transform(test[:, [1]])),
    }
)

polynomial = PolynomialFeatures(degree=3, interaction_only=False, include_bias=True).fit(whole["train"][:, :3])
interactions = PolynomialFeatures(degree=2, interaction_only=True, include_bias=False).fit(whole["train"][:, :4])
products = [
    {
        "options": {"degree": 3, "includeBias": True},
        "columns": [0, 1, 2],
        "names": list(polynomial.get_feature_names_out(["a", "b", "c"])),
        "result": plain(polynomial.transform(whole["test"][:, :3])),
    },
    {
        "options": {"degree": 2, "interactionOnly": True},
        "columns": [0, 1, 2, 3],
        "names": list(interactions.get_feature_names_out(["a", "b", "c", "d"])),
        "result": plain(interactions.transform(whole["test"][:, :4])),
    },
]

cities = ["Bern", "Bonn", "Kyiv", "Lima", "Oslo", "Riga", "Rome"]
share = [0.3, 0.02, 0.25, 0.08, 0.2, 0.05, 0.1]
city_train = [cities[i] for i in random.choice(7, 100, p=share)]
city_test = [(cities + ["Paris"])[i] for i in random.choice(8, 30)]
as_column = lambda values: np.array(values, dtype=object).reshape(-1, 1)


def levels(options, **settings):
    settings.setdefault("handle_unknown", "ignore")
    encoder = OneHotEncoder(sparse_output=False, **settings).fit(as_column(city_train))
    return {"options": options, "result": encoder.transform(as_column(city_test)).astype(int).tolist()}


one_hot = [
    levels({}),
    levels({"minFrequency": 8}, min_frequency=8),
    levels({"minFrequency": 0.1, "unknown": "rare"}, min_frequency=0.1, handle_unknown="infrequent_if_exist"),
    levels({"maxCategories": 4, "unknown": "rare"}, max_categories=4, handle_unknown="infrequent_if_exist"),
    levels({"minFrequency": 8, "maxCategories": 3}, min_frequency=8, max_categories=3),
    levels({"drop": "first"}, drop="first"),
]
ordinal = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1).fit(as_column(city_train))

vocabulary = "the a good bad food service was very not slow fast staff Great waiter table 24 x".split()
text = lambda: " ".join(random.choice(vocabulary, random.integers(0, 12))) + "."
text_train, text_test = [text() for _ in range(40)], [text() + " unseen" for _ in range(15)]


def weights(options, **settings):
    vectorizer = TfidfVectorizer(**settings).fit(text_train)
    return {
        "options": options,
        "names": list(vectorizer.get_feature_names_out()),
        "result": vectorizer.transform(text_test).toarray().round(15).tolist(),
    }


tfidf = [
    weights({}),
    weights({"ngramRange": [1, 2], "minDf": 4, "sublinearTf": True}, ngram_range=(1, 2), min_df=4, sublinear_tf=True),
    weights({"smoothIdf": False, "norm": None, "lowercase": False}, smooth_idf=False, norm=None, lowercase=False),
    weights({"useIdf": False, "minDf": 0.2}, use_idf=False, min_df=0.2),
]

golden = {
    "sklearn": sklearn.__version__,
    "train": plain(train),
    "test": plain(test),
    "cases": cases,
    "wholeTest": plain(whole["test"]),
    "wholeTrain": plain(whole["train"]),
    "products": products,
    "cityTrain": city_train,
    "cityTest": city_test,
    "oneHot": one_hot,
    "ordinal": ordinal.transform(as_column(city_test)).ravel().tolist(),
    "powerLambdas": PowerTransformer().fit(train[:, :4]).lambdas_.tolist(),
    "boxCoxLambda": positive.lambdas_.tolist(),
    "textTrain": text_train,
    "textTest": text_test,
    "tfidf": tfidf,
}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(golden, separators=(",", ":")) + "\n")
