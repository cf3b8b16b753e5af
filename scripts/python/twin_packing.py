"""Small files: one tensor for all parameters of a network instead of one for each."""

import torch


def packed(found, networks, steps):
    """The same numbers, those of a network's parameters and then of its averages one after the other; counters
    apart. What is no parameter's stays as it is."""
    left = dict(found)

    def join(kind, names, name):
        if names:
            left[name] = torch.cat([left.pop(f"{kind}.{each}").double().reshape(-1) for each in names])

    for role, network in networks.items():
        parameters = [f"{role}.{key}" for key, _ in network.named_parameters()]
        buffers = [f"{role}.{key}" for key, _ in network.named_buffers()]
        counters = [name for name in buffers if name.endswith("num_batches_tracked")]
        averages = [name for name in buffers if name not in counters]
        join("form", parameters + averages, f"form.{role}")
        for step in range(steps):
            join(f"gradient.{step}", parameters, f"gradient.{step}.{role}")
            join(f"norm.{step}", parameters, f"norm.{step}.{role}")
            join(f"after.{step}", parameters + averages, f"after.{step}.{role}")
            join(f"after.{step}", counters, f"counters.{step}.{role}")
    return left
