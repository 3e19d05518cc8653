"""Plays the calls that MLflow's Python client makes of one training run, with the standard library alone.

Usage: mlflow_client.py URL. Prints as JSON what the server said.
"""

import json
import math
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

BASE = sys.argv[1] + "/api/2.0/mlflow/"


def call(method, path, body=None):
    """As the client's http_request: GET has its message in the address, all else as JSON."""
    url = BASE + path
    data = None
    headers = {"User-Agent": "mlflow-python-client/3.6.0"}
    if method == "GET" and body:
        url += "?" + urllib.parse.urlencode(body, doseq=True)
    elif body is not None:
        # json.dumps writes NaN bare, which is what old clients send.
        data = json.dumps(body).encode()
        headers["Content-Type"] = "application/json"
    request = urllib.request.Request(url, data=data, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request) as response:
            return json.loads(response.read())
    except urllib.error.HTTPError as error:
        return {"status": error.code, **json.loads(error.read())}


def milliseconds():
    return int(time.time() * 1000)


# mlflow.set_experiment("iris")
missing = call("GET", "experiments/get-by-name", {"experiment_name": "iris"})
experiment_id = call("POST", "experiments/create", {"name": "iris"})["experiment_id"]
experiment = call("GET", "experiments/get", {"experiment_id": experiment_id})["experiment"]

# with mlflow.start_run():
tags = {"mlflow.user": "ada", "mlflow.source.name": "train.py", "mlflow.source.type": "LOCAL"}
created = call(
    "POST",
    "runs/create",
    {
        "experiment_id": experiment_id,
        "user_id": "ada",
        "start_time": milliseconds(),
        "tags": [{"key": key, "value": value} for key, value in tags.items()],
        "run_name": "",
    },
)["run"]
run_id = created["info"]["run_id"]
of_run = {"run_uuid": run_id, "run_id": run_id}

# log_param, log_metric, log_params and log_metrics, set_tag, autologging's batches
call("POST", "runs/log-parameter", {**of_run, "key": "depth", "value": "3"})
for step in range(5):
    metric = {"key": "loss", "value": 1 / (step + 1), "timestamp": milliseconds(), "step": step}
    call("POST", "runs/log-metric", {**of_run, **metric})
batch = {
    "run_id": run_id,
    "metrics": [
        {"key": "accuracy", "value": 0.75, "timestamp": milliseconds(), "step": 0},
        {"key": "diverged", "value": math.nan, "timestamp": milliseconds(), "step": 0},
    ],
    "params": [{"key": "criterion", "value": "gini"}],
    "tags": [{"key": "estimator_name", "value": "DecisionTreeClassifier"}],
}
call("POST", "runs/log-batch", batch)
call("POST", "runs/set-tag", {**of_run, "key": "mlflow.note.content", "value": "first try"})
changed = call("POST", "runs/log-parameter", {**of_run, "key": "depth", "value": "4"})

# mlflow.log_artifact("notes.txt", artifact_path="texts"), as the client resolves an address of mlflow-artifacts
folder = created["info"]["artifact_uri"].removeprefix("mlflow-artifacts:/")
proxy = sys.argv[1] + "/api/2.0/mlflow-artifacts/artifacts/" + folder
contents = "a note\n".encode()
upload = urllib.request.Request(proxy + "/texts/notes.txt", data=contents, method="PUT")
urllib.request.urlopen(upload).read()
listed = call("GET", "artifacts/list", {**of_run, "path": "texts"})
with urllib.request.urlopen(proxy + "/texts/notes.txt") as response:
    downloaded = response.read().decode()

# log_input(mlflow.data.from_pandas(...), context="training")
dataset = {"name": "iris", "digest": "d00f", "source_type": "local", "source": "{}"}
context = [{"key": "mlflow.data.context", "value": "training"}]
call("POST", "runs/log-inputs", {"run_id": run_id, "datasets": [{"tags": context, "dataset": dataset}]})

# mlflow.sklearn.log_model(...)
model = call(
    "POST",
    "logged-models",
    {"experiment_id": experiment_id, "name": "model", "source_run_id": run_id, "params": [], "tags": []},
)["model"]
model_id = model["info"]["model_id"]
call("POST", "runs/outputs", {"run_id": run_id, "models": [{"model_id": model_id, "step": 0}]})
finalized = call("PATCH", f"logged-models/{model_id}", {"model_id": model_id, "status": "LOGGED_MODEL_READY"})
call("PATCH", f"logged-models/{model_id}/tags", {"tags": [{"key": "flavor", "value": "sklearn"}]})

# the end of the with block
ended = call(
    "POST", "runs/update", {**of_run, "status": "FINISHED", "end_time": milliseconds(), "run_name": ""}
)["run_info"]

# mlflow.search_runs(filter_string=...), client.get_metric_history, client.get_run
search = {
    "experiment_ids": [experiment_id],
    "filter": "metrics.accuracy > 0.5 and params.depth = '3' and attributes.status = 'FINISHED'",
    "run_view_type": "ACTIVE_ONLY",
    "max_results": 100000 // 10,
    "order_by": ["metrics.accuracy DESC"],
}
found = call("POST", "runs/search", search)
history = call("GET", "metrics/get-history", {**of_run, "metric_key": "loss"})["metrics"]
run = call("GET", "runs/get", of_run)["run"]

json.dump(
    {
        "missing": missing,
        "experiment": experiment,
        "created": created,
        "changed": changed,
        "listed": listed,
        "downloaded": downloaded,
        "finalized": finalized,
        "ended": ended,
        "found": [one["info"]["run_id"] for one in found["runs"]],
        "history": [[point["step"], point["value"]] for point in history],
        "run": run,
    },
    sys.stdout,
)
