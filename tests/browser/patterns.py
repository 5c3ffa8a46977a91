"""A small example of each pattern, as code: its knobs, and the verb that makes a record of them."""

from __future__ import annotations

SCENARIO = 'dl.Scenario(candidate=dl.Version("v2", error_rate=0.05), duration=60)'

PLAYGROUNDS = {
    "rollout": f"dl.playground(dl.Canary(hold=10), {SCENARIO})",
    "toggle": f"dl.playground(dl.Flag(), {SCENARIO})",
    "pipeline": "dl.playground(dl.Pipeline())",
    "servers": "dl.playground(dl.ServerFleet())",
    "template": 'dl.playground(dl.template("web-service"))',
}
ANIMATIONS = {
    "rollout": f"dl.animate(dl.roll_out(dl.Canary(hold=10), {SCENARIO}))",
    "toggle": f"dl.animate(dl.toggle(dl.Flag(), {SCENARIO}))",
    "pipeline": "dl.animate(dl.deliver(dl.Pipeline()))",
    "servers": "dl.animate(dl.evolve(dl.ServerFleet()))",
    "template": 'dl.animate(dl.apply(dl.template("web-service")))',
}
