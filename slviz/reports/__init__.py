"""Reports: a gene, a pair or a plan as one HTML page that works offline, prints, and says where it comes from."""

from slviz.reports.gene import gene_report
from slviz.reports.pair import pair_report
from slviz.reports.plan import plan_report

__all__ = ["gene_report", "pair_report", "plan_report"]
