"""Writes operators.json and optimisers.json beside this file: what PyTorch 1.13 computes for small inputs.

    /usr/bin/python3 golden/make_golden.py        (Debian: apt-get install python3-torch)

Inputs come from sines, not from a generator, and stand in the files. Every case of operators.json has a case of the same name
in OperatorTests.cs. Gradients are those of the sum of squares of all floating outputs.
"""
import json
import math
import os

import torch
import torch.nn.functional as F

torch.set_num_threads(1)
HERE = os.path.dirname(os.path.abspath(__file__))


def wave(*shape, phase=0.0, positive=False):
    count = math.prod(shape)
    values = [math.sin(0.7 * i + phase) + 0.3 * math.cos(2.3 * i) for i in range(count)]
    if positive:
        values = [0.2 + abs(v) for v in values]
    return torch.tensor(values, dtype=torch.float32).reshape(shape)


def pack(tensor):
    kind = {torch.float32: "f32", torch.float64: "f64", torch.int64: "i64", torch.bool: "bool"}[tensor.dtype]
    return {"type": kind, "shape": list(tensor.shape), "values": [float(v) for v in tensor.detach().reshape(-1).tolist()]}


X = wave(2, 3, 4, 4)
M = wave(3, 4)
N = wave(3, 4, phase=1.0)
P = wave(3, 4, positive=True)
LABELS = torch.tensor([1, 0, 3])
MASK = torch.tensor([[True, False, True, False]] * 3)


def batch_norm(training):
    def run(x, weight, bias, mean, var):
        mean, var = mean.clone(), var.clone()
        y = F.batch_norm(x, mean, var, weight, bias, training, 0.1, 1e-5)
        return y, mean, var
    return run


BN = dict(x=X, weight=wave(3, phase=2.0), bias=wave(3, phase=3.0))
BN_STATE = dict(mean=wave(3, phase=4.0), var=wave(3, positive=True))

# name: (function, differentiable inputs, other inputs)
OPERATORS = {
    "conv2d": (lambda x, w, b: F.conv2d(x, w, b), dict(x=X, w=wave(5, 3, 3, 3), b=wave(5)), {}),
    "conv2d_strided_padded": (lambda x, w: F.conv2d(x, w, stride=[2], padding=[1]), dict(x=X, w=wave(2, 3, 3, 3)), {}),
    "conv2d_depthwise_dilated": (
        lambda x, w: F.conv2d(x, w, padding=[2, 2], dilation=[2, 2], groups=3), dict(x=X, w=wave(3, 1, 3, 3)), {}),
    "batch_norm_training": (batch_norm(True), BN, BN_STATE),
    "batch_norm_evaluation": (batch_norm(False), BN, BN_STATE),
    "linear": (lambda x, w, b: F.linear(x, w, b), dict(x=M, w=wave(5, 4), b=wave(5)), {}),
    "relu": (lambda x: F.relu(x), dict(x=M), {}),
    "softmax": (lambda x: F.softmax(x, 1), dict(x=M), {}),
    "log_softmax": (lambda x: F.log_softmax(x, 0), dict(x=M), {}),
    "max_pool2d": (lambda x: F.max_pool2d(x, 3, 2, 1), dict(x=X), {}),
    "avg_pool2d": (lambda x: F.avg_pool2d(x, 3, 1, 1), dict(x=X), {}),
    "avg_pool2d_without_padding_counted": (lambda x: F.avg_pool2d(x, 3, 2, 1, count_include_pad=False), dict(x=X), {}),
    "adaptive_avg_pool2d": (lambda x: F.adaptive_avg_pool2d(x, 2), dict(x=X), {}),
    "cross_entropy": (lambda x, y: F.cross_entropy(x, y), dict(x=M), dict(y=LABELS)),
    "cross_entropy_smoothed_sum": (
        lambda x, y: F.cross_entropy(x, y, reduction="sum", label_smoothing=0.1), dict(x=M), dict(y=LABELS)),
    "nll_loss": (lambda x, y: F.nll_loss(x, y), dict(x=M), dict(y=LABELS)),
    "pad_constant": (lambda x: F.pad(x, [1, 0, 2, 1], value=0.5), dict(x=M), {}),
    "pad_reflect": (lambda x: F.pad(x, [1, 1, 1, 1], mode="reflect"), dict(x=X), {}),
    "one_hot": (lambda y: F.one_hot(y, 4), {}, dict(y=LABELS)),
    "add": (lambda a, b: a.add(b), dict(a=M, b=N), {}),
    "add_alpha": (lambda a, b: a.add(b, alpha=0.5), dict(a=M, b=N), {}),
    "add_scalar": (lambda a: a + 1.5, dict(a=M), {}),
    "sub": (lambda a, b: a - b, dict(a=M, b=N), {}),
    "sub_from_scalar": (lambda a: 1 - a, dict(a=M), {}),
    "mul": (lambda a, b: a * b, dict(a=M, b=N), {}),
    "mul_broadcast": (lambda a, b: a * b, dict(a=M, b=wave(4)), {}),
    "div": (lambda a, b: a / b, dict(a=M, b=P), {}),
    "div_floor": (lambda a, b: torch.div(a, b, rounding_mode="floor"), {}, dict(a=M, b=P)),
    "div_of_scalar": (lambda a: 2 / a, dict(a=P), {}),
    "in_place": (lambda a, b, p: a.clone().add_(b, alpha=2).sub_(b).mul_(b).div_(p).addcmul_(a, b, value=0.5).addcdiv_(a, p, value=-1.0),
                 dict(a=M, b=N, p=P), {}),
    "in_place_scalars": (lambda a: a.clone().add_(1.0).sub_(0.5).mul_(3).div_(7).clamp_(-0.2, 0.4), dict(a=M), {}),
    "neg": (lambda a: -a, dict(a=M), {}),
    "pow": (lambda a: a.pow(3), dict(a=M), {}),
    "pow_tensor": (lambda a, b: a.pow(b), dict(a=P, b=N), {}),
    "exp": (lambda a: a.exp(), dict(a=M), {}),
    "log": (lambda a: a.log(), dict(a=P), {}),
    "sqrt": (lambda a: a.sqrt(), dict(a=P), {}),
    "abs": (lambda a: a.abs(), dict(a=M), {}),
    "sigmoid": (lambda a: a.sigmoid(), dict(a=M), {}),
    "clamp_below": (lambda a: a.clamp(min=0.1), dict(a=M), {}),
    "maximum": (lambda a, b: torch.maximum(a, b), dict(a=M, b=N), {}),
    "matmul": (lambda a, b: a @ b, dict(a=M, b=wave(4, 2)), {}),
    "sum": (lambda a: a.sum(), dict(a=M), {}),
    "sum_dim": (lambda a: a.sum(0, keepdim=True), dict(a=M), {}),
    "sum_dims": (lambda a: a.sum([0, 2, 3]), dict(a=X), {}),
    "sum_as_double": (lambda a: a.sum(dtype=torch.float64), {}, dict(a=M)),
    "mean": (lambda a: a.mean(), dict(a=M), {}),
    "mean_dims": (lambda a: a.mean([2, 3], keepdim=True), dict(a=X), {}),
    "max": (lambda a: a.max(), dict(a=M), {}),
    "max_dim": (lambda a: tuple(a.max(1)), dict(a=M), {}),
    "argmax": (lambda a: (a.argmax(), a.argmax(1, keepdim=True)), {}, dict(a=M)),
    "topk": (lambda a: tuple(a.topk(2, 1)), dict(a=M), {}),
    "norm": (lambda a: a.norm(), dict(a=M), {}),
    "norm_one": (lambda a: a.norm(1), dict(a=M), {}),
    "comparisons": (lambda a, b: (a.eq(b), a.ne(b), a.gt(b), a.ge(b), a.lt(b), a.le(b), a.gt(0.1), a.eq(0)), {}, dict(a=M, b=N)),
    "all_any": (lambda m: (m.all(), m.any()), {}, dict(m=MASK)),
    "not_numbers": (lambda a: ((a / (a * 0)).isnan(), (a / (a * 0)).isfinite()), {}, dict(a=MASK.float())),
    "masked_fill": (lambda a, m: a.masked_fill(m, -2), dict(a=M), dict(m=MASK)),
    "index_select": (lambda a, i: a.index_select(1, i), dict(a=M), dict(i=torch.tensor([2, 0, 2]))),
    "gather": (lambda a, i: a.gather(1, i), dict(a=M), dict(i=torch.tensor([[0, 3], [1, 1], [2, 0]]))),
    "select_and_narrow": (lambda a: (a.select(0, 1), a.narrow(1, 1, 2)), dict(a=M), {}),
    "chunk_and_split": (lambda a: (*a.chunk(3, 1), *a.split(3, 1), *a.split([1, 3], 1)), dict(a=M), {}),
    "views": (lambda a: (a.view(4, 3), a.reshape(-1), a.permute(1, 0), a.transpose(0, 1), a.unsqueeze(1), a.unsqueeze(1).squeeze(1),
                         a.unsqueeze(0).squeeze(), a.flatten(), a.unsqueeze(0).expand(2, 3, 4)), dict(a=M), {}),
    "indexing": (lambda a: (a[1], a[:, 1:3], a[..., -1], a[0:3:2], a[1, 2], a[None, 0, ...]), dict(a=M), {}),
    "indexing_by_tensor": (lambda a, i: a[:, i], dict(a=M), dict(i=torch.tensor([3, 0]))),
    "cat_and_stack": (lambda a, b: (torch.cat([a, b], 1), torch.stack([a, b], 1)), dict(a=M, b=N), {}),
    "arange": (lambda: (torch.arange(4), torch.arange(1.0, 2.0, 0.25)), {}, {}),
    "to_double_and_long": (lambda a: (a.to(torch.float64), (a * 10).to(torch.int64)), {}, dict(a=M)),
    "weighted_sum": (lambda a, b, c, w: a * w[0] + b * w[1] + c * w[2], dict(a=M, b=N, c=P, w=wave(3)), {}),
}


def operators():
    cases = {}
    for name, (function, differentiable, others) in OPERATORS.items():
        inputs = {k: v.clone().requires_grad_() for k, v in differentiable.items()} | others
        outputs = function(**inputs)
        outputs = outputs if isinstance(outputs, tuple) else (outputs,)
        case = {"inputs": {k: pack(v) for k, v in inputs.items()}, "outputs": [pack(o) for o in outputs]}
        if differentiable:
            loss = sum((o * o).sum() for o in outputs if o.requires_grad)
            gradients = torch.autograd.grad(loss, [inputs[k] for k in differentiable], allow_unused=True)
            case["gradients"] = {k: pack(g) for k, g in zip(differentiable, gradients)}
        cases[name] = case
    return cases


def optimiser(make, steps=4):
    """Three parameters; the second has no gradient at step 2, the third none at all."""
    parameters = [wave(2, 3, phase=p).requires_grad_() for p in (0.0, 1.0, 2.0)]
    start = [pack(p) for p in parameters]
    opt = make(parameters)
    trace = []
    for step in range(steps):
        gradients = [wave(2, 3, phase=10.0 * step + k) for k in range(3)]
        if step == 1:
            gradients[1] = None
        gradients[2] = None
        for p, g in zip(parameters, gradients):
            p.grad = None if g is None else g.clone()
        opt.step()
        trace.append({"gradients": [None if g is None else pack(g) for g in gradients], "parameters": [pack(p) for p in parameters]})
    return {"start": start, "steps": trace}


def clip(max_norm):
    gradients = [wave(2, 3), wave(5, phase=1.0)]
    parameters = [torch.zeros_like(g).requires_grad_() for g in gradients]
    for p, g in zip(parameters, gradients):
        p.grad = g.clone()
    norm = torch.nn.utils.clip_grad_norm_(parameters, max_norm)
    return {"max_norm": max_norm, "norm": float(norm), "gradients": [pack(g) for g in gradients], "clipped": [pack(p.grad) for p in parameters]}


def save(name, value):
    with open(os.path.join(HERE, name), "w") as file:
        json.dump({"torch": torch.__version__, "cases": value}, file, separators=(",", ":"))
        file.write("\n")


save("operators.json", operators())
save("optimisers.json", {
    "sgd": optimiser(lambda p: torch.optim.SGD(p, lr=0.1)),
    "sgd_momentum_decay": optimiser(lambda p: torch.optim.SGD(p, lr=0.025, momentum=0.9, weight_decay=3e-4)),
    "sgd_nesterov": optimiser(lambda p: torch.optim.SGD(p, lr=0.025, momentum=0.9, weight_decay=5e-4, nesterov=True)),
    "adam": optimiser(lambda p: torch.optim.Adam(p, lr=3e-4, betas=(0.5, 0.999), weight_decay=1e-3)),
    "adam_without_decay": optimiser(lambda p: torch.optim.Adam(p, lr=1e-2)),
    "clip": [clip(0.5), clip(100.0)],
})
