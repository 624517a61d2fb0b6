"""The stages of the pipeline, a package each, run as `python -m stages.<name>`."""

from stages.common.core.endings import end_with_dvc
from stages.common.core.process import confine

confine()
end_with_dvc()
