"""Twins of the reference systems beside dcgan64: each schedule once from each of three states, in float64.

States, moments and z are given by a formula, so that a file holds only what PyTorch makes of them, and of long
tensors a part. What the names mean stands in Tests/TrainingTests/Fixtures/README.md.
"""

from dataclasses import dataclass
from typing import Callable

import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

import reference_networks
import twin_formula
from reference_layers import Dropout
from tolerances import change_off, relative, within
from twin_formula import KERAS, LATENT, PLAIN, SLIM, STEPS, TRACKED, TWICE, UPDATED, WIDTH

KINK_MARGIN = 5e-6  # see twin_dcgan64
NO_GRADIENT = 1e-9  # a bias that batch norm follows: its true gradient is zero


@dataclass(frozen=True)
class System:
    """One preset as its description has it."""

    networks: Callable[[int, int], tuple]
    picture: tuple  # C, H, W
    schedule: tuple = PLAIN
    rates: tuple = (2e-4, 2e-4)  # D's and G's
    targets: tuple = (1.0, 0.0, 1.0)  # D's for reals and fakes, G's
    epsilon: float = 1e-8
    tensorflow: bool = True  # which form of Adam
    conditional: bool = False  # whether both networks are told a class


SYSTEMS = {
    "paper64": System(reference_networks.paper64, (3, 64, 64)),
    "torch96": System(reference_networks.torch96, (3, 96, 96), rates=(6e-4, 6e-4), tensorflow=False),
    "slim64": System(reference_networks.slim64, (3, 64, 64), SLIM, rates=(4e-4, 1e-4), targets=(0.875, 0.0, 1.0)),
    "keras64": System(
        reference_networks.keras64, (3, 64, 64), KERAS, targets=(0.95, 0.05, 0.95), epsilon=1e-7),
    "cgan28": System(reference_networks.cgan28, (1, 28, 28), TWICE, conditional=True),
    "vanilla": System(reference_networks.vanilla, (1, 28, 28)),
}


def part(tensor):
    """What is written of a tensor: all, or KEPT numbers from all over it."""
    flat = tensor.detach().flatten()
    return flat[torch.from_numpy(twin_formula.kept(flat.numel()))]


class Twin:
    """Both networks of a system in one precision, at the formula's state."""

    def __init__(self, system, dtype):
        self.system, self.dtype, self.kink = system, dtype, float("inf")
        g, d = system.networks(WIDTH, LATENT)
        self.networks = {"discriminator": d.to(dtype), "generator": g.to(dtype)}
        self.dropouts = [module for module in d.modules() if isinstance(module, Dropout)]
        for network in self.networks.values():
            for module in network.modules():
                if isinstance(module, (nn.ReLU, nn.LeakyReLU)):
                    module.register_forward_pre_hook(self._note_kink)

    def _note_kink(self, _, inputs):
        self.kink = min(self.kink, inputs[0].detach().abs().min().item())

    def forms(self):
        """Of each tensor of the state: its middle and how far the formula goes from it, float32 numbers."""
        found = {f"{role}.{key}": twin_formula.form(key, tuple(tensor.shape))
                 for role, network in self.networks.items() for key, tensor in network.state_dict().items()}
        return {name: torch.from_numpy(form) for name, form in found.items() if form is not None}

    def load(self, step, salt):
        """The state and the moments before step `step`."""
        self.step, self.salt, self.ordinal, self.draws = step, salt, 0, 0
        self.moments = {}
        for role, network in self.networks.items():
            state = network.state_dict()
            for key, tensor in state.items():
                name, shape = f"{role}.{key}", tuple(tensor.shape)
                if twin_formula.form(name, shape) is None:
                    state[key] = torch.tensor(TRACKED + step)
                else:
                    state[key] = torch.from_numpy(twin_formula.beginning(salt, name, shape)).to(self.dtype)
            network.load_state_dict(state)
            for key, parameter in network.named_parameters():
                name = f"{role}.{key}"
                self.moments[name] = [torch.from_numpy(value).to(self.dtype)
                                      for value in twin_formula.moments(salt, name, tuple(parameter.shape))]
        self.updates = {role: UPDATED + step for role in self.networks}

    def state(self):
        return {f"{role}.{key}": tensor.detach().clone()
                for role, network in self.networks.items() for key, tensor in network.state_dict().items()}

    def latents(self):
        """The next draw of z, [N,Z]."""
        self.draws += 1
        return torch.from_numpy(twin_formula.latents(self.salt, self.draws - 1)).to(self.dtype)

    def reals(self, step):
        return torch.from_numpy(twin_formula.reals(self.system.picture, step)).to(self.dtype)

    def forward(self, role, inputs, ordinal=None):
        self.ordinal = self.ordinal + 1 if ordinal is None else ordinal
        for dropout in self.dropouts:
            dropout.step, dropout.ordinal = self.step, self.ordinal
        network = self.networks[role]
        if self.system.conditional:
            told = torch.from_numpy(twin_formula.conditions(self.step)).to(self.dtype)
            if role == "discriminator":
                told = told[:, :, None, None].expand(-1, -1, *inputs.shape[2:])
            inputs = torch.cat([inputs, told], 1)
        if role == "generator":
            first = network.main[0]
            return network(inputs if isinstance(first, nn.Linear) else inputs[:, :, None, None])
        return network(inputs).flatten()

    def adam(self, role):
        """One update of the network's parameters; returns the gradients it was fed."""
        system = self.system
        rate = system.rates[0 if role == "discriminator" else 1]
        self.updates[role] += 1
        t = self.updates[role]
        first, second = 1 - 0.5**t, 1 - 0.999**t
        gradients = {}
        for key, parameter in self.networks[role].named_parameters():
            name, g = f"{role}.{key}", parameter.grad
            m, v = self.moments[name]
            m, v = 0.5 * m + 0.5 * g, 0.999 * v + 0.001 * g * g
            self.moments[name] = [m, v]
            if system.tensorflow:
                change = rate * second**0.5 / first * m / (v.sqrt() + system.epsilon)
            else:
                change = rate / first * m / ((v / second).sqrt() + system.epsilon)
            with torch.no_grad():
                parameter -= change
            gradients[name] = g.detach().clone()
        return gradients

    def run(self):
        """The schedule once. Returns mean losses and opinions, and each network's last gradients."""
        for network in self.networks.values():
            network.train()
        sums, gradients, fakes = {}, {}, None
        real_target, fake_target, g_target = self.system.targets
        real = self.reals(self.step)

        def judge(pictures, target, loss_name, opinion_name):
            logits = self.forward("discriminator", pictures)
            loss = binary_cross_entropy_with_logits(logits, torch.full_like(logits, target))
            sums.setdefault(loss_name, []).append(loss.detach())
            sums.setdefault(opinion_name, []).append(logits.detach().sigmoid().mean())
            loss.backward()

        fakes_are_old = False
        for update in self.system.schedule:
            for network in self.networks.values():
                network.zero_grad()
            if update[0] == "G":
                if update[1] == "new":
                    z = self.latents()
                if update[1] == "new" or fakes_are_old:
                    fakes = self.forward("generator", z)
                fakes_are_old = True
                judge(fakes, g_target, "loss_g", "d_fake_after")
                gradients |= self.adam("generator")
                continue
            for kind, source in update:
                if kind == "reals":
                    judge(real, real_target, "loss_d_real", "d_real")
                else:
                    if source == "new":
                        z, fakes_are_old = self.latents(), False
                        fakes = self.forward("generator", z)
                    judge(fakes.detach(), fake_target, "loss_d_fake", "d_fake_before")
            gradients |= self.adam("discriminator")
        return {key: torch.stack(values).mean() for key, values in sums.items()}, gradients

    def forwards(self, salt):
        """G's pictures and D's logits from the state before step 0, in training and in evaluation mode."""
        made = {}
        for mode in ("training", "evaluation"):
            self.load(0, salt)
            for network in self.networks.values():
                network.train(mode == "training")
            with torch.no_grad():
                made[f"{mode}.pictures"] = self.forward("generator", self.latents(), ordinal=0)
                made[f"{mode}.logits"] = self.forward(
                    "discriminator", self.reals(0), ordinal=0)
        return made


def tensors(preset):
    """What the file of a preset holds."""
    system = SYSTEMS[preset]
    twin, single_twin = Twin(system, torch.float64), Twin(system, torch.float32)
    forms = twin.forms()
    found = {f"form.{name}": form for name, form in forms.items()}
    for step in range(STEPS):
        for salt in range(10_000):
            twin.kink = float("inf")
            twin.load(step, salt)
            before = twin.state()
            sums, gradients = twin.run()
            if twin.kink > KINK_MARGIN:
                break
        else:
            raise SystemExit(f"write_twins.py: {preset}: no state keeps clear of the kinks; lower KINK_MARGIN.")
        print(f"{preset}, step {step}: salt {salt}, no pre-activation nearer to zero than {twin.kink:.1e}")
        after = twin.state()
        check(single_twin, step, salt, before, sums, gradients, after)
        found[f"step.{step}.salt"] = torch.tensor(float(salt))
        found |= {f"step.{step}.{key}": value for key, value in sums.items()}
        found |= {f"gradient.{step}.{name}": part(g) for name, g in gradients.items()}
        found |= {f"norm.{step}.{name}": g.norm() for name, g in gradients.items()}
        found |= {f"after.{step}.{name}": part(value) for name, value in after.items() if value.dim()}
        found |= {f"after.{step}.{name}": value for name, value in after.items() if not value.dim()}
    salt = int(found["step.0.salt"])
    forwards, others = twin.forwards(salt), single_twin.forwards(salt)
    for key, value in forwards.items():
        within(f"{preset} {key}", (others[key].double() - value).abs().max(), 1e-5)
        found[key] = part(value)
    return found


def check(twin, step, salt, before, sums, gradients, after):
    """Holds PyTorch's own float32 to the tolerances of the Swift tests."""
    twin.load(step, salt)
    own_sums, own_gradients = twin.run()
    own_after = twin.state()
    for key, value in sums.items():
        within(f"step {step} {key}", (own_sums[key].double() - value).abs(), 1e-5)
    for name, value in gradients.items():
        if value.norm() < NO_GRADIENT:
            within(f"step {step} zero gradient of {name}", own_gradients[name].abs().max(), 1e-5)
        else:
            within(f"step {step} gradient of {name}", relative(part(own_gradients[name]).double(), part(value)), 1e-4)
    for name, value in after.items():
        change = own_after[name].double() - before[name].double()
        within(f"step {step} change of {name}",
               change_off(change, value.double() - before[name].double(), 1e-5), 0.001)
