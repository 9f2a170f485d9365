# SPDX-License-Identifier: Apache-2.0
"""Vowpal Wabbit's driver in a process of its own, as bench/sparse.py calls it: sparse.py ARGUMENTS. Prints the seconds, its imports apart."""

import sys
import time

from vowpalwabbit import Workspace

begun = time.perf_counter()
workspace = Workspace(sys.argv[1])
workspace.finish()
print("seconds", time.perf_counter() - begun)
