"""plateglass: what released search logs of police systems show, and what they can't."""

__version__ = "0.1.0"
