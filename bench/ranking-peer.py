"""The ranking of scikit-learn on the matrix that bench/ranking.ts writes: one JSON object on standard output.

Usage: ranking-peer.py MATRIX.csv TREES. Columns: target, cluster, then one per feature.
"""
import csv
import json
import sys
import time

import numpy
import sklearn
from sklearn.ensemble import RandomForestRegressor
from sklearn.inspection import permutation_importance
from sklearn.model_selection import GroupKFold

with open(sys.argv[1], newline="") as file:
    header, *rows = csv.reader(file)
data = numpy.array(rows, dtype=float)
target, clusters, features = data[:, 0], data[:, 1], data[:, 2:]
trees = int(sys.argv[2])
importance = numpy.zeros(features.shape[1])
predicted = numpy.zeros(len(target))
started = time.perf_counter()
for train, test in GroupKFold(5).split(features, target, clusters):
    forest = RandomForestRegressor(n_estimators=trees // 5, max_features=1.0, random_state=1, n_jobs=-1)
    forest.fit(features[train], target[train])
    predicted[test] = forest.predict(features[test])
    drops = permutation_importance(
        forest, features[test], target[test], scoring="neg_mean_squared_error", n_repeats=5, random_state=1
    )
    importance += drops.importances_mean
elapsed_s = time.perf_counter() - started
r_squared = 1 - ((target - predicted) ** 2).sum() / ((target - target.mean()) ** 2).sum()
json.dump(
    {
        "version": sklearn.__version__,
        "elapsed_s": elapsed_s,
        "r_squared": float(r_squared),
        "importance": dict(zip(header[2:], importance.tolist())),
    },
    sys.stdout,
)
