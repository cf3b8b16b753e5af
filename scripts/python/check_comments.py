"""check_comments.py [FOLDER...]: names each declaration with `package` access that has no doc comment, and ends with 1
if there is one. The formatter has this rule for `public` alone, and nothing here is public."""

import pathlib
import re
import sys

MODIFIERS = (
    r"(?:final |static |class |mutating |nonmutating |indirect |convenience |override |lazy |required |weak |unowned |"
    r"nonisolated(?:\(unsafe\))? |(?:private|fileprivate|internal)\(set\) )*"
)
KINDS = r"(?:func|var|let|class|struct|enum|protocol|init|typealias|subscript|actor|macro)\b"
DECLARATION = re.compile(rf"\s*(?:@\w+(?:\([^)]*\))?\s+)*{MODIFIERS}package {MODIFIERS}{KINDS}")
ATTRIBUTE = re.compile(r"\s*@\w+(?:\([^)]*\))?\s*$")


def undocumented(path: pathlib.Path):
    """The numbers and texts of a file's lines that declare something without saying what it is."""
    lines = path.read_text(encoding="utf-8").splitlines()
    for place, line in enumerate(lines):
        if not DECLARATION.match(line):
            continue
        above = place - 1
        while above >= 0 and ATTRIBUTE.match(lines[above]):
            above -= 1
        if above < 0 or not lines[above].lstrip().startswith("///"):
            yield place + 1, line.strip()


def main() -> int:
    """Checks the folders that are given, or Sources."""
    found = 0
    for folder in sys.argv[1:] or ["Sources"]:
        for path in sorted(pathlib.Path(folder).rglob("*.swift")):
            for number, text in undocumented(path):
                print(f"{path}:{number}: no doc comment: {text}", file=sys.stderr)
                found += 1
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
