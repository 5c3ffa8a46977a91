"""A lab in which people learn how software reaches its users without hurting them.

>>> import deploylab as dl
>>> run = dl.roll_out(dl.Rolling(batch_size=2), dl.Scenario(candidate=dl.Version("v2", error_rate=0.1)))
>>> run.outcome.value
'rolled back'
"""

from .later import load_later

load_later(__name__)
