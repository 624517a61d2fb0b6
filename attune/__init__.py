"""The command line: `attune COMMAND`."""

import stages as stages
