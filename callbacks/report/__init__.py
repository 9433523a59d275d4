"""Reports: what a monitor measured, as one HTML file that opens offline."""

from piste.callbacks.report.health import write_health_report
from piste.callbacks.report.shares import read_shares, write_units

__all__ = ["read_shares", "write_health_report", "write_units"]
