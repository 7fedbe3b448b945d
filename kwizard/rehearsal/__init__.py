"""Pretend hosts inside this process, over real SSH."""

from kwizard.rehearsal.fault import Fault
from kwizard.rehearsal.hosts import Rehearsal
from kwizard.rehearsal.namespace import NoRehearsal

__all__ = ["Fault", "NoRehearsal", "Rehearsal"]
