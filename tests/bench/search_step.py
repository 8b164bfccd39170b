#!/usr/bin/env python3
"""The search step beside eager PyTorch: separate processes, alternating, the faster of PyTorch's two layouts.

  tests/bench/search_step.py --pairs 7 --space darts --channels 16 --layers 8 --batch 64 --threads 1

Prints one line of JSON per pair and a summary: medians with spread, the ratio of times and of peak memory.
"""
import argparse, json, os, statistics, subprocess, sys, tempfile

here = os.path.dirname(os.path.abspath(__file__))
ours = os.path.join(here, "NasFarm.Bench/bin/Release/net10.0/NasFarm.Bench")
theirs = ["/usr/bin/python3", os.path.join(here, "eager_supernet.py")]

p = argparse.ArgumentParser()
p.add_argument("--pairs", type=int, default=7, help="0: only the losses")
p.add_argument("--space", default="darts")
p.add_argument("--channels", default="16")
p.add_argument("--layers", default="8")
p.add_argument("--batch", default="64")
p.add_argument("--image", default="28")
p.add_argument("--threads", default="1")
p.add_argument("--steps", default="10", help="timed steps of each kind, in each process of a pair")
p.add_argument("--warmup", default="2", help="steps before them")
p.add_argument("--loss-steps", default="10", help="steps after which the losses must agree; 0: not compared")
p.add_argument("--loss-lr", default="0.0025", help="learning rate of the weights for that: at 0.025 one rounding grows a hundredfold in two steps, in either program")
p.add_argument("--out")
a = p.parse_args()
shape = []
for name in ("space", "channels", "layers", "batch", "image", "threads"):
    shape += ["--" + name, str(getattr(a, name))]
# One core type, one thread count, one BLAS for both.
env = dict(os.environ, OMP_NUM_THREADS=a.threads, OPENBLAS_NUM_THREADS=a.threads, OPENBLAS_CORETYPE="Haswell",
           ATEN_CPU_CAPABILITY="avx2", DNNL_MAX_CPU_ISA="AVX2", ONEDNN_MAX_CPU_ISA="AVX2")


def run(command):
    result = subprocess.run(command, env=env, capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {result.returncode}: {result.stderr[-2000:]}")
    return json.loads(result.stdout.strip().splitlines()[-1])


def pair_seconds(r):
    return r["alpha_step_s"] + r["w_step_s"]


report = {"shape": " ".join(shape), "pairs": a.pairs, "timed_steps": int(a.steps)}
if a.loss_steps != "0":
    # The same start for both: after so many steps of each kind the losses must agree.
    with tempfile.TemporaryDirectory() as folder:
        start, count = os.path.join(folder, "start.safetensors"), ["--warmup", "0", "--steps", a.loss_steps, "--lr", a.loss_lr]
        ours_losses = run([ours, "search-step"] + shape + count + ["--start", start])["losses"]
        eager_losses = run(theirs + shape + count + ["--start", start])["losses"]
        # How far rounding alone drives PyTorch from itself: its other layout adds in another order.
        other_losses = run(theirs + shape + count + ["--start", start, "--channels-last"])["losses"]
    report |= {"loss_steps": int(a.loss_steps), "loss_lr": float(a.loss_lr), "losses": eager_losses,
               "loss_difference": [abs(m - e) for m, e in zip(ours_losses, eager_losses)],
               "loss_difference_of_eager_layouts": [abs(m - e) for m, e in zip(other_losses, eager_losses)]}
    print(json.dumps(report), flush=True)

if a.pairs > 0:
    shape += ["--warmup", a.warmup, "--steps", a.steps]
    layouts = {name: run(theirs + shape + flag) for name, flag in (("nchw", []), ("nhwc", ["--channels-last"]))}
    best = min(layouts, key=lambda name: pair_seconds(layouts[name]))
    flag = ["--channels-last"] if best == "nhwc" else []
    mine, eager = [], []
    for _ in range(a.pairs):
        mine.append(run([ours, "search-step"] + shape))
        eager.append(run(theirs + shape + flag))
        print(json.dumps({"ours": pair_seconds(mine[-1]), "eager": pair_seconds(eager[-1])}), flush=True)

    def summary(key):
        ratios = sorted(key(m) / key(e) for m, e in zip(mine, eager))
        return {"ours": statistics.median(map(key, mine)), "eager": statistics.median(map(key, eager)),
                "ratio_median": statistics.median(ratios), "ratio_min": ratios[0], "ratio_max": ratios[-1]}

    report |= {"eager_layout": best, "alpha_step_s": summary(lambda r: r["alpha_step_s"]), "w_step_s": summary(lambda r: r["w_step_s"]),
               "pair_s": summary(pair_seconds), "peak_rss_mib": summary(lambda r: r["peak_rss_mib"])}
print(json.dumps(report, indent=1))
if a.out:
    with open(a.out, "w") as f:
        json.dump(report, f, indent=1)
        f.write("\n")
