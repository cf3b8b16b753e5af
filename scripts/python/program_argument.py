"""The --program argument of scripts that run the program."""

import os
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]


def parse(parser):
    """Adds --program and parses the command line; `program` is an absolute path. Exits where there is no such program."""
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / ".build/release/dcgan-dist",
                        help="(default: .build/release/dcgan-dist)")
    given = parser.parse_args()
    given.program = given.program.resolve()
    if not os.access(given.program, os.X_OK):
        name = pathlib.Path(parser.prog).name
        parser.exit(1, f"{name}: there is no program {given.program}; build it with: swift build -c release\n")
    return given
