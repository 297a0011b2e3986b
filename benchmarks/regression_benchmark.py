"""regression_benchmark.py FILE ROWS COLUMNS REPEATS - numpy's part of regression_benchmark.cpp.

fit: lstsq and the standard errors. Diagnostics by hand: leverages by QR, studentised residuals, Cook's distances,
RESET, Breusch-Pagan and White by lstsq, Jarque-Bera. Times are taken here, without start-up and reading.
"""
import sys
import time
import numpy as np

path, rows, columns, repeats = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
data = np.fromfile(path).reshape(columns + 1, rows)
y = data[0]


def residuals(x, target):
    return target - x @ np.linalg.lstsq(x, target, rcond=None)[0]


def score(x, squares):
    left = residuals(x, squares)
    return rows * (1 - left @ left / np.sum((squares - squares.mean()) ** 2))


for _ in range(repeats):
    start = time.perf_counter()
    x = np.column_stack([np.ones(rows), data[1:].T])
    p = columns + 1
    b = np.linalg.lstsq(x, y, rcond=None)[0]
    fitted = x @ b
    e = y - fitted
    rss = e @ e
    s2 = rss / (rows - p)
    error = np.sqrt(s2 * np.diag(np.linalg.inv(x.T @ x)))
    middle = time.perf_counter()
    q = np.linalg.qr(x)[0]
    h = np.einsum("ij,ij->i", q, q)
    internal = e / np.sqrt(s2 * (1 - h))
    external = internal * np.sqrt((rows - p - 1) / (rows - p - internal**2))
    cook = internal**2 * h / ((1 - h) * p)
    f = (fitted - fitted.mean()) / np.abs(fitted - fitted.mean()).max()
    wider = residuals(np.column_stack([x, f**2, f**3]), y)
    reset = (rss - wider @ wider) / 2 / (wider @ wider / (rows - p - 2))
    squares = e * e
    pagan = score(x, squares)
    c = data[1:] - data[1:].mean(axis=1, keepdims=True)
    c = c / np.abs(c).max(axis=1, keepdims=True)
    products = [c[i] * c[j] for i in range(columns) for j in range(i, columns)]
    white = score(np.column_stack([x[:, 0], c.T] + products), squares)
    v = e - e.mean()
    m2, m3, m4 = (v**2).mean(), (v**3).mean(), (v**4).mean()
    jb = rows / 6 * (m3**2 / m2**3 + (m4 / m2**2 - 3) ** 2 / 4)
    end = time.perf_counter()
    print("time %.6f %.6f" % (middle - start, end - middle))
print("version numpy", np.__version__)
for value in [*b, *error, reset, pagan, white, jb, h.max(), cook.max()]:
    print("figure %.17g" % value)
