"""A run finds the memory of the one before it."""

from __future__ import annotations

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

def asked():
    before = faults()
    roll_out(Rolling(), scenario)
    return faults() - before

# The least of several: the kernel may take pages away at any moment, as when it moves them together.
print(min(asked() for again in range(8)))
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc learns to keep what is freed")
def test_a_run_of_a_hundred_thousand_requests_asks_the_system_for_hardly_a_page() -> None:
    done = subprocess.run([sys.executable, "-c", RUNS], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 100
