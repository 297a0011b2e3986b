#!/usr/bin/python3
"""CPU time and peak memory of `opline fit` beside pandas and statsmodels on one large table, each as a whole program.

    table_fit_benchmark.py OPLINE [ROWS] [REPETITIONS]    default: 1000000 rows, median of 3

Both read the table and print slope and intercept by least squares with HC3 errors and the cross-validated MAPE:
- opline: `opline fit --csv FILE --json`. Its cross-validation deals 10 folds, twice for a million rows; it also writes
  classical errors and the diagnostics (RESET, Breusch-Pagan, White, Jarque-Bera, influence).
- Python: pandas.read_csv, statsmodels OLS with cov_type="HC3", 5 folds once. One BLAS thread: more add CPU time.
Estimates and errors must agree to 9 digits and the MAPE to 1 %, or the script fails. `opline validate` is timed as well;
it has no counterpart. Where a Python package is missing the script says so and exits with 77.
"""
import importlib.util
import json
import os
import random
import statistics
import sys
import tempfile


def write_table(path, rows):
    random.seed(1)
    with open(path, "w") as out:
        out.write("name,ops,latency_s\n")
        for i in range(rows):
            ops = random.randint(1_000_000, 50_000_000)
            out.write(f"net-{i},{ops},{1e-3 + 1e-8 * ops * random.gauss(1, 0.02)!r}\n")


def fit_in_python(path):
    import numpy
    import pandas
    import statsmodels.api

    table = pandas.read_csv(path)
    x = statsmodels.api.add_constant(table["ops"].astype(float)).to_numpy()
    y = table["latency_s"].to_numpy()
    model = statsmodels.api.OLS(y, x).fit(cov_type="HC3")
    fold = numpy.random.default_rng(1).permutation(len(y)) % 5
    errors = numpy.empty(len(y))
    for k in range(5):
        held = fold == k
        predicted = statsmodels.api.OLS(y[~held], x[~held]).fit().predict(x[held])
        errors[held] = numpy.abs(predicted - y[held]) / y[held]
    print(json.dumps({"figures": [*map(float, model.params), *map(float, model.bse)], "mape": 100 * float(errors.mean()),
                      "versions": f"pandas {pandas.__version__}, statsmodels {statsmodels.__version__}"}))


def figures_of_opline(text):
    fit = json.loads(text)["fits"][0]["regression"]
    coefficients = [fit["coefficients"][name] for name in ("intercept", "ops")]
    return {"figures": [one[key] for key in ("estimate", "standard_error") for one in coefficients],
            "mape": fit["held_out_errors_percent"]["mape"]}


def run(command):
    """Output, CPU seconds and peak megabytes of a program."""
    with tempfile.TemporaryFile() as out:
        child = os.posix_spawn(command[0], command, os.environ,
                               file_actions=[(os.POSIX_SPAWN_DUP2, out.fileno(), 1)])
        _, status, usage = os.wait4(child, 0)
        out.seek(0)
        return (out.read().decode(), os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime,
                usage.ru_maxrss / 1000)


def median_run(command, repetitions, codes=(0,)):
    runs = [run(command) for _ in range(repetitions)]
    for _, code, _, _ in runs:
        if code not in codes:
            sys.exit(f"{' '.join(command)}: exit code {code}")
    return runs[0][0], statistics.median(r[2] for r in runs), statistics.median(r[3] for r in runs)


def main():
    missing = [name for name in ("pandas", "statsmodels") if importlib.util.find_spec(name) is None]
    if missing:
        print(f"skipped: {' and '.join(missing)} missing: apt install python3-pandas python3-statsmodels, and use "
              "/usr/bin/python3")
        sys.exit(77)
    opline = os.path.abspath(sys.argv[1])
    rows = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
    repetitions = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "table.csv")
        write_table(path, rows)
        text, cpu, peak = median_run([opline, "fit", "--csv", path, "--json"], repetitions)
        found = figures_of_opline(text)
        text, python_cpu, python_peak = median_run([sys.executable, __file__, "--fit", path], repetitions)
        expected = json.loads(text)
        _, validate_cpu, validate_peak = median_run([opline, "validate", "--csv", path, "--json"], 1, (0, 8, 9, 10))
    print(f"{rows} rows, median of {repetitions}\n"
          f"opline fit --json             {cpu:7.2f} CPU s {peak:7.0f} MB\n"
          f"{expected['versions']:<29} {python_cpu:7.2f} CPU s {python_peak:7.0f} MB\n"
          f"opline / Python               {cpu / python_cpu:7.2f}       {peak / python_peak:7.2f}\n"
          f"opline validate --json        {validate_cpu:7.2f} CPU s {validate_peak:7.0f} MB")
    apart = max(abs(a / b - 1) for a, b in zip(found["figures"], expected["figures"]))
    mape_apart = abs(found["mape"] / expected["mape"] - 1)
    print(f"estimates and HC3 errors differ by {apart:.1e}, cross-validated MAPE by {mape_apart:.1e}")
    if apart > 1e-9 or mape_apart > 0.01:
        sys.exit("the two programs do not compute the same figures")


if len(sys.argv) < 2 or sys.argv[1].startswith("-h"):
    sys.exit(__doc__)
if sys.argv[1] == "--fit":
    fit_in_python(sys.argv[2])
else:
    main()
