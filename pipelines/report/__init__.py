"""The report of a run: what was asked, how it went, and what the monitor saw."""

from piste.pipelines.report.facts import RunFacts
from piste.pipelines.report.run import write_run_report

__all__ = ["RunFacts", "write_run_report"]
