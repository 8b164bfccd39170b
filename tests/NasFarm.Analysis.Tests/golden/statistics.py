"""Writes statistics.json, the values that the statistics tests are pinned to.

    python3 statistics.py > statistics.json        (made with SciPy 1.10.1, NumPy 1.24.2, statsmodels 0.13.5)

Each entry is the call that stands beside its name. What no library has (seeds resampled within strata, studentised intervals of ratios, Friedman's
exact p) is written out once more here, from the formula and not from the C#.
"""
import itertools
import json
import math
import warnings

import numpy as np
import pandas as pd
import scipy
import statsmodels
import statsmodels.formula.api as smf
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


def resamples(strata, seed, count):
    """Seed indices, stratum by stratum, from the same stream of bits."""
    n = sum(len(s) for s in strata)
    for r in range(count):
        index, counter = [], r * n
        for stratum in strata:
            for _ in stratum:
                index.append(stratum[(splitmix(seed, counter) * len(stratum)) >> 64])
                counter += 1
        yield np.array(index)


def table_statistics(a, b, strata, seed, count, level=0.95):
    """a, b: by seed, NaN where unknown. BCa, studentised and percentile intervals of ratios, seeds resampled within strata."""
    def known(x):
        return x[~np.isnan(x)]

    def sd_ratio(x, y):
        return known(x).std(ddof=1) / known(y).std(ddof=1)

    def iqr_ratio(x, y):
        return stats.iqr(known(x)) / stats.iqr(known(y))

    def error(x, y):
        influence = np.zeros(len(x))
        for v, sign in ((x, 1), (y, -1)):
            k = known(v)
            part = sign * ((v - k.mean()) ** 2 / k.var() - 1) / (2 * len(k))
            influence += np.where(np.isnan(v), 0, part)
        return math.sqrt((influence ** 2).sum())

    drawn = [(a[i], b[i]) for i in resamples(strata, seed, count)]
    estimate, se = sd_ratio(a, b), error(a, b)
    replicates = np.array([sd_ratio(x, y) for x, y in drawn])
    z0 = stats.norm.ppf(((replicates < estimate).sum() + 0.5 * (replicates == estimate).sum()) / count)
    influence = []
    for stratum in strata:
        left = np.array([sd_ratio(np.delete(a, i), np.delete(b, i)) for i in stratum])
        influence += list((len(stratum) - 1) / len(stratum) * (left.mean() - left))
    influence = np.array(influence)
    acceleration = (influence ** 3).sum() / (6 * (influence ** 2).sum() ** 1.5)
    bca_ends = []
    for p in (0.5 - level / 2, 0.5 + level / 2):
        z = z0 + stats.norm.ppf(p)
        bca_ends.append(float(np.quantile(replicates, stats.norm.cdf(z0 + z / (1 - acceleration * z)))))
    pivots = np.array([(math.log(sd_ratio(x, y)) - math.log(estimate)) / error(x, y) for x, y in drawn])
    with np.errstate(divide="ignore", invalid="ignore"):
        ranges = np.array([iqr_ratio(x, y) for x, y in drawn])
    ranges = ranges[~np.isnan(ranges)]
    return {
        "bca": bca_ends,
        "studentised": [float(math.exp(math.log(estimate) - np.quantile(pivots, p) * se)) for p in (0.975, 0.025)],
        "iqrRatio": float(iqr_ratio(a, b)),
        "iqrPercentile": [float(np.quantile(ranges, p)) for p in (0.025, 0.975)],
    }


def friedman_exact(blocks):
    """Share of all assignments of ranks within blocks whose statistic is as large."""
    ranks = [stats.rankdata(b) for b in blocks]

    def spread(rows):
        sums = np.sum(rows, axis=0)
        return ((sums - sums.mean()) ** 2).sum()

    observed, hits, total = spread(ranks), 0, 0
    for rows in itertools.product(*[list(itertools.permutations(r)) for r in ranks[1:]]):
        hits += spread([ranks[0], *rows]) >= observed - 1e-9
        total += 1
    return hits / total


def mixed(rows, components):
    """Standard deviations by statsmodels, with crossed random effects as variance components of one group."""
    frame = pd.DataFrame(rows, columns=["search", "order", "y"])
    frame["one"] = 1
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = smf.mixedlm("y ~ 1", frame, groups="one", vc_formula={k: components[k] for k in components})
        fits = [model.fit(reml=True, method=m, maxiter=4000) for m in ("powell", "lbfgs", "nm")]
    fit = max(fits, key=lambda f: f.llf)
    names = list(model.exog_vc.names)
    return {**{n: math.sqrt(max(0, float(v))) for n, v in zip(names, fit.vcomp)}, "residual": math.sqrt(float(fit.scale)), "logLikelihood": float(fit.llf)}


def crossed(searches, orders, retrains, missing=()):
    """Scores of a crossed design, made by a formula: no random numbers whose stream could change."""
    def wave(k):
        return float(stats.norm.ppf(0.5 + 0.48 * math.sin(12.9898 * k + 78.233)))
    rows = []
    for s in range(searches):
        for o in range(orders):
            for r in range(retrains(s, o)):
                if (s, o) not in missing:
                    rows.append([s, o, round(93 + 1.0 * wave(s + 1) + 0.5 * wave(100 + 7 * o) + 0.4 * wave(200 + 31 * s + 17 * o) + 0.2 * wave(1000 + 97 * s + 53 * o + 11 * r), 4)])
    return rows


def brown_forsythe_power(n, ratio, trials=40000):
    """Share of pairs of normal samples with that ratio of SDs that Brown-Forsythe tells apart at .05."""
    random = np.random.default_rng(20200114)
    x, y = random.standard_normal((trials, n)), ratio * random.standard_normal((trials, n))
    dx, dy = (np.abs(v - np.median(v, axis=1, keepdims=True)) for v in (x, y))
    return float((stats.f_oneway(dx, dy, axis=1).pvalue < 0.05).mean())


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
            "pitmanMorganRanks": pair(stats.spearmanr(np.round(x - y, 9), np.round(x + y, 9))),
            "pearson": pair(stats.pearsonr(x, y)),
            "kendall": pair(stats.kendalltau(x, y)),
            "superiority": newcombe(x, y),
        })
        out["two"][-1]["flignerKilleen"] = pair(stats.fligner(np.round(200 * x), np.round(200 * y)))   # whole numbers: the two distances beside a median of ten tie
    out["flignerThree"] = pair(stats.fligner(*[np.round(200 * s[k]) for k in ("sgas1", "sgas2", "five")], center="median"))
    out["flignerTies"] = pair(stats.fligner([1, 1, 2, 2, 3], [1, 5, 5, 9, 9]))
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
    out["statsmodels"] = statsmodels.__version__
    fit = smf.mixedlm("y ~ 1", pd.DataFrame([(i, y) for i, g in enumerate(groups) for y in g], columns=["g", "y"]), groups="g").fit(reml=True)
    out["reml"]["statsmodels"] = [math.sqrt(float(fit.cov_re.iloc[0, 0])), math.sqrt(float(fit.scale))]
    nan = float("nan")
    together = list(range(10))
    big = stats.bootstrap((s["steady"], s["sgas1"]), lambda x, y, axis: np.std(x, ddof=1, axis=axis) / np.std(y, ddof=1, axis=axis), n_resamples=100000,
                          paired=True, vectorized=True, method="BCa", random_state=1)
    out["ratios"] = {
        "seed": 7, "resamples": 500,
        "paired": table_statistics(s["sgas1"], s["sgas2"], [together], 7, 500),
        "apart": table_statistics(np.concatenate([s["sgas1"], [nan] * 10]), np.concatenate([[nan] * 10, s["sgas2"]]), [together, list(range(10, 20))], 7, 500),
        "scipyPaired": [float(big.confidence_interval.low), float(big.confidence_interval.high)],
    }
    x = s["sgas1"]
    drawn = [x[i] for i in resamples([together], 7, 500)]
    se = lambda v: math.sqrt((((v - v.mean()) ** 2 / v.var() - 1) ** 2).sum()) / (2 * len(v))
    pivots = np.array([(math.log(v.std(ddof=1)) - math.log(x.std(ddof=1))) / se(v) for v in drawn])
    out["studentised"] = [float(x.std(ddof=1) * math.exp(-np.quantile(pivots, p) * se(x))) for p in (0.975, 0.025)]
    designs = [
        [[1.0, 2.0, 3.0], [1.5, 2.5, 3.5]], [[1.0, 2.0, 3.0], [2.0, 1.0, 3.0], [1.0, 3.0, 2.0], [1.0, 2.0, 3.0]],
        [[0.3, 0.9, 1.2, 2.0], [0.2, 1.1, 0.8, 2.5], [0.6, 0.7, 0.9, 1.0], [0.1, 0.5, 0.5, 1.9]], [[1.0, 1.0, 2.0], [1.0, 2.0, 2.0], [3.0, 4.0, 5.0], [1.0, 1.0, 1.0]],
    ]
    out["friedman"] = [{"blocks": b, "chi2": float(stats.friedmanchisquare(*np.array(b).T).statistic), "exact": friedman_exact(b)} for b in designs]
    many = [[math.sin(3 * i + 5 * j * j) + 0.3 * j for j in range(6)] for i in range(20)]
    out["friedmanMany"] = {"blocks": many, "test": pair(stats.friedmanchisquare(*np.array(many).T)), "ranks": np.mean([stats.rankdata(b) for b in many], axis=0).tolist()}
    out["studentizedRange"] = [[k, p, float(stats.studentized_range.ppf(p, k, np.inf))] for k in (2, 3, 5, 10) for p in (0.9, 0.95, 0.99)]
    out["studentizedRangeBelow"] = [[q, k, float(stats.studentized_range.cdf(q, k, np.inf))] for q, k in ((0.5, 3), (2.0, 4), (3.3, 3), (4.5, 8))]
    full = {"s": "0 + C(search)", "o": "0 + C(order)", "p": "0 + C(search):C(order)"}
    out["crossed"] = []
    for name, rows, parts in (
            ("balanced", crossed(6, 4, lambda s, o: 2), full),
            ("unbalanced", crossed(7, 3, lambda s, o: 1 + (s + o) % 3, missing={(1, 2), (4, 0)}), full),
            ("orders", crossed(3, 8, lambda s, o: 2), full),
            ("once", crossed(8, 4, lambda s, o: 1), {k: full[k] for k in ("s", "o")})):
        out["crossed"].append({"name": name, "rows": rows, "sd": mixed(rows, parts)})
    out["power"] = [[n, ratio, brown_forsythe_power(n, ratio)] for n, ratio in ((5, 3.0), (10, 3.0), (20, 3.0), (20, 2.0), (13, 3.0))]
    print(json.dumps(out, indent=1))


if __name__ == "__main__":
    main()
