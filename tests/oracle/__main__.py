"""`python -m tests.oracle [everything] SEED …`: histories in words, to their ends or to the first figure that differs.

With `everything`, the features that are off are on.
"""

import sys

from tests.oracle.features import EVERYTHING, TODAY
from tests.oracle.histories import history
from tests.oracle.words import told


def main(arguments: list[str]) -> None:
    on = EVERYTHING if arguments[:1] == ["everything"] else TODAY
    for seed in arguments[1:] if on is EVERYTHING else arguments:
        print("\n".join(told(history(int(seed), on))))


if __name__ == "__main__":
    main(sys.argv[1:])
