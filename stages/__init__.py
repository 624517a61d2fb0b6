"""The stages of the pipeline, a package each, run as `python -m stages.<name>`."""

from stages.common.core.process import confine

confine()
