"""The types of questions, a file each: a frozen dataclass and the table of its keys.

A kind has `ask` (what a view draws and an answer must fit), `key` (an answer worth all points) and
`marks(response)` (what an answer is worth, and what is said about it). Nothing else knows a type.
"""
