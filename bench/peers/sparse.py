# SPDX-License-Identifier: Apache-2.0
"""Vowpal Wabbit's driver in a process of its own, called by bench/sparse.py: sparse.py ARGUMENTS. Prints the seconds without imports."""

import sys
import time

from vowpalwabbit import Workspace

begun = time.perf_counter()
workspace = Workspace(sys.argv[1])
workspace.finish()
print("seconds", time.perf_counter() - begun)
