"""CPU seconds of BoTorch's proposals on data sets of ours, on one thread, as JSON lines on standard output.

Reads one JSON document on standard input: `restarts` and `defaultRestarts` of the acquisition's optimiser, `rawPoints`
scored before, `tasks` of {n, d, x (row-major), y, timed} in their order, and `pool`: {candidates, n, d} or null. Tasks
that are not timed warm up. Model, fit and optimiser are BoTorch's own defaults but for the restarts.
"""
import json
import sys
import time
import warnings

import torch
from botorch.acquisition.analytic import LogExpectedImprovement
from botorch.acquisition.logei import qLogNoisyExpectedImprovement
from botorch.fit import fit_gpytorch_mll
from botorch.models import SingleTaskGP
from botorch.models.transforms import Standardize
from botorch.optim import optimize_acqf
from gpytorch.mlls import ExactMarginalLogLikelihood

warnings.filterwarnings("ignore")
torch.set_default_dtype(torch.double)
torch.set_num_threads(1)


def seconds(action):
    start = time.process_time()
    result = action()
    return time.process_time() - start, result


def fitted(x, y):
    model = SingleTaskGP(x, y, outcome_transform=Standardize(1))
    mll = ExactMarginalLogLikelihood(model.likelihood, model)
    fit_gpytorch_mll(mll)
    return model, mll


def likelihood_with_gradient(model, mll):
    loss = -mll(model(*model.train_inputs), model.train_targets)
    loss.backward()


def row(task, settings):
    n, d = task["n"], task["d"]
    x = torch.tensor(task["x"]).reshape(n, d)
    y = torch.tensor(task["y"]).reshape(n, 1)
    fit, (model, mll) = seconds(lambda: fitted(x, y))
    model.train()
    likelihood, _ = seconds(lambda: likelihood_with_gradient(model, mll))
    model.eval()
    bounds = torch.stack([torch.zeros(d), torch.ones(d)])

    def acquired(acquisition, restarts):
        return seconds(lambda: optimize_acqf(acquisition(), bounds, q=1, num_restarts=restarts, raw_samples=settings["rawPoints"]))[0]

    def log_ei():
        return LogExpectedImprovement(model, best_f=y.max())

    def q_log_nei():
        return qLogNoisyExpectedImprovement(model, X_baseline=x, prune_baseline=True)

    acquire = {
        "logEI": acquired(log_ei, settings["restarts"]),
        "logEIDefault": acquired(log_ei, settings["defaultRestarts"]),
        "qLogNEI": acquired(q_log_nei, settings["restarts"]),
    }
    return {"n": n, "d": d, "fit": fit, "likelihoodAndGradient": likelihood, "acquire": acquire}


def pool_seconds(candidates, n, d):
    x = torch.rand(n, d)
    y = torch.sin(x.sum(-1, keepdim=True))
    model = SingleTaskGP(x, y, outcome_transform=Standardize(1))
    model.eval()
    points = torch.rand(candidates, d)

    def scored():
        with torch.no_grad():
            for chunk in points.split(2048):
                LogExpectedImprovement(model, best_f=y.max())(chunk.unsqueeze(1))

    model.posterior(points[:10])
    return seconds(scored)[0]


def main():
    settings = json.load(sys.stdin)
    for task in settings["tasks"]:
        measured = row(task, settings)
        if task["timed"]:
            print(json.dumps(measured), flush=True)
    pool = settings["pool"]
    if pool is not None:
        print(json.dumps({"pool": {**pool, "seconds": pool_seconds(**pool)}}), flush=True)


main()
