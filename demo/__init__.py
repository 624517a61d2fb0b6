"""The demo: its sessions, out-of-domain set and base model."""

import stages as stages
