"""What teams serve with today: a boosted model of scikit-learn behind FastAPI, a row as JSON through a pandas table.

/usr/bin/python3 bench/serving-http/peer.py ROWS TARGET, rows as lines of JSON; says its port and versions on one line.
"""

import json
import socket
import sys

import fastapi
import pandas as pd
import sklearn
import uvicorn
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OrdinalEncoder

table, target = pd.read_json(sys.argv[1], lines=True), sys.argv[2]
texts = make_column_selector(dtype_include=object)
model = make_pipeline(
    make_column_transformer(
        (OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1), texts),
        remainder="passthrough",
    ),
    HistGradientBoostingClassifier(random_state=0),
)
columns = table.drop(columns=target)
model.fit(columns, table[target])
labels = [str(label) for label in model.classes_]
app = fastapi.FastAPI()


@app.post("/predict")
def predict(row: dict):
    shares = model.predict_proba(pd.DataFrame([row], columns=columns.columns))[0]
    return {
        "prediction": labels[shares.argmax()],
        "probabilities": dict(zip(labels, shares.tolist())),
    }


listening = socket.create_server(("127.0.0.1", 0))
print(
    json.dumps(
        {
            "port": listening.getsockname()[1],
            "peer": f"FastAPI {fastapi.__version__}, scikit-learn {sklearn.__version__}",
        }
    ),
    flush=True,
)
uvicorn.run(app, fd=listening.fileno(), log_level="warning")
