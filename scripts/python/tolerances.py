"""How a twin is compared: the same three measures that the Swift tests use."""


def relative(value, wanted):
    """||value - wanted|| / ||wanted||."""
    return (value - wanted).norm() / wanted.norm()


def change_off(value, wanted, tolerance):
    """The share of elements that are further than `tolerance` from what is wanted."""
    return ((value - wanted).abs() > tolerance).double().mean()


def within(what, value, bound):
    """Ends the program with a sentence where `value` is over `bound` (or not a number)."""
    if not float(value) <= bound:
        raise SystemExit(f"write_twins.py: {what}: PyTorch's own float32 is off by {float(value):.1e}, over {bound:.0e}.")
