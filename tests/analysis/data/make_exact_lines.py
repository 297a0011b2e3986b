#!/usr/bin/env python3
"""Writes exact_lines.csv: straight lines fitted in exact rational arithmetic, rounded to 20 digits at the end.

The data are read as the doubles that the tests read. Pontius and Longley are NIST StRD data sets (public domain),
fitted here by a straight line, which is not NIST's model for them; the others stress offsets and scale.
Run it in its folder: ./make_exact_lines.py
"""
from decimal import Decimal, getcontext
from fractions import Fraction

getcontext().prec = 60

PONTIUS_Y = (".11019 .21956 .32949 .43899 .54803 .65694 .76562 .87487 .98292 1.09146 1.20001 1.30822 1.41599 1.52399 "
             "1.63194 1.73947 1.84646 1.95392 2.06128 2.16844 .11052 .22018 .32939 .43886 .54798 .65739 .76596 .87474 "
             "0.98300 1.09150 1.20004 1.30818 1.41613 1.52408 1.63159 1.73965 1.84696 1.95445 2.06177 2.16829").split()
LONGLEY_Y = "60323 61122 60171 61187 63221 63639 64989 63761 66019 67857 68169 66513 68655 69564 69331 70551".split()
LONGLEY_GNP = ("234289 259426 258054 284599 328975 346999 365385 363112 397469 419180 442769 444546 482704 502601 "
               "518173 554894").split()


def data_sets():
    yield "pontius_line", [float(150000 * (1 + i % 20)) for i in range(40)], [float(y) for y in PONTIUS_Y]
    yield "longley_gnp", [float(x) for x in LONGLEY_GNP], [float(y) for y in LONGLEY_Y]
    # ops of networks that hardly differ, latencies in seconds
    yield "narrow", [1e9 + i for i in range(12)], [13.2e-9 * (1e9 + i) + (1e-9 if i % 2 else -1e-9) for i in range(12)]
    # an intercept that is the difference of two numbers 1e12 times as large
    yield "far", [1e15 + 8 * i * i for i in range(20)], [3.0 * i * i + (0.125 if i % 3 else -0.25) for i in range(20)]


def root(value):
    return (Decimal(value.numerator) / Decimal(value.denominator)).sqrt()


def decimal(value):
    return Decimal(value.numerator) / Decimal(value.denominator) if isinstance(value, Fraction) else value


def figures(x, y):
    x, y = [Fraction(v) for v in x], [Fraction(v) for v in y]
    n = len(x)
    x_mean, y_mean = sum(x) / n, sum(y) / n
    sxx = sum((a - x_mean) ** 2 for a in x)
    syy = sum((b - y_mean) ** 2 for b in y)
    slope = sum((a - x_mean) * (b - y_mean) for a, b in zip(x, y)) / sxx
    intercept = y_mean - slope * x_mean
    rss = sum((b - intercept - slope * a) ** 2 for a, b in zip(x, y))
    variance = rss / (n - 2)
    yield "slope", slope
    yield "intercept", intercept
    yield "slope_standard_error", root(variance / sxx)
    yield "intercept_standard_error", root(variance * (Fraction(1, n) + x_mean * x_mean / sxx))
    yield "covariance", -x_mean * variance / sxx
    yield "residual_standard_deviation", root(variance)
    yield "rmse", root(rss / n)
    yield "r_squared", 1 - rss / syy
    if min(y) > 0:
        yield "mape_percent", sum(abs(b - intercept - slope * a) / b for a, b in zip(x, y)) * 100 / n


def main():
    with open("exact_lines.csv", "w", newline="\n", encoding="utf-8") as results, \
         open("exact_lines_data.csv", "w", newline="\n", encoding="utf-8") as data:
        note = "# written by make_exact_lines.py; do not edit\n"
        results.write(note + "data_set,quantity,value\n")
        data.write(note + "data_set,x,y\n")
        for name, x, y in data_sets():
            for a, b in zip(x, y):
                data.write(f"{name},{a!r},{b!r}\n")
            for quantity, value in figures(x, y):
                results.write(f"{name},{quantity},{decimal(value):.19e}\n")


if __name__ == "__main__":
    main()
