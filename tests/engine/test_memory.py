"""A run finds the memory of the one before it."""

from __future__ import annotations

import os
import platform
import subprocess
import sys

import pytest

RUNS = """
import resource
from deploylab import Rolling, Scenario, Traffic, roll_out

def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

scenario = Scenario(replicas=20, traffic=Traffic(rate=200), duration=600)
for warm_up in range(3):
    roll_out(Rolling(), scenario)
before = faults()
for again in range(5):
    roll_out(Rolling(), scenario)
print((faults() - before) // 5)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc learns to keep what is freed")
def test_a_run_of_a_hundred_thousand_requests_asks_the_system_for_hardly_a_page() -> None:
    alone = {name: value for name, value in os.environ.items() if not name.startswith("MALLOC_")}
    done = subprocess.run([sys.executable, "-c", RUNS], env=alone, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 100
