"""Lets `python -m deploylab` do what the command `deploylab` does."""

from deploylab.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
