#!/usr/bin/env python3
"""What depends on the figures that no source gives, as a Markdown table.

    benchmarks/timing_sensitivity.py build/release/opline nucleo-f446re

Each such figure of the board's and of its core's file is lowered and raised in a copy of data/, and
the campaign and KWS-S are simulated again with opline's own runtime. A figure that is not a number
is represented by one: the caches' replacement policy and associativity by their ways or lines.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

BOARDS = ("nucleo-f446re", "nucleo-f746zg")
CLOCK = {BOARDS[0]: 180e6, BOARDS[1]: 216e6}
# Networks drawn, seed 1; a quarter of those of kws don't fit the F446RE.
DRAWN = {BOARDS[0]: {"kws": 100, "cifar10": 30}, BOARDS[1]: {"kws": 60, "cifar10": 30}}

# (section, key, values), each value alone.
M4 = [
    ("integer", "refill", 1, 3),  # the manual's range
    ("integer", "divide_max", 2),  # every quotient takes the fewest cycles,
    ("integer", "divide_min", 12),  # and the most
    ("rules.loaded-branch", "pc", 0, 2),
    ("rules.loaded-branch", "table", 1, 3),
    ("rules.vmov-address", "cycles", 0, 2),
    ("rules.fetch-bubble", "cycles", 0, 2),
    ("float", "divide", 1),  # all but one cycle overlapped by integer work
]
F4 = [
    ("flash", "data_lines", 4, 16),
    ("flash", "instruction_lines", 32, 128),
]
M7 = [
    ("dual_issue", "divide_max", 3),
    ("dual_issue", "divide_min", 12),
    ("dual_issue", "redirect", 1, 6),
    ("dual_issue", "btac_entries", 16, 256),
    ("dual_issue", "system", 1, 6),
    ("rules.store-buffer", "entries", 2, 8),
    ("rules.store-buffer", "bank", 2, 8),
    ("rules.store-buffer", "entry", 4, 14),
]
F7 = [
    ("caches", "bus_latency", 4, 10),
    ("caches.data", "ways", 1, 2),
    ("caches.instruction", "ways", 1, 4),
]


def changes(board):
    """(file below data/, section, key, value) of every change for this board."""
    core, chip, core_file = (M4, F4, "cortex-m4") if board == BOARDS[0] else (M7, F7, "cortex-m7")
    files = ((f"cores/{core_file}.toml", core), (f"boards/{board}.toml", chip))
    for file, figures in files:
        for section, key, *values in figures:
            yield from ((file, section, key, value) for value in values)


def with_figure(text, section, key, value):
    """The file's text with another figure, and the figure it had."""
    head = text.index(f"\n[{section}]\n") + 1
    figure = re.compile(rf"^({key} *= *)([\d_]+)", re.MULTILINE)
    line = figure.search(text, head, f"{text}\n[".index("\n[", head))
    return text[: line.start(2)] + str(value) + text[line.end(2) :], line.group(2)


def home_with(program, folder, change=None):
    """A folder for OPLINE_HOME with a changed copy of data/; returns the figure that was changed."""
    built = pathlib.Path(program).resolve().parent
    shutil.copytree(built / "data", folder / "data")
    (folder / "firmware").symlink_to(built / "firmware")
    if change is None:
        return None
    file, section, key, value = change
    path = folder / "data" / file
    text, old = with_figure(path.read_text(), section, key, value)
    path.write_text(text)
    return old


def opline(program, home, *arguments, accepted=(0,)):
    result = subprocess.run(
        [program, *arguments], env={**os.environ, "OPLINE_HOME": str(home)}, stdout=subprocess.PIPE
    )
    if result.returncode not in accepted:
        sys.exit(f"opline {' '.join(arguments)}: exit code {result.returncode}")
    return result.stdout


def view(program, home, *arguments, accepted=(0,)):
    return json.loads(opline(program, home, *arguments, "--json", accepted=accepted))


def cycles_of_kws_s(program, home, board):
    layers = view(program, home, "inspect", "--network", "kws-s", "--boards", board)["layers"]
    return sum(layer["cycles"] for layer in layers)


def measure(program, home, board):
    """Cycles of KWS-S, slope in ns/op and R^2 of kws, its slope over that of cifar10, verdict."""
    study = ("--db", str(home / "study.db"))
    for space, count in DRAWN[board].items():
        campaign = ("--space", space, "--boards", board, "--count", str(count))
        opline(program, home, "run", *campaign, *study, "--quiet")
    fits = {fit["space"]: fit for fit in view(program, home, "fit", *study)["fits"]}
    slope = {space: 1e9 * fit["slope_seconds_per_op"]["estimate"] for space, fit in fits.items()}
    judged = view(
        program, home, "validate", *study, "--space", "kws", accepted=(0, 8, 9, 10)
    )  # the rulings' exit codes
    return {
        "cycles": cycles_of_kws_s(program, home, board),
        "networks": fits["kws"]["n"],
        "slope": slope["kws"],
        "r_squared": fits["kws"]["r_squared"],
        "spaces": slope["kws"] / slope["cifar10"],
        "verdict": judged["results"][0]["verdict"],
    }


def in_changed_home(program, change, measurement):
    """The figure as it was, and what `measurement(home)` gives with the change."""
    with tempfile.TemporaryDirectory() as folder:
        home = pathlib.Path(folder)
        old = home_with(program, home, change)
        return old, measurement(home)


def percent(new, old):
    text = f"{100 * (new / old - 1):+.2f}"
    return "-" if text in ("+0.00", "-0.00") else text


def ruling(verdict):
    margin = verdict["margin_at_median"]
    return verdict["ruling"] + ("" if margin is None else f", {100 * margin:.1f} %")


HEADS = "KWS-S, % | slope, % | R^2 | kws/cifar10 | F446RE/F746ZG | verdict, margin"


def cells(found, base, ratio):
    """`ratio`: of the seconds of KWS-S on the two boards."""
    changed = [percent(found[key], base[key]) for key in ("cycles", "slope")]
    figures = [f"{found['r_squared']:.4f}", f"{found['spaces']:.3f}", f"{ratio:.3f}"]
    return " | ".join([*changed, *figures, ruling(found["verdict"])])


def main():
    program, board = sys.argv[1:3]
    if board not in BOARDS:
        sys.exit(f"{board}: not one of {', '.join(BOARDS)}")
    seconds = {
        name: in_changed_home(program, None, lambda home: cycles_of_kws_s(program, home, name))[1]
        / CLOCK[name]
        for name in BOARDS
    }

    def ratio(found):
        with_change = {**seconds, board: found["cycles"] / CLOCK[board]}
        return with_change[BOARDS[0]] / with_change[BOARDS[1]]

    def measured(change):
        return in_changed_home(program, change, lambda home: measure(program, home, board))

    base = measured(None)[1]
    unchanged = cells(base, base, ratio(base))
    print(f"KWS-S {base['cycles']} cycles, {base['networks']} networks of kws,", end=" ")
    print(f"slope {base['slope']:.3f} ns/op\n")
    print(f"| {board}: figure | {HEADS} |\n" + "|---" * 7 + "|")
    print(f"| as in the files | {unchanged} |")
    idle = []
    for change in changes(board):
        old, found = measured(change)
        label = f"`{change[1]}.{change[2]}` {old} to {change[3]}"
        row = cells(found, base, ratio(found))
        if row == unchanged:
            idle.append(label)
        else:
            print(f"| {label} | {row} |", flush=True)
    if idle:
        print("\nNo change: " + ", ".join(idle) + ".")


if __name__ == "__main__":
    main()
