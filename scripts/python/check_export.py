"""Holds exported networks to the program: of every preset and of networks with every kind of layer, after some steps of
training, the pictures that `generate --raw` made are compared with those of the exported PyTorch module and of ONNX Runtime
from the same z, codes and labels, and D's logits (and its heads' outputs) of PyTorch with those of ONNX Runtime. Each module
is loaded strictly in a process that knows nothing of this program, and onnx.checker reads each file. Differences count
relative to the range of the pictures, and to the largest logit. Exits 1 where one is over the tolerance.
"""

import argparse
import json
import pathlib
import sys
import tempfile

import numpy
import onnx
import onnxruntime
import torch

import export_networks
import program_argument
import safetensors_file
from exchange import Failed, call, module

TOLERANCE = 1e-4
LEAST_SPREAD = 0.005
COLUMNS = ("networks", "inputs", "opset", "pictures, PyTorch", "pictures, ONNX", "logits, PyTorch and ONNX")


def arguments():
    parser = argparse.ArgumentParser(
        prog="scripts/check-export", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="Example: scripts/check-export --only dcgan64 layers")
    parser.add_argument("--only", metavar="NAME", nargs="+", help="only these of the first column")
    parser.add_argument("--steps", type=int, default=3, help="of training (default: 3)")
    parser.add_argument("--width", type=int, default=8, help="of presets that take one (default: 8)")
    return program_argument.parse(parser)


def apart(first, second, scale):
    """The largest difference over a scale; infinite where shapes differ or something is not a number."""
    if first.shape != second.shape:
        return float("inf")
    difference = float(numpy.abs(first.astype(numpy.float64) - second).max()) / scale
    return difference if numpy.isfinite(difference) else float("inf")


def onnx_outputs(path, inputs):
    """Name to array of what ONNX Runtime computes; the file must please onnx.checker, shapes included."""
    onnx.checker.check_model(str(path), full_check=True)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    names = [value.name for value in session.get_inputs()]
    values = session.run(None, {name: inputs[name] for name in names})
    return dict(zip([value.name for value in session.get_outputs()], values))


def torch_outputs(model, raw):
    """Pictures, and what D and its heads say of raw's pictures."""
    inputs = {name: torch.from_numpy(raw[name].copy()) for name in raw}
    given = [inputs[name] for name in ("codes", "labels") if name in inputs]
    with torch.no_grad():
        pictures = model.generator(inputs["z"], *given)
        # D takes labels where its first layer has planes for them.
        first = next(value for value in model.discriminator.state_dict().values() if value.dim() in (2, 4))
        planes = first.shape[1] != inputs["pictures"].shape[1] and first.dim() == 4
        judged = [inputs["pictures"]] + ([inputs["labels"]] if planes else [])
        outputs = {"pictures": pictures, "logits": model.discriminator(*judged)}
        for name in ("classes", "codes"):
            if hasattr(model, name):
                outputs[name] = getattr(model, name)(*judged)
    return {name: value.numpy() for name, value in outputs.items()}


def compare(program, case, steps, width, folder):
    """A row of the table. Raises Failed."""
    flags = case.flags(folder, width, lambda *words: json.loads(call(folder, program, *words)))
    train = ["train", *flags, *case.training, "--steps", steps, "--sample-every", 0, "--out", "run"]
    call(folder, program, *train)
    call(folder, program, "generate", "--checkpoint", "run", "--count", 7, "--raw", "raw.safetensors")
    call(folder, program, "export", "run", "--format", "pytorch", "--out", "torch")
    summary = json.loads(call(folder, program, "export", "run", "--format", "onnx", "--out", "onnx", "--json",
                              *(["--opset", case.opset] if case.opset else [])))
    raw = safetensors_file.read(folder / "raw.safetensors")
    low, high = summary["pixel_range"]
    ours = torch_outputs(module(folder / "torch").load(folder / "torch"), raw)
    made = onnx_outputs(folder / "onnx/generator.onnx", raw)
    judged = onnx_outputs(folder / "onnx/discriminator.onnx", raw)
    if judged.keys() != ours.keys() - {"pictures"}:
        raise Failed(f"D gives {sorted(judged)} in ONNX and {sorted(ours)} in PyTorch")
    # One sample gives what it gives among others.
    alone = onnx_outputs(folder / "onnx/generator.onnx", {name: value[2:3] for name, value in raw.items()})
    row = (apart(ours["pictures"], raw["pictures"], high - low),
           max(apart(made["pictures"], raw["pictures"], high - low),
               apart(alone["pictures"], raw["pictures"][2:3], high - low)),
           max(apart(judged[name], ours[name], max(1.0, float(numpy.abs(judged[name]).max()))) for name in judged))
    # Pictures of one grey would agree whatever the layers do.
    spread = float(raw["pictures"].std(axis=0).max()) / (high - low)
    if spread < LEAST_SPREAD:
        raise Failed(f"the pictures differ from each other by {spread:.1e} of the range, too little to judge by")
    return summary, row


def main():
    given = arguments()
    names = [case.name for case in export_networks.CASES]
    for name in given.only or []:
        if name not in names:
            raise SystemExit(f"check-export: --only: there is no '{name}'; there are {', '.join(names)}")
    for line in (COLUMNS, ("---",) * len(COLUMNS)):
        print(f"| {' | '.join(line)} |")
    troubles = []
    for case in export_networks.CASES:
        if given.only and case.name not in given.only:
            continue
        with tempfile.TemporaryDirectory() as folder:
            try:
                summary, row = compare(given.program, case, given.steps, given.width, pathlib.Path(folder))
            except Failed as failed:
                troubles.append(f"{case.name}: {failed}")
                continue
        inputs = ", ".join(f"{name} {count}" for name, count in summary["inputs"].items())
        print(f"| {case.name} | {inputs} | {summary['opset']} | {' | '.join(f'{part:.1e}' for part in row)} |", flush=True)
        if not max(row) <= TOLERANCE:
            troubles.append(f"{case.name}: a difference is over {TOLERANCE:.0e}")
    for trouble in troubles:
        print(f"check-export: {trouble}", file=sys.stderr)
    raise SystemExit(1 if troubles else 0)


if __name__ == "__main__":
    main()
