"""Writes statistics.json, the values that the statistics tests are pinned to.

    python3 statistics.py > statistics.json        (made with SciPy 1.10.1, NumPy 1.24.2)
"""
import json
import math

import numpy as np
import scipy
from scipy import optimize, stats

SAMPLES = {
    # Test errors of ten SGAS searches per criterion, in search-validation order.
    "sgas1": [2.44, 2.50, 2.39, 2.63, 2.78, 2.68, 2.51, 2.61, 3.18, 2.87],
    "sgas2": [2.57, 2.60, 2.44, 2.49, 2.52, 3.12, 2.58, 2.85, 2.85, 2.66],
    # A steady arm and one that collapses twice.
    "steady": [93.1, 93.4, 92.8, 93.6, 93.0, 93.3, 92.9, 93.5, 93.2, 93.7],
    "collapsing": [93.8, 54.3, 92.1, 93.9, 90.4, 54.3, 93.0, 91.7, 93.5, 92.6],
    "five": [88.1, 91.4, 90.2, 86.9, 92.3],
    "five_b": [89.0, 89.4, 88.7, 90.1, 89.6],
}


def newcombe(a, b, level=0.95):
    a, b = np.asarray(a), np.asarray(b)
    m, n = len(a), len(b)
    theta = stats.mannwhitneyu(a, b).statistic / (m * n)
    z = stats.norm.ppf(0.5 + level / 2)
    h = (m + n) / 2 - 1

    def g(t):
        return (theta - t) ** 2 - z * z * t * (1 - t) / (m * n) * (1 + h * (1 - t) / (2 - t) + h * t / (1 + t))

    lower = 0.0 if theta == 0 else optimize.brentq(g, 1e-15, min(theta, 1 - 1e-9), xtol=1e-15)
    upper = 1.0 if theta == 1 else optimize.brentq(g, max(theta, 1e-9), 1 - 1e-15, xtol=1e-15)
    return [theta, lower, upper]


def splitmix(seed, counter):
    mask = (1 << 64) - 1
    z = (seed + (counter + 1) * 0x9E3779B97F4A7C15) & mask
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
    return z ^ (z >> 31)


def bca(data, statistic, seed, resamples, level=0.95):
    """data: tuple of arms. Seed indices are drawn once per resample and used for all arms."""
    n = len(data[0])
    data = [np.asarray(d) for d in data]
    estimate = statistic(*data)
    replicates = []
    for r in range(resamples):
        index = [(splitmix(seed, r * n + i) * n) >> 64 for i in range(n)]
        replicates.append(statistic(*[d[index] for d in data]))
    replicates = np.asarray(replicates)
    jackknife = np.asarray([statistic(*[np.delete(d, i) for d in data]) for i in range(n)])
    z0 = stats.norm.ppf(((replicates < estimate).sum() + 0.5 * (replicates == estimate).sum()) / resamples)
    d = jackknife.mean() - jackknife
    a = (d ** 3).sum() / (6 * (d ** 2).sum() ** 1.5)
    ends = []
    for p in (0.5 - level / 2, 0.5 + level / 2):
        z = z0 + stats.norm.ppf(p)
        ends.append(float(np.quantile(replicates, stats.norm.cdf(z0 + z / (1 - a * z)))))
    return ends


def reml(groups):
    sizes = np.array([len(g) for g in groups], float)
    y = np.concatenate(groups)

    def covariance(between, within):
        blocks = np.zeros((len(y), len(y)))
        at = 0
        for g in groups:
            blocks[at:at + len(g), at:at + len(g)] = between
            at += len(g)
        return blocks + within * np.eye(len(y))

    def deviance(logs):
        v = covariance(*np.exp(logs))
        inverse = np.linalg.inv(v)
        one = np.ones(len(y))
        information = one @ inverse @ one
        mu = (one @ inverse @ y) / information
        return np.linalg.slogdet(v)[1] + math.log(information) + (y - mu) @ inverse @ (y - mu)

    best = optimize.minimize(deviance, [0.0, 0.0], method="Nelder-Mead", options=dict(xatol=1e-12, fatol=1e-14, maxiter=20000))
    return [float(v) for v in np.sqrt(np.exp(best.x))]


def pair(result):
    return [float(result[0]), float(result[1])]


def main():
    s = {k: np.array(v) for k, v in SAMPLES.items()}
    out = {"scipy": scipy.__version__, "samples": SAMPLES}
    out["one"] = {
        k: {
            "mean": float(x.mean()), "sd": float(x.std(ddof=1)), "iqm": float(stats.trim_mean(x, 0.25)),
            "quantile10": float(np.quantile(x, 0.1)),
            "meanInterval": [float(v) for v in stats.t.interval(0.95, len(x) - 1, x.mean(), stats.sem(x))],
            "sdInterval": [math.sqrt((len(x) - 1) * x.var(ddof=1) / stats.chi2.ppf(p, len(x) - 1)) for p in (0.975, 0.025)],
        } for k, x in s.items()
    }
    out["two"] = []
    for a, b in [("sgas1", "sgas2"), ("steady", "collapsing"), ("five", "five_b")]:
        x, y = s[a], s[b]
        ratio = x.var(ddof=1) / y.var(ddof=1)
        out["two"].append({
            "a": a, "b": b,
            "varianceRatioInterval": [ratio / stats.f.ppf(p, len(x) - 1, len(y) - 1) for p in (0.975, 0.025)],
            "brownForsythe": pair(stats.levene(x, y, center="median")),
            "pitmanMorgan": pair(stats.pearsonr(x - y, x + y)),
            "pitmanMorganRanks": pair(stats.spearmanr(x - y, x + y)),
            "pearson": pair(stats.pearsonr(x, y)),
            "kendall": pair(stats.kendalltau(x, y)),
            "superiority": newcombe(x, y),
        })
    out["threeArms"] = pair(stats.levene(s["sgas1"], s["sgas2"], s["five"], center="median"))
    long_x = [((i * 37) % 101) for i in range(40)]
    long_y = [((i * 53 + i * i) % 97) for i in range(40)]
    out["kendall"] = [
        {"x": x, "y": y, "tau": pair(stats.kendalltau(x, y))}
        for x, y in [([1, 2, 3, 4, 5], [2, 1, 4, 3, 5]), ([1, 2, 3, 4, 5, 6], [6, 5, 4, 3, 2, 1]),
                     (list(range(10)), [3, 0, 1, 5, 2, 9, 4, 8, 7, 6]), ([1, 1, 2, 2, 3, 4], [1, 2, 2, 3, 3, 3]), (long_x, long_y)]
    ]
    out["mcNemar"] = [[b, c, float(stats.binomtest(min(b, c), b + c).pvalue)] for b, c in [(0, 5), (1, 7), (4, 4), (2, 9), (0, 1)]]
    out["wilson"] = [
        [k, n] + [float(v) for v in stats.binomtest(k, n).proportion_ci(method="wilson")] for k, n in [(0, 10), (3, 3), (1, 3), (7, 20), (20, 20)]
    ]
    out["fisher"] = [
        [a, n, b, m, float(stats.fisher_exact([[a, n - a], [b, m - b]])[1])] for a, n, b, m in [(0, 10, 4, 10), (1, 9, 11, 14), (3, 10, 3, 10), (0, 3, 3, 3)]
    ]
    holm = [0.01, 0.04, 0.03, 0.005, 0.9]
    order = np.argsort(holm)
    adjusted = np.empty(len(holm))
    adjusted[order] = np.minimum(1, np.maximum.accumulate((len(holm) - np.arange(len(holm))) * np.array(holm)[order]))
    out["holm"] = {"p": holm, "adjusted": adjusted.tolist()}
    out["separated"] = newcombe([5, 6, 7, 8], [1, 2, 3, 4])
    out["splitMix"] = [str(splitmix(42, i)) for i in range(4)]
    out["bca"] = {
        "seed": 7, "resamples": 500,
        "sd": bca((s["collapsing"],), lambda x: x.std(ddof=1), 7, 500),
        "ratio": bca((s["steady"], s["sgas1"]), lambda x, y: x.std(ddof=1) / y.std(ddof=1), 7, 500),
    }
    big = stats.bootstrap((s["sgas1"],), lambda x, axis: np.std(x, ddof=1, axis=axis), n_resamples=100000, method="BCa", random_state=1)
    out["bca"]["scipySd"] = [float(big.confidence_interval.low), float(big.confidence_interval.high)]
    groups = [[93.1, 92.8], [91.0, 91.5, 91.2], [94.0, 93.7], [90.2, 90.9]]
    out["reml"] = {"groups": groups, "components": reml([np.array(g) for g in groups])}
    print(json.dumps(out, indent=1))


if __name__ == "__main__":
    main()
