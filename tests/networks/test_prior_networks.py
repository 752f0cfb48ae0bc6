"""Networks whose embedding is drawn towards a normal distribution: the divergence, the adversary, the sampling."""

from __future__ import annotations

import pytest
import torch
from test_networks import built, inputs  # noqa: F401  (a fixture)

from slviz.networks.prior import Adversary, divergence
from slviz.training.devices import repeatable

SETTINGS = [
    pytest.param("vgae", {}, id="vgae"),
    pytest.param("adversarial", {}, id="adversarial"),
    pytest.param("adversarial", {"variational": True}, id="variational adversarial"),
]


def seeded(seed, action):
    with repeatable(torch.device("cpu")):  # on one thread: many small steps
        torch.manual_seed(seed)
        return action()


def test_the_divergence_is_that_of_torchs_normal_distributions():
    mean, log_variance = torch.randn(7, 5), torch.randn(7, 5)
    normal = torch.distributions.Normal(mean, (log_variance / 2).exp())
    expected = torch.distributions.kl_divergence(normal, torch.distributions.Normal(0.0, 1.0)).sum(dim=1).mean()
    assert torch.allclose(divergence(mean, log_variance), expected, rtol=1e-5)
    assert divergence(torch.zeros(2, 3), torch.zeros(2, 3)) == 0


def test_a_gene_is_drawn_while_learning_and_its_mean_otherwise(inputs):  # noqa: F811
    """Drawn over and over, the embedding has the mean and the spread that the divergence is of."""
    encoder = built("vgae", dropout=0.0)
    mean = encoder(*inputs)
    assert torch.equal(encoder(*inputs), mean)
    encoder.train()
    draws = seeded(0, lambda: torch.stack([encoder(*inputs).detach() for _ in range(800)]))
    assert torch.allclose(draws.mean(dim=0), mean, atol=0.2)
    spread = (encoder.log_variance(torch.cat(encoder.encode(*inputs).states, dim=1)) / 2).exp()
    assert torch.allclose(draws.std(dim=0), spread, rtol=0.15)
    assert torch.equal(*(seeded(5, lambda: encoder(*inputs)) for _ in range(2)))


@pytest.mark.parametrize(("name", "settings"), SETTINGS)
def test_a_penalty_belongs_to_steps_of_training_alone(inputs, name, settings):  # noqa: F811
    encoder = built(name, **settings)
    evaluated = encoder.encode(*inputs)
    assert evaluated.penalty is None
    assert encoder.train().encode(*inputs).penalty > 0


def test_the_weight_of_the_divergence_scales_the_penalty(inputs):  # noqa: F811
    small, large = (built("vgae", kl_weight=weight, dropout=0.0).train().encode(*inputs) for weight in (0.01, 0.5))
    assert large.penalty.item() == pytest.approx(50 * small.penalty.item(), rel=1e-4)


def test_the_adversary_learns_from_its_own_loss_and_the_encoder_from_the_penalty(inputs):  # noqa: F811
    """The adversary's loss leaves no gradient in the encoder: else it would help to tell its own embedding."""
    encoder = built("adversarial").train()
    own = {id(each) for each in encoder.adversary.parameters()}
    encoder.adversary.loss(encoder.encode(*inputs).embedding).backward()
    touched = {id(each) for each in encoder.parameters() if each.grad is not None}
    assert touched == own
    encoder.zero_grad(set_to_none=True)
    encoder.encode(*inputs).penalty.backward()
    assert encoder.out.weight.grad.abs().sum() > 0


def test_an_adversary_learns_to_tell_what_is_not_normal_and_its_pull_moves_that_towards_the_normal():
    def moved():
        adversary, points = Adversary(2), torch.full((500, 2), 4.0) + 0.1 * torch.randn(500, 2)
        points.requires_grad_()
        learning = torch.optim.Adam(adversary.parameters(), lr=0.01)
        for _ in range(100):
            learning.zero_grad()
            adversary.loss(points).backward()
            learning.step()
        assert points.grad is None
        assert adversary.loss(points) < 0.4
        adversary.misleading_loss(points).backward()
        return points

    points = seeded(0, moved)
    assert (points.grad.mean(dim=0) > 0).all()  # downhill is towards zero
