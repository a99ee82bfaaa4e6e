"""`python -m tests.oracle SEED …`: histories in words, to their ends or to the first figure that differs.
`python -m tests.oracle count`: in how many of 1,000 histories each thing is."""

import sys

from tests.oracle.counting import counted
from tests.oracle.histories import history
from tests.oracle.words import told

if __name__ == "__main__":
    if sys.argv[1:] == ["count"]:
        print("\n".join(f"{number:5} {name}" for name, number in counted(range(1_000)).items()))
    else:
        for seed in sys.argv[1:]:
            print("\n".join(told(history(int(seed)))))
