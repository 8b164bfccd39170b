#!/usr/bin/env python3
"""Seconds of an epoch of each method over first-order DARTS, same network, same images: the tables of docs/methods/cost.md.

usage: method_cost.py [REPETITIONS]     default 5; needs a built checkout

`nasfarm plan` times the steps of every arm in one process; a table has the median over repetitions. The first arm meets a cold process, so
the reference is darts-plus, whose steps are those of first-order DARTS.
"""
import json
import pathlib
import statistics
import subprocess
import sys

root = pathlib.Path(__file__).resolve().parents[2]
repetitions = int(sys.argv[1]) if len(sys.argv) > 1 else 5
for manifest in ["method-cost.yaml", "method-cost-darts.yaml"]:
    seconds = {}
    for _ in range(repetitions):
        plan = json.loads(subprocess.run(
            [root / "nasfarm", "plan", root / "tests/bench" / manifest, "--json"], check=True, capture_output=True, text=True).stdout)
        for arm in (arm for arm in plan["arms"] if arm["cost"]["mostEpochs"]):
            seconds.setdefault(arm["arm"], []).append(arm["cost"]["searchSeconds"] / arm["cost"]["mostEpochs"])
    darts = statistics.median(seconds["darts-plus"])
    print(f"\n{manifest}\n\n| method | seconds an epoch, median of {repetitions} | lowest to highest | over `darts-plus` |")
    print("|---|---|---|---|")
    for arm, times in seconds.items():
        median = statistics.median(times)
        print(f"| `{arm}` | {median:.3f} | {min(times):.3f}–{max(times):.3f} | {median / darts:.2f} |")
