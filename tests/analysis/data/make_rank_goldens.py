#!/usr/bin/env python3
"""Writes rank_data.csv, rank_goldens.csv, bootstrap_data.csv, bootstrap_replicates.csv and bootstrap_goldens.csv.

Debian 12: python3-scipy 1.10.1, python3-numpy 1.24.2. Run: /usr/bin/python3 make_rank_goldens.py
Data come from numpy's generator with a fixed seed and are stored, so that the goldens do not lean on it.
"""
import csv
import os
import numpy as np
import scipy
from scipy import stats

HERE = os.path.dirname(os.path.abspath(__file__))
BY = "make_rank_goldens.py, scipy %s, numpy %s" % (scipy.__version__, np.__version__)
random = np.random.default_rng(20201)


def write(name, header, rows):
    with open(os.path.join(HERE, name), "w", newline="") as file:
        file.write("# %s\n" % BY)
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows([[repr(float(v)) if not isinstance(v, str) else v for v in row] for row in rows])


def rank_sets():
    ops = np.round(np.exp(random.uniform(np.log(1e6), np.log(8e7), 150)))
    yield "latency", ops, 1.1e-3 + 13.2e-9 * ops * (1 + 0.06 * random.standard_normal(150))
    yield "ties", random.integers(0, 6, 60).astype(float), random.integers(0, 5, 60).astype(float)
    x = random.integers(0, 12, 45).astype(float)
    yield "ties_in_x", x, x + 3 * random.standard_normal(45)
    yield "independent", random.standard_normal(33), random.standard_normal(33)
    yield "falling", np.arange(1.0, 12.0), -np.arange(1.0, 12.0) ** 3
    yield "two", np.array([1.0, 2.0]), np.array([3.0, 5.0])


def slope(x, y):
    return stats.linregress(x, y)


def r_squared(x, y):
    return slope(x, y).rvalue ** 2


def mape(x, y):
    line = slope(x, y)
    return 100 * np.mean(np.abs(y - line.intercept - line.slope * x) / y)


def tau(x, y):
    return stats.kendalltau(x, y, variant="b")[0]


data, goldens = [], []
for name, x, y in rank_sets():
    data += [[name, a, b] for a, b in zip(x, y)]
    goldens += [[name, "tau_b", tau(x, y)], [name, "rho", stats.spearmanr(x, y)[0]]]
write("rank_data.csv", ["data_set", "x", "y"], data)
write("rank_goldens.csv", ["data_set", "quantity", "value"], goldens)

x = np.round(random.uniform(1e6, 6e7, 24))
y = 1.1e-3 + 13.2e-9 * x * (1 + 0.15 * random.standard_normal(24))
replicates, goldens = [], []
for name, statistic in (("r_squared", r_squared), ("mape", mape), ("tau_b", tau)):
    for confidence in (0.9, 0.95):
        result = stats.bootstrap((x, y), statistic, paired=True, vectorized=False, n_resamples=399, method="BCa",
                                 confidence_level=confidence, random_state=np.random.default_rng(7))
        low, high = result.confidence_interval
        goldens.append([name, confidence, statistic(x, y), low, high])
    replicates += [[name, value] for value in result.bootstrap_distribution]
write("bootstrap_data.csv", ["x", "y"], list(zip(x, y)))
write("bootstrap_replicates.csv", ["statistic", "value"], replicates)
write("bootstrap_goldens.csv", ["statistic", "confidence", "estimate", "low", "high"], goldens)
