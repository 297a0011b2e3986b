"""Differentiable search under a latency budget: docs/search.md.

    python3 search.py SECONDS      with the package of `opline export --format python` on the path

Prints one JSON document: the network found, its predicted latency and its accuracy, and random
networks of about the same ops.
"""

import json
import random
import sys
from typing import List

import torch
from keywords import WORDS, dataset
from opline_cost.torch import ExpectedCosts, uniform_logits
from supernet import Supernet
from torch import Tensor
from torch.nn import functional as F

import opline_cost

BATCH, WARM_UP, SEARCH, TRAINING, RANDOM = 64, 150, 600, 800, 4

torch.manual_seed(1)
train = [torch.from_numpy(one) for one in dataset(copies=6, voices=slice(0, 9), seed=1)]
test = [torch.from_numpy(one) for one in dataset(copies=10, voices=slice(9, 12), seed=2)]

costs = opline_cost.load()
latency = costs.model("latency", "per-layer")
space = costs.space
budget = float(sys.argv[1])
accepted = latency.accept_up_to(budget)  # leaves the margin
expected = ExpectedCosts(space, latency=latency)


def one_hot(architecture: tuple) -> List[Tensor]:
    counts = space.option_counts
    return [F.one_hot(torch.tensor(i), n).float() for i, n in zip(architecture, counts)]


def task_loss(net: Supernet, chosen: List[Tensor]) -> Tensor:
    rows = torch.randint(len(train[0]), (BATCH,))
    return F.cross_entropy(net(train[0][rows], chosen), train[1][rows])


def search() -> tuple:
    net, logits = Supernet(space, len(WORDS)), uniform_logits(space)
    weights = torch.optim.Adam(net.parameters(), lr=2e-3)
    choices = torch.optim.Adam(logits.parameters(), lr=3e-2)
    for step in range(WARM_UP + SEARCH):
        temperature = 2 * 0.05 ** (step / (WARM_UP + SEARCH))
        loss = task_loss(net, [F.gumbel_softmax(one, tau=temperature) for one in logits])
        if step >= WARM_UP:  # the weights learn first
            seconds = expected(logits=[one / temperature for one in logits]).latency
            loss = loss + 3 * (seconds / accepted - 1).abs()  # spend the budget, no more
        weights.zero_grad(), choices.zero_grad()
        loss.backward()
        weights.step()
        if step >= WARM_UP:
            choices.step()
    return most_probable([F.softmax(one / temperature, -1) for one in logits])


def most_probable(chances: List[Tensor]) -> tuple:
    """Of 500 samples those within the budget, and of these the most probable one."""
    samples = {tuple(int(torch.multinomial(one, 1)) for one in chances) for _ in range(500)}
    kept = [one for one in samples if latency.predict(space.network(one)) <= accepted]
    return space.canonical(max(kept, key=lambda one: sum(
        float(chance[i].log()) for chance, i in zip(chances, one))))


def accuracy(architecture: tuple) -> float:
    """Of the network trained from scratch, on voices it has not heard."""
    net, chosen = Supernet(space, len(WORDS)), one_hot(architecture)
    weights = torch.optim.Adam(net.parameters(), lr=2e-3)
    for _ in range(TRAINING):
        weights.zero_grad()
        task_loss(net, chosen).backward()
        weights.step()
    net.eval()
    with torch.no_grad():
        return (net(test[0], chosen).argmax(1) == test[1]).float().mean().item()


def described(architecture: tuple) -> dict:
    network = space.network(architecture)
    found = latency.prediction(network)
    return {"architecture": space.to_text(architecture), "ops": network.ops,
            "predicted_seconds": found.value, "interval": list(found.interval),
            "bound": found.bound, "accuracy": accuracy(architecture)}


best = search()
ops = space.network(best).ops
generator = random.Random(3)
others: List[tuple] = []
while len(others) < RANDOM:  # of about the same ops
    one = space.sample(generator)
    if abs(space.network(one).ops / ops - 1) < 0.1 and one != best:
        others.append(one)
print(json.dumps({"budget_seconds": budget, "found": described(best),
                  "others": [described(one) for one in others]}, indent=2))
