"""The stages of the pipeline, a package each, run as `python -m stages.<name>`."""

from stages.common.core.process import confine
from stages.common.core.process_lifetime import end_with_dvc

confine()
end_with_dvc()
