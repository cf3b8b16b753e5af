"""Ends with a sentence where the fixtures have grown too large: fixture_sizes.py FOLDER (see scripts/write-twins)."""

import pathlib
import sys

LIMIT = 2_500_000  # bytes, all fixtures together: they are in the repository


def main():
    if len(sys.argv) != 2:
        raise SystemExit("usage: fixture_sizes.py FOLDER")
    total = sum(path.stat().st_size for path in pathlib.Path(sys.argv[1]).iterdir())
    if total >= LIMIT:
        raise SystemExit(f"fixture_sizes.py: the fixtures take {total:,} bytes; they are to stay under {LIMIT:,}.")
    print(f"all fixtures: {total:,} bytes")


if __name__ == "__main__":
    main()
