"""Curves of BoTorch on the problems of `npm run bench -- mixed`: SingleTaskGP or MixedSingleTaskGP with LogEI, through optimize_acqf_mixed_alternating
(or optimize_acqf and its fixed features where that does not apply).

Usage: OMP_NUM_THREADS=1 python botorch-mixed.py SEEDS NAME...   One line of JSON a run: problem, seed, regrets, CPU seconds a proposal after the start.
"""
import itertools, json, math, sys, time, warnings
import torch
from botorch.acquisition import LogExpectedImprovement
from botorch.exceptions.errors import CandidateGenerationError
from botorch.fit import fit_gpytorch_mll
from botorch.models import MixedSingleTaskGP, SingleTaskGP
from botorch.models.transforms import Standardize
from botorch.optim import optimize_acqf, optimize_acqf_mixed
from botorch.optim.optimize_mixed import optimize_acqf_mixed_alternating
from gpytorch.mlls import ExactMarginalLogLikelihood

warnings.filterwarnings("ignore")
torch.set_num_threads(1)
torch.set_default_dtype(torch.double)


def branin(u, v):
    x, y = 15 * u - 5, 15 * v
    f = (y - 5.1 / (4 * math.pi**2) * x**2 + 5 / math.pi * x - 6) ** 2 + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x) + 10
    return (f - 54.8104) / 51.9496


# A problem is: dimensions of the unit cube, trials, start, optimum, value of a unit point, a random feasible unit point, and proposals.


def climbed(acq, bounds, **options):
    try:
        return optimize_acqf(acq, bounds, **options)[0]
    except CandidateGenerationError:  # the climbs left what is allowed: the best start
        return options["batch_initial_conditions"][0]


class Ackley:
    d, trials, start, optimum = 13, 80, 20, 0.0
    categories = list(range(10))

    def value(self, x):
        z = [float(v) - 1 for v in x[:10]] + [2 * float(v) - 1 for v in x[10:]]
        return -20 * math.exp(-0.2 * math.sqrt(sum(v * v for v in z) / 13)) - math.exp(sum(math.cos(2 * math.pi * v) for v in z) / 13) + 20 + math.e

    def draw(self):
        return torch.cat([torch.randint(0, 3, (10,)).double(), torch.rand(3)])

    def model(self, X, Y):
        return MixedSingleTaskGP(X, Y, cat_dims=self.categories, outcome_transform=Standardize(m=1))

    def propose(self, acq):
        bounds = torch.stack([torch.zeros(13), torch.cat([torch.full((10,), 2.0), torch.ones(3)])])
        return optimize_acqf_mixed_alternating(acq, bounds, cat_dims={i: [0.0, 1.0, 2.0] for i in self.categories}, num_restarts=restarts, raw_samples=raw)[0]


class Plain:
    def model(self, X, Y):
        return SingleTaskGP(X, Y, outcome_transform=Standardize(m=1))

    def draw(self):
        while True:
            x = self.any()
            if all(h(x) >= 0 for h in self.hard):
                return x


class Vessel(Plain):
    """Thicknesses are integers over [0, 1] in steps of 1/98; the volume is a non-linear constraint: it is relaxed, climbed, and rounded upwards."""

    d, trials, start, optimum = 4, 60, 10, 6059.714335

    def natural(self, x):
        return 1 + 98 * x[..., 0], 1 + 98 * x[..., 1], 10 + 190 * x[..., 2], 10 + 190 * x[..., 3]

    @property
    def hard(self):
        def shell(x):
            s, _, r, _ = self.natural(x)
            return 0.0625 * s - 0.0193 * r

        def head(x):
            _, h, r, _ = self.natural(x)
            return 0.0625 * h - 0.00954 * r

        def volume(x):
            *_, r, l = self.natural(x)
            return (math.pi * r**2 * l + 4 / 3 * math.pi * r**3 - 1296000) / 1e6

        return [shell, head, volume]

    def any(self):
        x = torch.rand(4)
        x[:2] = torch.round(98 * x[:2]) / 98
        return x

    def value(self, x):
        s, h, r, l = (float(v) for v in self.natural(x))
        s, h = 0.0625 * s, 0.0625 * h
        return 0.6224 * s * r * l + 1.7781 * h * r**2 + 3.1661 * s**2 * l + 19.84 * s**2 * r

    def propose(self, acq):
        starts = torch.stack([self.draw() for _ in range(raw // 4)]).unsqueeze(1)
        with torch.no_grad():
            starts = starts[acq(starts).topk(restarts).indices]
        x = climbed(acq, torch.stack([torch.zeros(4), torch.ones(4)]), q=1, num_restarts=restarts, batch_initial_conditions=starts,
                             nonlinear_inequality_constraints=[(h, True) for h in self.hard], options={"batch_limit": 1, "maxiter": 100})
        x[:, :2] = torch.ceil(98 * x[:, :2] - 1e-9) / 98
        x = x.clamp(0, 1)
        return x if all(h(x[0]) >= -1e-9 for h in self.hard) else self.draw().unsqueeze(0)


class Mixture(Plain):
    """At most three of eight amounts that sum to 1: the 56 choices of three, each with the others at 0."""

    d, trials, start, optimum, hard = 8, 60, 10, -1.012839, []
    goal = torch.tensor([0, 0.5, 0, 0, 0.3, 0, 0.2, 0])
    decoy = torch.tensor([0.4, 0, 0, 0.3, 0, 0.3, 0, 0])

    def any(self):
        x = torch.zeros(8)
        e = -torch.log(torch.rand(3))
        x[torch.randperm(8)[:3]] = e / e.sum()
        return x

    def value(self, x):
        gap = lambda to: float(((x - to) ** 2).sum())
        return -math.exp(-gap(self.goal) / 0.08) - 0.7 * math.exp(-gap(self.decoy) / 0.18)

    def propose(self, acq):
        lists = [{i: 0.0 for i in range(8) if i not in present} for present in itertools.combinations(range(8), 3)]
        x, _ = optimize_acqf_mixed(acq, torch.stack([torch.zeros(8), torch.ones(8)]), q=1, num_restarts=2, raw_samples=32, fixed_features_list=lists,
                                   equality_constraints=[(torch.arange(8), torch.ones(8), 1.0)])
        return x


class Constrained(Plain):
    d, trials, start, optimum = 2, 20, 5, -0.998895
    linear = [([-1.0, 1.0], -0.4), ([1.0, -1.0], -0.5), ([1.0, 0.0], 0.15), ([-1.0, 0.0], -0.9), ([0.0, 1.0], 0.2), ([0.0, -1.0], -0.9)]
    curved = [lambda x: torch.sin(x[..., 1]) - x[..., 0] + 0.2, lambda x: x[..., 0] - torch.cos(x[..., 1]) + 0.8, lambda x: torch.cos(x[..., 1]) - x[..., 0]]

    @property
    def hard(self):
        return [lambda x, c=c, b=b: x @ torch.tensor(c) - b for c, b in self.linear] + self.curved

    def any(self):
        return torch.rand(2)

    def value(self, x):
        return branin(float(x[0]), float(x[1]))

    def propose(self, acq):
        starts = torch.stack([self.draw() for _ in range(raw // 4)]).unsqueeze(1)
        with torch.no_grad():
            starts = starts[acq(starts).topk(restarts).indices]
        x = climbed(acq, torch.stack([torch.zeros(2), torch.ones(2)]), q=1, num_restarts=restarts, batch_initial_conditions=starts,
                             inequality_constraints=[(torch.arange(2), torch.tensor(c), b) for c, b in self.linear],
                             nonlinear_inequality_constraints=[(h, True) for h in self.curved], options={"batch_limit": 1, "maxiter": 100})
        return x


problems = {"ackley": Ackley, "vessel": Vessel, "mixture": Mixture, "constrained-branin": Constrained}
restarts, raw = 8, 256


def run(name, seed):
    torch.manual_seed(seed)
    p = problems[name]()
    X = torch.stack([p.draw() for _ in range(p.start)])
    Y = torch.tensor([[-p.value(x)] for x in X])
    began = time.process_time()
    while len(X) < p.trials:
        model = p.model(X, Y)
        try:
            fit_gpytorch_mll(ExactMarginalLogLikelihood(model.likelihood, model))
        except Exception as fault:  # the model stays as it began
            print(name, seed, len(X), repr(fault)[:120], file=sys.stderr, flush=True)
        x = p.propose(LogExpectedImprovement(model, best_f=Y.max())).detach()
        X, Y = torch.cat([X, x]), torch.cat([Y, torch.tensor([[-p.value(x[0])]])])
    seconds = (time.process_time() - began) / (p.trials - p.start)
    best = (-Y.squeeze(-1)).cummin(0).values - p.optimum
    print(json.dumps({"problem": name, "seed": seed, "regrets": best.tolist(), "secondsEach": seconds}), flush=True)
    print(name, seed, best[-1].item(), round(seconds, 3), file=sys.stderr, flush=True)


if __name__ == "__main__":
    for seed in range(int(sys.argv[1])):
        for name in sys.argv[2:]:
            run(name, seed)
