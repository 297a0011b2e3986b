# study.py - the cells of the notebook that `opline export --format notebook` writes.
#
# A cell starts at a line "# %% id" (code) or "# %% [markdown] id" (text in comments) and ends before the next
# one; ids are those of the cells in the notebook. notebook.cpp fills in the names between @. This text, above
# the first cell, is not part of the notebook.

# %% [markdown] title
# # Latency against op count: @STUDY_NAME@
#
# A search for neural networks would rather count the operations (ops) of a candidate than measure it. May it?
# This notebook loads the networks that the study measured, fits
#
# &nbsp;&nbsp;&nbsp;&nbsp;latency = slope × ops + intercept
#
# with [statsmodels](https://www.statsmodels.org), draws the fit and what it leaves open, and checks that every
# figure agrees with the one that opline computed. Ops are 2 × multiply-accumulates of convolutions and fully
# connected layers.
#
# @SERIES@
#
# @SIMULATED@

# %% [markdown] requirements
# **To run it:** Python 3.9 or later with SQLite 3.38 or later, pandas, matplotlib and statsmodels, e.g. on
# Debian 12
#
#     apt-get install jupyter-notebook python3-pandas python3-matplotlib python3-statsmodels
#
# The study is opened read-only. Its tables and views are described in opline's `docs/formats/study.md`.

# %% imports
import json
import sqlite3
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import scipy.stats
import statsmodels
import statsmodels.api as sm
from statsmodels.stats import diagnostic, stattools

pd.options.display.float_format = "{:.5g}".format
STUDY = @STUDY@  # relative to the folder of this notebook

# %% [markdown] opline
# ## What opline computed
#
# The figures below are those of `opline fit --json` (`docs/formats/fit.md`) at the time of the export, in
# seconds and ops. `null` is a figure that is not defined or not known.

# %% figures
SERIES = json.loads(r'''
@FIGURES@
''')

# %% [markdown] load-text
# ## The measured networks
#
# A *series* is the networks of one campaign (search space, prior, seed) that were measured under one setup
# (board, clock, runtime, compiler). Each different network counts once, however often it was drawn.

# %% load
def open_study(path):
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(
            f"there is no study {path} as seen from {Path.cwd()}: run the notebook in the folder that it was "
            "written to, or set STUDY to the path of the study")
    if sqlite3.sqlite_version_info < (3, 38):
        raise RuntimeError(f"a study needs SQLite 3.38 or later; this Python has {sqlite3.sqlite_version}")
    study = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    if study.execute("PRAGMA application_id").fetchone()[0] != 0x4F706C6E:
        raise ValueError(f"{path} is not a study of opline")
    return study


NETWORKS = """
WITH drawn AS (
  SELECT d.network, min(d.position) AS position, d.architecture
  FROM draws d JOIN campaigns c ON c.key = d.campaign JOIN spaces s ON s.key = c.space
  WHERE s.id = :space_id AND c.prior = :prior AND c.seed IS :seed
  GROUP BY d.network)
SELECT n.id AS network, drawn.architecture, m.ops, m.seconds
FROM drawn JOIN networks n ON n.key = drawn.network JOIN measurements m ON m.network = n.id
WHERE m.setup = :setup_id AND m.seconds IS NOT NULL ORDER BY drawn.position
"""
LAYERS = "SELECT network, type, ops, seconds FROM layer_measurements WHERE setup = :setup_id"


def load(study, series):
    """The networks of a series with ops in millions and latency in ms, so that a slope is in ns/op."""
    identity = {key: series[key] for key in ("space_id", "prior", "seed", "setup_id")}
    networks = pd.read_sql_query(NETWORKS, study, params=identity)
    n = series["fit"]["n"]
    if n and len(networks) != n:
        raise ValueError(
            f"{series['title']}: the study has {len(networks)} measured networks, and had {n} when this notebook "
            "was written: write it again (opline export --format notebook)")
    return networks.assign(mops=networks["ops"] / 1e6, ms=networks["seconds"] * 1e3)


study = open_study(STUDY)
data = [load(study, series) for series in SERIES]
pd.DataFrame([{"series": series["title"], "networks": len(networks), "ops, least (M)": networks["mops"].min(),
               "ops, most (M)": networks["mops"].max(), "latency, least (ms)": networks["ms"].min(),
               "latency, most (ms)": networks["ms"].max()}
              for series, networks in zip(SERIES, data)]).set_index("series")

# %% [markdown] fit-text
# ## The fit
#
# Ordinary least squares of latency on ops, an intercept included. Standard errors are HC3's, which allow the
# latencies of large networks to spread more than those of small ones; where one network alone decides the line
# they are not defined, and classical errors are used. Where every network of a space was measured nothing was
# sampled, and there are no errors.

# %% fit
def fit(series, networks):
    design = pd.DataFrame({"intercept": 1.0, "slope": networks["mops"]})
    robust = series["fit"]["errors"] != "classical"
    return sm.OLS(networks["ms"], design).fit(cov_type="HC3" if robust else "nonrobust", use_t=True)


def equation(line):
    slope, intercept = line.params["slope"], line.params["intercept"]
    return f"{slope:.5g} ns/op × ops {'−' if intercept < 0 else '+'} {abs(intercept):.5g} ms"


fitted = [(series, networks, fit(series, networks))
          for series, networks in zip(SERIES, data) if series["fit"]["n"]]
for series, networks, line in fitted:
    print(f"{series['title']}\n  latency = {equation(line)}, R² {line.rsquared:.5f}, {len(networks)} networks")
for series in SERIES:
    if not series["fit"]["n"]:
        print(f"{series['title']}\n  no fit: {series['fit']['why_no_fit']}")

# %% [markdown] intervals-text
# Intervals are estimate ± t × standard error. For HC3 and up to 2000 networks, t has the degrees of freedom of
# Bell and McCaffrey (Survey Methodology 28, 2002): a few networks with many ops decide how well the slope is
# known, so it has fewer degrees of freedom than n − 2.

# %% intervals
def degrees_of_freedom(series, networks):
    n = len(networks)
    if series["fit"]["errors"] == "classical" or n > 2000:
        return n - 2
    d = networks["mops"].to_numpy() - networks["mops"].mean()
    residual_maker = np.eye(n) - 1 / n - np.outer(d, d) / (d @ d)
    w = d**2 / np.diag(residual_maker)
    return (w @ np.diag(residual_maker))**2 / (w @ residual_maker**2 @ w)


def student_quantile(series, networks):
    return scipy.stats.t.ppf((1 + series["fit"]["confidence"]) / 2, degrees_of_freedom(series, networks))


def is_sampled(series):
    return not series["fit"]["whole_enumeration"]

# %% [markdown] latency-text
# ## Latency against ops
#
# Each point is a network. *How to read it:* the closer the points are to the line over the whole range, the
# better ops stand in for latency. The band is the 95 % confidence interval of the line, the dashed lines are the
# 95 % prediction interval of one further network. Where the points bend away from the line, a search would
# prefer the wrong networks there, even if R² is high.

# %% latency
COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#666666", "#000000"]
plt.rcParams.update({"axes.spines.top": False, "axes.spines.right": False, "axes.grid": True, "grid.alpha": 0.3,
                     "axes.axisbelow": True, "legend.frameon": False, "figure.dpi": 110})


def plain(text):
    """Text for a figure: matplotlib would read what is between dollar signs as a formula."""
    return text.replace("$", r"\$")


def panels(columns, width=6.4, height=4.2):
    """A row of panels for each fitted series."""
    rows = len(fitted)
    figure, axes = plt.subplots(rows, columns, figsize=(width * columns, height * rows), squeeze=False)
    return figure, axes


figure, axes = panels(1, 9, 5)
for i, (series, networks, line) in enumerate(fitted):
    axis, colour = axes[i, 0], COLOURS[i % len(COLOURS)]
    axis.scatter(networks["mops"], networks["ms"], s=18, alpha=0.6, color=colour, linewidths=0,
                 label=f"{len(networks)} networks, {series['origin']}")
    x = np.linspace(networks["mops"].min(), networks["mops"].max(), 200)
    points = np.column_stack([np.ones_like(x), x])
    y = points @ line.params.to_numpy()
    axis.plot(x, y, color=colour, label=f"{equation(line)}, R² {line.rsquared:.4f}")
    if is_sampled(series):
        t = student_quantile(series, networks)
        variance = np.einsum("ij,jk,ik->i", points, line.cov_params().to_numpy(), points)
        mean, single = t * np.sqrt(variance), t * np.sqrt(variance + line.mse_resid)
        axis.fill_between(x, y - mean, y + mean, color=colour, alpha=0.3, linewidth=0,
                          label="95 % interval of the line")
        axis.plot(x, y - single, "--", color=colour, linewidth=1, label="95 % interval of one further network")
        axis.plot(x, y + single, "--", color=colour, linewidth=1)
    axis.set(title=plain(series["label"]), xlabel="ops (millions)", ylabel="latency (ms)", xlim=(0, None),
             ylim=(0, None))
    axis.legend(loc="upper left")
figure.tight_layout()

# %% [markdown] residuals-text
# ## What the line leaves open
#
# Residual = measured − fitted latency, on the left in ms, on the right as a share of the measured latency.
# *How to read it:* points without a pattern around 0 are what ops cannot tell apart, networks of the same op
# count with different latency. A bend is a lack of fit. A spread that grows with ops is why HC3 errors are used.
# The dotted lines hold 90 % of the networks.

# %% residuals
figure, axes = panels(2)
for i, (series, networks, line) in enumerate(fitted):
    colour = COLOURS[i % len(COLOURS)]
    for axis, residual, unit in ((axes[i, 0], line.resid, "ms"), (axes[i, 1], 100 * line.resid / networks["ms"], "%")):
        axis.scatter(networks["mops"], residual, s=14, alpha=0.6, color=colour, linewidths=0)
        axis.axhline(0, color="black", linewidth=0.8)
        for quantile in np.quantile(residual, [0.05, 0.95]):
            axis.axhline(quantile, color=colour, linewidth=1, linestyle=":")
        axis.set(title=plain(series["label"]), xlabel="ops (millions)", ylabel=f"residual ({unit})")
figure.tight_layout()

# %% [markdown] agreement-text
# ## Agreement with opline
#
# Every figure of the line by statsmodels beside opline's. The cell fails if one differs by more than a millionth.

# %% agreement
TOLERANCE = 1e-6


class Comparison:
    """Figures of a series computed here, beside opline's."""

    def __init__(self, series):
        self.series, self.rows = series, []

    def add(self, figure, here, opline, at_least=0.0):
        if opline is not None:
            difference = abs(here - opline) / max(abs(opline), at_least, np.finfo(float).tiny)
            self.rows.append({"series": self.series["label"], "figure": figure, "here": here, "opline": opline,
                              "relative difference": difference, "agrees": bool(difference <= TOLERANCE)})


def show(comparisons):
    """Prints the table, and fails where a figure does not agree."""
    table = pd.DataFrame([row for one in comparisons for row in one.rows])
    if table.empty:
        print("there is nothing to compare")
        return
    shown = table.assign(**{column: table[column].map(form.format) for column, form in
                            (("here", "{:.10g}"), ("opline", "{:.10g}"), ("relative difference", "{:.1e}"))})
    with pd.option_context("display.max_rows", None):
        display(shown.set_index(["series", "figure"]))  # not a Styler: that does not escape names
    wrong = table[~table["agrees"]]
    assert wrong.empty, f"{len(wrong)} figures differ from opline's:\n{wrong.to_string(index=False)}"


def compare_coefficient(comparison, name, unit, line, opline, scale, size, t):
    """`scale`: from seconds to the unit; `size`: what an estimate's rounding is relative to."""
    estimate, error = line.params[name], line.bse[name]
    comparison.add(f"{name} ({unit})", estimate, scale * opline["estimate"], size)
    if opline["standard_error"] is None:
        return
    comparison.add(f"{name}, standard error ({unit})", error, scale * opline["standard_error"], 1e-3 * size)
    comparison.add(f"{name}, classical standard error ({unit})", line.model.fit().bse[name],
                   scale * opline["classical_standard_error"], 1e-3 * size)
    low, high = opline["interval"]
    comparison.add(f"{name}, interval from ({unit})", estimate - t * error, scale * low, size)
    comparison.add(f"{name}, interval to ({unit})", estimate + t * error, scale * high, size)


comparisons = []
for series, networks, line in fitted:
    comparison, opline = Comparison(series), series["fit"]
    comparisons.append(comparison)
    mean = networks["ms"].mean()
    t = student_quantile(series, networks)
    slope = opline["slope_seconds_per_op"]
    compare_coefficient(comparison, "slope", "ns/op", line, slope, 1e9, abs(1e9 * slope["estimate"]), t)
    compare_coefficient(comparison, "intercept", "ms", line, opline["intercept_seconds"], 1e3, mean, t)
    comparison.add("R^2", line.rsquared, opline["r_squared"], 1)
    comparison.add("RMSE (ms)", np.sqrt((line.resid**2).mean()), 1e3 * opline["rmse_seconds"], 1e-3 * mean)
    comparison.add("MAPE (%)", 100 * (line.resid.abs() / networks["ms"]).mean(), opline["mape_percent"], 1e-3)
show(comparisons)

# %% [markdown] diagnostics-text
# ## Diagnostics
#
# Breusch and Pagan's and White's tests ask whether the spread changes with ops, Jarque and Bera's whether the
# residuals are normal, Ramsey's RESET whether latency bends. With many networks any deviation becomes
# significant: a small p-value says that it is there, not that it matters.

# %% diagnostics
def reset(_, design, latency):
    """Of standardised columns, which leave the statistic as it is: powers of the fitted values lose digits else."""
    ops, latency = scipy.stats.zscore(design[:, 1]), scipy.stats.zscore(latency)
    found = diagnostic.linear_reset(sm.OLS(latency, sm.add_constant(ops)).fit(), power=3, use_f=True)
    return found.fvalue, found.pvalue


TESTS = {
    "breusch_pagan": ("Breusch-Pagan", lambda residuals, design, _: diagnostic.het_breuschpagan(residuals, design)),
    "white": ("White", lambda residuals, design, _: diagnostic.het_white(residuals, design)),
    "jarque_bera": ("Jarque-Bera", lambda residuals, *_: stattools.jarque_bera(residuals)),
    "reset": ("RESET", reset),
}

comparisons = []
for series, networks, line in fitted:
    comparisons.append(Comparison(series))
    if line.resid.abs().max() < 1e-9 * networks["ms"].max():
        print(f"{series['label']}: the residuals are mostly rounding, so there is nothing to test")
        continue
    for key, opline in (series["fit"]["diagnostics"] or {}).items():
        if opline is not None:
            name, test = TESTS[key]
            statistic, p = test(line.resid.to_numpy(), line.model.exog, line.model.endog)[:2]
            comparisons[-1].add(f"{name}, statistic", np.squeeze(statistic).item(), opline["statistic"], 1)
            comparisons[-1].add(f"{name}, p", np.squeeze(p).item(), opline["p"], 1)
show(comparisons)

# %% [markdown] validation-text
# ## Error on networks that were not fitted
#
# The mean absolute error, in per cent, of networks that the line was not fitted to: cross-validation with 10
# folds, repeated. opline assigns networks to folds with its own random numbers, so the two figures agree only as
# far as the assignment matters: within five standard errors, which the repeats give.

# %% validation
def held_out_mape(mops, ms, repeats, folds=10, seed=1):
    """One figure for each repeat."""
    random = np.random.default_rng(seed)
    figures = []
    for _ in range(repeats):
        fold = random.permutation(len(ms)) % folds
        error = np.empty(len(ms))
        for k in range(folds):
            inside, outside = fold != k, fold == k
            x, y = mops[inside], ms[inside]
            slope = ((x - x.mean()) @ y) / ((x - x.mean()) @ (x - x.mean()))
            error[outside] = (y.mean() + slope * (mops[outside] - x.mean())) / ms[outside] - 1
        figures.append(100 * np.abs(error).mean())
    return np.array(figures)


rows = []
for series, networks, line in fitted:
    opline = series["fit"]["held_out_errors_percent"]
    if opline is None:
        continue
    repeats = opline["n"] // len(networks)
    here = held_out_mape(networks["mops"].to_numpy(), networks["ms"].to_numpy(), max(repeats, 5))
    error = here.std(ddof=1) * np.sqrt(1 / len(here) + 1 / repeats)
    rows.append({"series": series["label"], "here (%)": here.mean(), "opline (%)": opline["mape"],
                 "difference (%)": here.mean() - opline["mape"], "five standard errors (%)": 5 * error})
    assert abs(here.mean() - opline["mape"]) <= 5 * error + 1e-6, (
        f"{series['title']}: the cross-validated error is {here.mean()} % here and {opline['mape']} % by opline")
pd.DataFrame(rows).set_index("series") if rows else None

# %% [markdown] layers-text
# ## Layers by type
#
# Ops of different layer types cost different amounts of time: a depthwise convolution loads more data per
# multiply-accumulate than a 1×1 convolution. *How to read it:* on the left each point is a layer; types that are
# parallel but apart have a different cost per op. On the right, a type whose share of latency is larger than its
# share of ops costs more than the average op. Whole networks are still linear in ops as long as networks of all
# sizes consist of much the same mix.

# %% layers
def load_layers(series, networks):
    layers = pd.read_sql_query(LAYERS, study, params={"setup_id": series["setup_id"]})
    return layers[layers["network"].isin(set(networks["network"]))]


known = [(series, layers) for series, networks, _ in fitted if len(layers := load_layers(series, networks))]
if not known:
    print("The study has no cycles of single layers.")
else:
    figure, axes = plt.subplots(len(known), 2, figsize=(12.8, 4.4 * len(known)), squeeze=False)
    types = sorted({one for _, layers in known for one in layers["type"]})
    colours = {one: COLOURS[i % len(COLOURS)] for i, one in enumerate(types)}
    for (left, right), (series, layers) in zip(axes, known):
        sums = layers.groupby("type")[["ops", "seconds"]].sum()
        shares = (100 * sums / sums.sum()).sort_values("seconds")
        for name in shares.index[::-1]:
            some = layers[(layers["type"] == name) & (layers["ops"] > 0)]
            if len(some):
                left.scatter(some["ops"] / 1e6, 1e3 * some["seconds"], s=8, alpha=0.4, linewidths=0,
                             color=colours[name])
                left.scatter([], [], s=24, color=colours[name], label=name)  # for the legend
        left.set(xscale="log", yscale="log", title=plain(series["label"]), xlabel="ops of the layer (millions)",
                 ylabel="latency of the layer (ms)")
        left.legend()
        y = np.arange(len(shares))
        right.barh(y + 0.2, shares["seconds"], 0.4, color="#333333", label="share of latency")
        right.barh(y - 0.2, shares["ops"], 0.4, color="#BBBBBB", label="share of ops")
        right.set(yticks=y, yticklabels=shares.index, xlabel="share over all networks (%)",
                  title=plain(series["label"]))
        right.grid(False, axis="y")
        right.legend(loc="lower right")
    figure.tight_layout()

# %% layers-table
def by_type(series, layers):
    table = layers.groupby("type").agg(layers=("ops", "size"), ops=("ops", "sum"), seconds=("seconds", "sum"))
    return pd.DataFrame({
        "series": series["label"],
        "layers": table["layers"],
        "share of ops (%)": 100 * table["ops"] / table["ops"].sum(),
        "share of latency (%)": 100 * table["seconds"] / table["seconds"].sum(),
        "ns/op": 1e9 * table["seconds"] / table["ops"].where(table["ops"] > 0),
    }).reset_index().set_index(["series", "type"]).fillna("-")


pd.concat([by_type(series, layers) for series, layers in known]) if known else None

# %% [markdown] provenance
# ## Provenance
#
# | | |
# |---|---|
# | written by | opline @VERSION@, notebook format 1 |
# | on | @EXPORTED@ |
# | command | @COMMAND@ |
# | study | @STUDY_NAME@, read by this notebook from @STUDY_PATH@ |

# %% versions
print("run with", ", ".join(f"{name} {version}" for name, version in (
    ("SQLite", sqlite3.sqlite_version), ("pandas", pd.__version__), ("numpy", np.__version__),
    ("matplotlib", matplotlib.__version__), ("statsmodels", statsmodels.__version__))))
