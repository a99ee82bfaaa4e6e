"""`python -m tests.oracle SEED …`: histories in words, to their ends or to the first figure that differs."""

import sys

from tests.oracle.histories import history
from tests.oracle.words import told

if __name__ == "__main__":
    for seed in sys.argv[1:]:
        print("\n".join(told(history(int(seed)))))
