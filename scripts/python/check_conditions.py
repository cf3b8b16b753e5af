"""Asks a conditional run for pictures of each class, as many of each, and has them judged.

digits: a small network, trained on the 60,000 real digits, must agree with the asked digit for enough of 2,000; what the
nearest real digit says is told beside it. hair: the hair colour that is seen in the faces must be the asked one for enough
of 1,000; the eyes are left to the seed. Exits 1 where fewer agree, or where a judge fails on real pictures.
"""

import argparse
import pathlib

from condition_runs import Program, Unfit

ROOT = pathlib.Path(__file__).resolve().parents[2]


def fail(sentence):
    raise SystemExit(f"check-conditions: {sentence}")


def arguments():
    parser = argparse.ArgumentParser(
        prog="scripts/check-conditions", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="Examples:\n  scripts/check-conditions digits runs/presets/cgan28 ~/pictures/mnist\n"
               "  scripts/check-conditions hair runs/0001-cdcgan64")
    judges = parser.add_subparsers(dest="judge", required=True, metavar="digits|hair")
    for name, what, least, count in (
            ("digits", "a run on MNIST", 95, 200), ("hair", "a run on the built-in faces", 90, 100)):
        judge = judges.add_parser(name, help=f"judges {what}")
        judge.add_argument("run", type=pathlib.Path, help=f"the folder of {what}, or a checkpoint's in it")
        if name == "digits":
            judge.add_argument("mnist", type=pathlib.Path, help="the folder with MNIST's four gzipped IDX files")
        judge.add_argument("--each", type=int, default=count, help=f"pictures of each class (default: {count})")
        judge.add_argument("--least", type=float, default=least, metavar="PERCENT",
                           help=f"that must agree (default: {least})")
        judge.add_argument("--program", type=pathlib.Path, default=ROOT / ".build/release/dcgan-dist",
                           help="(default: .build/release/dcgan-dist)")
    given = parser.parse_args()
    if given.each < 1:
        parser.error(f"--each should be at least 1; it is {given.each}")
    return given


def table(names, asked, judges):
    """Prints, for each class and for all, how many of a hundred each judge agrees with; returns the first one's share of
    all. `judges` maps a judge's name to what it saw in each picture."""
    width = max(map(len, names)) + 2
    print(f"{'asked':{width}}{'pictures':>9}" + "".join(f"{name:>20}" for name in judges))
    for place, name in enumerate([*names, "all"]):
        these = asked == place if name != "all" else asked >= 0
        shares = (100 * (seen[these] == asked[these]).mean() for seen in judges.values())
        print(f"{name:{width}}{these.sum():>9}" + "".join(f"{share:>19.1f}%" for share in shares))
    return (next(iter(judges.values())) == asked).mean()


def digits(program, given):
    import judge_digits  # which needs PyTorch, and hair does not

    judge = judge_digits.Judge(given.mnist, ROOT / ".build/judges")
    print(f"The judge is right about {judge.accuracy:.2%} of the {judge.tests:,} real test digits.", flush=True)
    names = [str(digit) for digit in range(10)]
    pictures, asked = program.classes("digit", names, given.each)
    return table(names, asked, {"network": judge(pictures), "nearest real digit": judge.nearest(pictures)})


def hair(program, given):
    import judge_hair

    if program.options["data"] != "faces":
        raise Unfit(f"{given.run} was trained on {program.options['data']}; where the hair is, is known of the built-in"
                    " faces only")
    judge = judge_hair.Judge(ROOT / "Sources/Datasets/Faces")
    pictures, asked = program.classes("hair", judge.names, given.each)
    right, count = judge.of_real(program, pictures.shape[-1])
    print(f"The judge is right about {right:,} of {count:,} real faces.", flush=True)
    if right < count:
        raise Unfit("the judge should be right about every real face; has their drawing or its rule been changed?")
    return table(judge.names, asked, {"colour of the hair": judge(pictures)})


def main():
    given = arguments()
    try:
        share = {"digits": digits, "hair": hair}[given.judge](Program(given.program, given.run), given)
    except Unfit as unfit:
        fail(str(unfit))
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}")
    print(f"{share:.2%} of the pictures show what was asked; at least {given.least:g}% should.")
    raise SystemExit(0 if 100 * share >= given.least else 1)


if __name__ == "__main__":
    main()
