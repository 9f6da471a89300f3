"""Curves of BoTorch's RobustRelevancePursuitSingleTaskGP with LogEI, from the starts of `npm run bench -- outliers --json`.

Usage: OMP_NUM_THREADS=1 python botorch-outliers.py figures.json [seeds [names...]] > curves-outliers.json
The incumbent is the largest posterior mean at what was measured, as a value may be wrong.
"""
import json, math, sys, warnings
import torch
from botorch.acquisition import LogExpectedImprovement
from botorch.fit import fit_gpytorch_mll
from botorch.models.robust_relevance_pursuit_model import RobustRelevancePursuitSingleTaskGP
from botorch.models.transforms import Standardize
from botorch.optim import optimize_acqf
from botorch.test_functions import Ackley, Branin, Griewank, Hartmann, Levy, Rosenbrock, StyblinskiTang
from gpytorch.mlls import ExactMarginalLogLikelihood

warnings.filterwarnings("ignore")
torch.set_num_threads(1)
torch.set_default_dtype(torch.double)
functions = {
    "branin": lambda: Branin(), "hartmann3": lambda: Hartmann(dim=3), "hartmann6": lambda: Hartmann(dim=6), "levy4": lambda: Levy(dim=4),
    "rosenbrock4": lambda: Rosenbrock(dim=4), "ackley4": lambda: Ackley(dim=4), "styblinskiTang3": lambda: StyblinskiTang(dim=3), "griewank2": lambda: Griewank(dim=2),
}
proposed = 20


def run(name, start, bounds, seed):
    torch.manual_seed(seed)
    f = functions[name]()
    low, high = torch.tensor(bounds).T
    d = len(bounds)
    X = torch.tensor(start["units"])
    Y = -torch.tensor(start["spoilt"]).unsqueeze(-1)
    best = [min(start["values"])]
    for _ in range(proposed):
        model = RobustRelevancePursuitSingleTaskGP(X, Y, outcome_transform=Standardize(m=1))
        fit_gpytorch_mll(ExactMarginalLogLikelihood(model.likelihood, model))
        model.eval()
        with torch.no_grad():
            incumbent = model.posterior(X).mean.max()
        x, _ = optimize_acqf(LogExpectedImprovement(model, best_f=incumbent), torch.stack([torch.zeros(d), torch.ones(d)]), q=1, num_restarts=8, raw_samples=256)
        y = f(low + x * (high - low))
        X, Y = torch.cat([X, x]), torch.cat([Y, -y.reshape(1, 1)])
        best.append(min(best[-1], y.item()))
    return best


starts = json.load(open(sys.argv[1]))["outliers"]["starts"]
seeds = int(sys.argv[2]) if len(sys.argv) > 2 else math.inf
names = sys.argv[3:] or list(starts)
curves = {}
for name in names:
    curves[name] = {"wrong": []}
    for seed, start in enumerate(starts[name]["runs"]):
        if seed >= seeds:
            break
        curves[name]["wrong"].append(run(name, start, starts[name]["bounds"], seed))
        print(name, seed, curves[name]["wrong"][-1][-1], file=sys.stderr, flush=True)
json.dump(curves, sys.stdout)
