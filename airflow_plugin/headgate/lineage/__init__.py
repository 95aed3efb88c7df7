"""Who is concerned: OpenLineage datasets and facets of a report and an outcome."""

from headgate.lineage.facets import Facets, check_facets, planned_facets, publish_facets

__all__ = ["Facets", "check_facets", "planned_facets", "publish_facets"]
