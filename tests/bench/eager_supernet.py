#!/usr/bin/python3
"""Eager PyTorch baseline for the search step (what a user would run today).

Needs Debian's python3-torch. One line of JSON: median seconds of a w step and of an alpha step
(forward + backward + optimiser update, first-order DARTS), and the peak resident memory.

  eager_supernet.py --space darts --channels 16 --layers 8 --batch 64 --threads 1 --steps 10
  eager_supernet.py --space nb201 --channels 16 --layers 5 --batch 64 --threads 1 --steps 10

--layers is the number of cells (darts) or of cells per stage (nb201). --channels-last asks for NHWC.
"""
import argparse, json, resource, statistics, time
import torch, torch.nn as nn, torch.nn.functional as F

p = argparse.ArgumentParser()
p.add_argument("--space", choices=["darts", "nb201"], default="darts")
p.add_argument("--channels", type=int, default=16)
p.add_argument("--layers", type=int, default=8)
p.add_argument("--batch", type=int, default=64)
p.add_argument("--image", type=int, default=28)
p.add_argument("--in-channels", type=int, default=1)
p.add_argument("--classes", type=int, default=10)
p.add_argument("--threads", type=int, default=1)
p.add_argument("--steps", type=int, default=10)
p.add_argument("--warmup", type=int, default=2, help="steps of each kind before the timed ones")
p.add_argument("--lr", type=float, default=0.025, help="learning rate of the weights")
p.add_argument("--device", default="cpu")
p.add_argument("--channels-last", action="store_true")
p.add_argument("--start", help="safetensors file with the weights, logits and images to start from")
a = p.parse_args()
torch.set_num_threads(a.threads)
torch.manual_seed(0)


def bn(c, affine=False): return nn.BatchNorm2d(c, affine=affine)
def rcb(ci, co, k, s, pad): return nn.Sequential(nn.ReLU(), nn.Conv2d(ci, co, k, s, pad, bias=False), bn(co))


def sep(c, k, s, pad):
    half = lambda st: [nn.ReLU(), nn.Conv2d(c, c, k, st, pad, groups=c, bias=False), nn.Conv2d(c, c, 1, bias=False), bn(c)]
    return nn.Sequential(*half(s), *half(1))


def dil(c, k, s, pad):
    return nn.Sequential(nn.ReLU(), nn.Conv2d(c, c, k, s, pad, 2, c, bias=False), nn.Conv2d(c, c, 1, bias=False), bn(c))


class Reduce(nn.Module):
    def __init__(self, ci, co):
        super().__init__()
        self.a, self.b, self.n = nn.Conv2d(ci, co // 2, 1, 2, bias=False), nn.Conv2d(ci, co // 2, 1, 2, bias=False), bn(co)

    def forward(self, x):
        x = F.relu(x)
        return self.n(torch.cat([self.a(x), self.b(x[:, :, 1:, 1:])], 1))


class Zero(nn.Module):
    def __init__(self, s): super().__init__(); self.s = s
    def forward(self, x): return x[:, :, ::self.s, ::self.s].mul(0.0)


def darts_ops(c, s):
    return nn.ModuleList([Zero(s), nn.Sequential(nn.MaxPool2d(3, s, 1), bn(c)),
                          nn.Sequential(nn.AvgPool2d(3, s, 1, count_include_pad=False), bn(c)),
                          nn.Identity() if s == 1 else Reduce(c, c),
                          sep(c, 3, s, 1), sep(c, 5, s, 2), dil(c, 3, s, 2), dil(c, 5, s, 4)])


class DartsCell(nn.Module):
    def __init__(self, c2, c1, c, red, prev_red):
        super().__init__()
        self.p0 = Reduce(c2, c) if prev_red else rcb(c2, c, 1, 1, 0)
        self.p1 = rcb(c1, c, 1, 1, 0)
        self.edges = nn.ModuleList([darts_ops(c, 2 if red and j < 2 else 1) for i in range(4) for j in range(2 + i)])

    def forward(self, s0, s1, w):
        states, o = [self.p0(s0), self.p1(s1)], 0
        for i in range(4):
            states.append(sum(sum(wk * op(h) for wk, op in zip(w[o + j], self.edges[o + j])) for j, h in enumerate(states)))
            o += 2 + i
        return torch.cat(states[-4:], 1)


class Darts(nn.Module):
    def __init__(self, c, layers):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(a.in_channels, 3 * c, 3, padding=1, bias=False), bn(3 * c, True))
        c2 = c1 = 3 * c
        self.cells, self.red, prev = nn.ModuleList(), [], False
        for i in range(layers):
            r = i in (layers // 3, 2 * layers // 3)
            c *= 2 if r else 1
            self.cells.append(DartsCell(c2, c1, c, r, prev)); self.red.append(r)
            prev, c2, c1 = r, c1, 4 * c
        self.fc = nn.Linear(c1, a.classes)
        self.alpha = nn.ParameterList([nn.Parameter(1e-3 * torch.randn(14, 8)) for _ in range(2)])

    def forward(self, x):
        s0 = s1 = self.stem(x)
        for cell, r in zip(self.cells, self.red):
            s0, s1 = s1, cell(s0, s1, F.softmax(self.alpha[1 if r else 0], -1))
        return self.fc(s1.mean((2, 3)))


class Pool(nn.Module):
    def forward(self, x): return F.avg_pool2d(x, 3, 1, 1, count_include_pad=False)


def nb_conv(c, k): return nn.Sequential(nn.ReLU(), nn.Conv2d(c, c, k, 1, k // 2), nn.BatchNorm2d(c, affine=False, track_running_stats=False))


class NbCell(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.edges = nn.ModuleList([nn.ModuleList([nb_conv(c, 1), nb_conv(c, 3), Pool()]) for _ in range(6)])

    def forward(self, x, w):
        st, k = [x], 0
        for i in range(1, 4):
            o = 0
            for j in range(i):
                e, h, v = self.edges[k], st[j], w[k]
                o = o + v[0] * h.mul(0.0) + v[1] * h + v[2] * e[0](h) + v[3] * e[1](h) + v[4] * e[2](h)
                k += 1
            st.append(o)
        return st[3]


class Res(nn.Module):
    def __init__(self, ci, co):
        super().__init__()
        self.m = nn.Sequential(nn.ReLU(), nn.Conv2d(ci, co, 3, 2, 1, bias=False), bn(co, True), nn.ReLU(), nn.Conv2d(co, co, 3, 1, 1, bias=False), bn(co, True))
        self.d = nn.Sequential(nn.AvgPool2d(2, 2), nn.Conv2d(ci, co, 1, bias=False))

    def forward(self, x): return self.m(x) + self.d(x)


class Nb201(nn.Module):
    def __init__(self, c, n):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(a.in_channels, c, 3, 1, 1, bias=False), bn(c, True))
        body = []
        for stage in range(3):
            if stage:
                body.append(Res(c, 2 * c)); c *= 2
            body += [NbCell(c) for _ in range(n)]
        self.body, self.head, self.fc = nn.ModuleList(body), nn.Sequential(bn(c, True), nn.ReLU()), nn.Linear(c, a.classes)
        self.alpha = nn.ParameterList([nn.Parameter(1e-3 * torch.randn(6, 5))])

    def forward(self, x):
        w, x = F.softmax(self.alpha[0], -1), self.stem(x)
        for m in self.body:
            x = m(x, w) if isinstance(m, NbCell) else m(x)
        return self.fc(self.head(x).mean((2, 3)))


net = (Darts if a.space == "darts" else Nb201)(a.channels, a.layers).to(a.device)
x = torch.randn(a.batch, a.in_channels, a.image, a.image, device=a.device)
y = torch.randint(0, a.classes, (a.batch,), device=a.device)
if a.channels_last:
    net, x = net.to(memory_format=torch.channels_last), x.to(memory_format=torch.channels_last)
weights = [q for n, q in net.named_parameters() if not n.startswith("alpha")]
if a.start:
    # Weights stand in the order of construction, which is this file's too.
    raw = open(a.start, "rb").read()
    end = 8 + int.from_bytes(raw[:8], "little")
    header = json.loads(raw[8:end])
    document = json.loads(header["__metadata__"]["nasfarm"])

    def entry(name):
        first, last = header[name]["data_offsets"]
        return torch.frombuffer(bytearray(raw[end + first:end + last]), dtype=torch.float32).view(header[name]["shape"])

    with torch.no_grad():
        for parameter, name in zip(weights, document["weights"], strict=True):
            parameter.copy_(entry(name))
        rows = iter(document["alphas"])
        for matrix in net.alpha:
            matrix.copy_(torch.stack([entry(next(rows)) for _ in range(matrix.shape[0])]))
    x, y = entry("x").to(a.device), torch.tensor(document["labels"], device=a.device)
    if a.channels_last:
        x = x.to(memory_format=torch.channels_last)
opt_w = torch.optim.SGD(weights, a.lr, 0.9, weight_decay=3e-4)
opt_a = torch.optim.Adam(net.alpha.parameters(), 3e-4, (0.5, 0.999), weight_decay=1e-3)


losses = []


def step(opt, clip):
    t = time.perf_counter()
    net.zero_grad(set_to_none=True)
    loss = F.cross_entropy(net(x), y)
    loss.backward()
    if clip:
        nn.utils.clip_grad_norm_(weights, 5)
    opt.step()
    if a.device != "cpu":
        torch.cuda.synchronize()
    seconds = time.perf_counter() - t
    losses.append(loss.item())
    return seconds


for _ in range(a.warmup):
    step(opt_a, False); step(opt_w, True)
ta, tw = [], []
for _ in range(a.steps):
    ta.append(step(opt_a, False)); tw.append(step(opt_w, True))
print(json.dumps({"space": a.space, "channels": a.channels, "layers": a.layers, "batch": a.batch, "threads": a.threads,
                  "channels_last": a.channels_last, "torch": torch.__version__,
                  "parameters": sum(q.numel() for q in weights),
                  "alpha_step_s": statistics.median(ta), "w_step_s": statistics.median(tw),
                  "losses": losses, "peak_rss_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
