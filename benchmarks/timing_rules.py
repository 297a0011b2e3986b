#!/usr/bin/env python3
"""What each timing rule of a core changes for the int8 kernels, as a Markdown table.

    benchmarks/timing_rules.py build/release/opline nucleo-f446re

Each rule is switched off alone (opline inspect --timing no-RULE). A figure is what the rule adds to
the cycles of all layers of that kernel, in percent of the cycles without it; `-` is no change. The
layers are those of KWS-S, KWS-M and the first network of the space cifar10.
"""
import json
import subprocess
import sys

NETWORKS = (["--network", "kws-s"], ["--network", "kws-m"], ["--space", "cifar10", "--index", "0"])


def opline(program, *arguments):
    result = subprocess.run([program, *arguments, "--json"], check=True, stdout=subprocess.PIPE)
    return json.loads(result.stdout)


def cycles_by_kernel(program, board, timing):
    """Of each kernel, and of all layers as `all`, over all networks; KWS-S alone as `KWS-S`."""
    total = {}
    for network in NETWORKS:
        view = opline(program, "inspect", *network, "--boards", board, *timing)
        for layer in view["layers"]:
            kernels = [layer["kernel"], "all"]
            if "kws-s" in network:
                kernels.append("KWS-S")
            for kernel in kernels:
                total[kernel] = total.get(kernel, 0) + layer["cycles"]
    return total


def change(cycles, without):
    if cycles == without:
        return "-"
    return f"{100 * (cycles / without - 1):+.2f}"


def main():
    program, board = sys.argv[1:3]
    rules = [rule["name"] for rule in opline(program, "boards", "--timing", board)["rules"]]
    everything = cycles_by_kernel(program, board, [])
    kernels = sorted(everything, key=lambda kernel: (kernel == "all", kernel == "KWS-S", kernel))
    off = {rule: cycles_by_kernel(program, board, ["--timing", "no-" + rule]) for rule in rules}
    off["all of them"] = cycles_by_kernel(
        program, board, ["--timing", ",".join("no-" + rule for rule in rules)]
    )
    print(f"| {board}: rule | " + " | ".join(kernels) + " |")
    print("|---" * (len(kernels) + 1) + "|")
    idle = []
    for rule, without in off.items():
        changes = [change(everything[kernel], without[kernel]) for kernel in kernels]
        if set(changes) == {"-"}:
            idle.append(rule)
        else:
            print(f"| {rule} | " + " | ".join(changes) + " |")
    if idle:
        print("\nNo change: " + ", ".join(idle) + ".")


if __name__ == "__main__":
    main()
