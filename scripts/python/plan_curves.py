"""Free-running curves of several ways: one plot, and where they part, in numbers."""

import json

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402

COLOURS = ("black", "tab:orange", "tab:blue")


def smoothed(values, decay):
    """The exponential moving average, each weighted sum divided by its weights' sum, so that the first is right too."""
    average, weight, result = 0.0, 0.0, []
    for value in values:
        average = decay * average + (1 - decay) * value
        weight = decay * weight + 1 - decay
        result.append(average / weight)
    return result


class Curve:
    """A run's losses of steps 1, 2, ..."""

    def __init__(self, way, run):
        self.label, self.file_name = way.name, way.file_name
        lines = run.metrics()
        self.steps = sorted(lines)
        self.lines = [lines[step] for step in self.steps]

    def values(self, loss):
        return [line[loss] for line in self.lines]

    def apart(self, other):
        """Of each step, the largest relative difference of D's and G's loss to the other curve's."""
        return [
            max(abs(line[loss] - of_other[loss]) / abs(of_other[loss]) for loss in ("loss_d", "loss_g"))
            for line, of_other in zip(self.lines, other.lines)]

    def parts_at(self, other, bound):
        """The first step that is further apart than `bound`, or None."""
        return next((step for step, apart in zip(self.steps, self.apart(other)) if apart > bound), None)

    def late_mean(self, loss):
        """The mean over the last quarter of the steps."""
        values = self.values(loss)[-max(1, len(self.steps) // 4):]
        return sum(values) / len(values)

    def save(self, folder):
        """The numbers behind the plot, one line of JSON a step, times and memory left out."""
        keys = [key for key in self.lines[0] if key.startswith(("step", "loss", "d_", "grad"))]
        text = "".join(json.dumps({key: line[key] for key in keys}) + "\n" for line in self.lines)
        (folder / f"curve-{self.file_name}.jsonl").write_text(text)


def plot(curves, path, title, decay=0.9):
    """D's loss, G's loss, and on a logarithmic axis how far each curve is from the first."""
    figure, (of_d, of_g, apart) = pyplot.subplots(3, 1, figsize=(9, 11), sharex=True, layout="constrained")
    for axes, loss, name in ((of_d, "loss_d", "D"), (of_g, "loss_g", "G")):
        for curve, colour in zip(curves, COLOURS):
            values = curve.values(loss)
            axes.plot(curve.steps, values, color=colour, alpha=0.2, linewidth=0.8)
            axes.plot(curve.steps, smoothed(values, decay), color=colour, linewidth=1.6, label=curve.label)
        axes.set_ylabel(f"loss of {name}")
        axes.grid(alpha=0.3)
    of_d.set_title(f"{title}\nthick: moving average (decay {decay}); thin: each step", fontsize=10)
    of_d.legend()
    for curve, colour in zip(curves[1:], COLOURS[1:]):
        # A logarithmic axis has no place for zero: equal steps show as the smallest difference of a float32.
        values = [max(value, 2.0**-24) for value in curve.apart(curves[0])]
        apart.plot(curve.steps, values, color=colour, linewidth=1.2, label=f"{curve.label}, from {curves[0].label}")
    apart.set_yscale("log")
    apart.set_ylabel("relative difference, the larger loss's")
    apart.set_xlabel("step")
    apart.grid(alpha=0.3)
    if len(curves) > 1:
        apart.legend()
    figure.savefig(path, dpi=110)
    pyplot.close(figure)
