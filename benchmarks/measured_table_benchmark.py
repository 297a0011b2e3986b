#!/usr/bin/python3
"""Writes a table of a million rows and times pandas.read_csv on it (apt install python3-pandas).

    measured_table_benchmark.py FILE [repetitions]    then: measured_table_benchmark FILE
"""
import os
import random
import resource
import sys
import time

import pandas


def write(path, rows=1_000_000):
    random.seed(1)
    with open(path, "w") as out:
        out.write("name,ops,latency_s\n")
        for i in range(rows):
            ops = random.randint(1_000_000, 50_000_000)
            out.write(f"net-{i},{ops},{1e-3 + 1e-8 * ops * random.gauss(1, 0.02)!r}\n")


def main():
    path = sys.argv[1]
    if not os.path.exists(path):
        write(path)
    times = []
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(int(sys.argv[2]) if len(sys.argv) > 2 else 5):
        start = time.process_time()
        table = pandas.read_csv(path)
        times.append(time.process_time() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"pandas {pandas.__version__}: {len(table)} rows, {min(times):.3f} CPU s (best of {len(times)}), "
          f"peak {peak / 1000:.0f} MB, {before / 1000:.0f} MB of it before reading")


main()
