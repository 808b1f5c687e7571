"""Zhuchao 筑巢: the system a Chinese sub-district, development zone or park runs its economic work on."""

__version__ = "0.1.0"
