"""Reproducible training: find what would differ between two runs, repair it, prove it."""

__version__ = "0.1.0"


def step(**values: object) -> None:
    """Mark the end of a step of a training that has no optimizer: `reprolint.step(loss=loss, weights=weights)`.

    Under `reprolint replay` the random states and the values named are compared at each such step. Outside of a replay
    nothing happens.
    """
