"""The same bits everywhere: `make oldest` runs this file with the oldest numpy that pyproject.toml admits.

When a digest changes on purpose, say so in the changelog: every printed result changes with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

import pytest

from deploylab.engine.rollout import roll_out
from deploylab.engine.sweep import sweep
from deploylab.model.fault import CrashOnStart, Leak, Overload
from deploylab.model.order import Order, Release
from deploylab.model.rollout import Strategy
from deploylab.model.run import Run
from deploylab.model.scenario import SLO, Platform, Scenario, Traffic
from deploylab.model.version import Version
from deploylab.patterns.analysis import Analysis
from deploylab.patterns.blue_green import BlueGreen
from deploylab.patterns.canary import Canary
from deploylab.patterns.flagger import Flagger
from deploylab.patterns.recreate import Recreate
from deploylab.patterns.rolling import Rolling
from deploylab.patterns.shadow import Shadow

STRATEGIES: list[Strategy] = [
    Recreate(), Rolling(max_surge=2), Rolling(batch_size=2, hold=15), BlueGreen(preview_hold=20),
    Canary(weights=(5, 25, 50), hold=20, analysis=Analysis(max_error_rate=0.01, min_requests=100)),
]  # fmt: skip
SCENARIOS = {
    "quiet": Scenario(traffic=Traffic(rate=20, users=50), duration=120),
    "a bad candidate": Scenario(candidate=Version("v2", error_rate=0.05), slo=SLO(availability=0.99)),
    "overload and kills": Scenario(
        Version("v1", service_time=0.05), Version("v2", service_time=0.06, startup_jitter=20), replicas=4,
        traffic=Traffic(rate=90), platform=Platform(endpoint_lag=3, termination_grace_period=2), seed=11,
    ),
    "many instances": Scenario(
        replicas=300, traffic=Traffic(rate=900), platform=Platform(pre_stop=5), duration=60, seed=2**40
    ),
}  # fmt: skip
LOGS = {
    "quiet": "07e5b50590e933b0c6940522426829bd42079220b58bb7e0682ce9b4899fd298",
    "a bad candidate": "57397fb9fb7930e2c6944f81594739d4ca1b15555978c9d3f66e09ad58f747f7",
    "overload and kills": "152523048ffddcd115ee3e01ef4409bc36f4d03100d3cc3e48d7a965faa0a9a9",
    "many instances": "1cccfafc391726bbb3c6d9b51225a8834a69c995fc1cd74d777f78abaf45071e",
}
FIGURES = "b4e78c2ff5a1d995433536e2686634c97b1514f1db1aa8bad469c6641d792968"

BUSY = "273ae8ab22d9639efeac029069462b2dc22d6a967e6dc900e5029016cc438f8b"


def columns(runs: list[Run]) -> Iterator[bytes]:
    for run in runs:
        for name in ("time", "user", "version", "instance", "status", "latency"):
            yield getattr(run.log, name).tobytes()


def test_not_a_bit_changes_where_much_happens_at_once() -> None:
    """Sticky users, a burst, workers, cold starts, crashes, a leak, orders, a second release and copies."""
    candidate = Version("v2", warm_up_time=20, faults=(CrashOnStart(0.3), Leak(after=45), Overload(above=2)))
    scenario = Scenario(
        candidate=candidate, traffic=Traffic(sticky=True, profile=((60, 1), (61, 3), (80, 1))),
        platform=Platform(workers=2),
        orders=(Order(50, "pause"), Release(70, Version("v3")), Order(90, "resume")),
    )  # fmt: skip
    strategies = (*STRATEGIES, Flagger(interval=10, step_weight=50), Shadow(share=20, hold=20))
    runs = [roll_out(strategy, scenario) for strategy in strategies]
    copies = b"".join(run.mirrored.latency.tobytes() for run in runs)
    assert sha256(b"".join(columns(runs)) + copies).hexdigest() == BUSY


@pytest.mark.parametrize("name", SCENARIOS)
def test_not_a_bit_of_any_log_changes(name: str) -> None:
    runs = [roll_out(strategy, SCENARIOS[name]) for strategy in STRATEGIES]
    assert sha256(b"".join(columns(runs))).hexdigest() == LOGS[name]


def test_not_a_digit_of_any_figure_changes() -> None:
    assert sweep(STRATEGIES, SCENARIOS.values(), progress=False).digest == FIGURES
