#!/usr/bin/env python3
"""Writes theil_sen.csv: scipy.stats.theilslopes(method="joint") on y ~ x1 of diagnostics_data.csv.

Debian 12: python3-scipy 1.10.1, python3-numpy 1.24.2. Run: /usr/bin/python3 make_theil_sen_goldens.py
"""
import csv
import os
import numpy as np
import scipy
from scipy import stats

HERE = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(HERE, "diagnostics_data.csv")) as file:
    rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
with open(os.path.join(HERE, "theil_sen.csv"), "w") as out:
    out.write("# make_theil_sen_goldens.py, scipy %s, numpy %s\nset,quantity,row,value\n" % (scipy.__version__, np.__version__))
    for name in sorted({row["set"] for row in rows}):
        x, y = (np.array([float(row[column]) for row in rows if row["set"] == name]) for column in ("x1", "y"))
        for confidence in (0.9, 0.95):
            fit = stats.theilslopes(y, x, confidence, method="joint")
            figures = [("slope", fit.slope), ("intercept", fit.intercept), ("low", fit.low_slope), ("high", fit.high_slope)]
            for quantity, value in figures:
                out.write("%s,%s%g,1,%r\n" % (name, quantity, confidence, float(value)))
