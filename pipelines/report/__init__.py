"""The report of a run: what was asked, how it went, and what the monitor saw."""

from piste.pipelines.report.facts import RunFacts
from piste.pipelines.report.folder import write_run_report
from piste.pipelines.report.kept import kept_epoch
from piste.pipelines.report.run import write_run_page

__all__ = ["RunFacts", "kept_epoch", "write_run_page", "write_run_report"]
