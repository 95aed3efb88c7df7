"""Names that tasks need when they run, and the parsing of DAG files does not: each is imported when it is first used.

This is the only module of `headgate.airflow` that imports late. DAG files are parsed constantly, and the policy is
loaded while Airflow starts, so that the other modules import only light modules at the top.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from headgate.lazy import lazily

if TYPE_CHECKING:
    from airflow.providers.common.compat.sdk import Stats as Stats
    from airflow.providers.openlineage.conf import transport as transport
    from airflow.providers.openlineage.extractors import OperatorLineage as OperatorLineage
    from airflow.providers.standard.hooks.subprocess import SubprocessHook as SubprocessHook
    from asgiref.sync import sync_to_async as sync_to_async
    from mcp.server.transport_security import TransportSecuritySettings as TransportSecuritySettings
    from sqlglot import exp as exp

    from headgate.airflow.answers import known_of as known_of
    from headgate.airflow.answers import refresh_answers as refresh_answers
    from headgate.airflow.assets import asset_uri as asset_uri
    from headgate.airflow.assets import written_uris as written_uris
    from headgate.airflow.channels import channels_for_tasks as channels_for_tasks
    from headgate.airflow.checking import place_for as place_for
    from headgate.airflow.checking import run_check as run_check
    from headgate.airflow.config import setting as setting
    from headgate.airflow.connections import connection_url as connection_url
    from headgate.airflow.connections import url_of_connection as url_of_connection
    from headgate.airflow.failure import ContractBreach as ContractBreach
    from headgate.airflow.failure import broken as broken
    from headgate.airflow.failure import no_retry as no_retry
    from headgate.airflow.history import history_warning as history_warning
    from headgate.airflow.history import record_run as record_run
    from headgate.airflow.history import store_for_tasks as store_for_tasks
    from headgate.airflow.lineage import Plan as Plan
    from headgate.airflow.lineage import name_of as name_of
    from headgate.airflow.lineage import planned as planned
    from headgate.airflow.lineage import told as told
    from headgate.airflow.links import contract_address as contract_address
    from headgate.airflow.metrics import count_report as count_report
    from headgate.airflow.page.app import page_app as page_app
    from headgate.airflow.reporting import log_and_push as log_and_push
    from headgate.airflow.reporting import notify as notify
    from headgate.airflow.reporting import write_report as write_report
    from headgate.airflow.run import link_of as link_of
    from headgate.airflow.run import run_of as run_of
    from headgate.airflow.run import slot_of as slot_of
    from headgate.airflow.shadow_run import run_shadow as run_shadow
    from headgate.airflow.spool import spool_warning as spool_warning
    from headgate.airflow.trigger import ContractTrigger as ContractTrigger
    from headgate.alerts import channels_of as channels_of
    from headgate.alerts import faults_of as faults_of
    from headgate.alerts import flush_messages as flush_messages
    from headgate.alerts import send_due as send_due
    from headgate.alerts.content import content_of as content_of
    from headgate.alerts.content import event_of as event_of
    from headgate.alerts.content import events_of as events_of
    from headgate.alerts.webhook import REFUSES as REFUSES
    from headgate.alerts.webhook import post as post
    from headgate.checks.drift import DRIFT as DRIFT
    from headgate.checks.reconciliation import RECONCILIATION as RECONCILIATION
    from headgate.compare.shadow.serial import summary_dict as summary_dict
    from headgate.contract.find import candidates_below as candidates_below
    from headgate.contract.find import contracts_below as contracts_below
    from headgate.contract.find import is_contract_file as is_contract_file
    from headgate.contract.service_levels import Duration as Duration
    from headgate.dbt.artifacts import invocation_of as invocation_of
    from headgate.dbt.results import read_results as read_results
    from headgate.forms import make_form as make_form
    from headgate.gate import Override as Override
    from headgate.gate import check as check
    from headgate.gate import data_of as data_of
    from headgate.gate import holds_back as holds_back
    from headgate.gate import home_of as home_of
    from headgate.gate import is_own as is_own
    from headgate.gate import levels_now as levels_now
    from headgate.gate import measure_drift as measure_drift
    from headgate.gate import needs_past as needs_past
    from headgate.gate import own_of as own_of
    from headgate.gate import policy_for as policy_for
    from headgate.gate import publish as publish
    from headgate.gate import reconcile as reconcile
    from headgate.gate import reconciled_with as reconciled_with
    from headgate.gate import release as release
    from headgate.gate import target_of as target_of
    from headgate.history.delivery import RefusedError as RefusedError
    from headgate.history.location import spool_folder as spool_folder
    from headgate.history.past import known_past as known_past
    from headgate.history.record import Kind as Kind
    from headgate.history.record import RunRecord as RunRecord
    from headgate.history.surroundings import Surroundings as Surroundings
    from headgate.levels import Clock as Clock
    from headgate.levels import levels_of as levels_of
    from headgate.levels import measured as measured
    from headgate.levels import observe as observe
    from headgate.levels import unmeasured as unmeasured
    from headgate.lineage import check_facets as check_facets
    from headgate.lineage import flush as flush
    from headgate.lineage import graph_from as graph_from
    from headgate.lineage import graph_from_marquez as graph_from_marquez
    from headgate.lineage import planned_facets as planned_facets
    from headgate.lineage import publish_facets as publish_facets
    from headgate.lineage import release_facets as release_facets
    from headgate.lineage.blast_radius import impact_of as impact_of
    from headgate.lineage.source import is_url as is_url
    from headgate.mcp.server import server_of as server_of
    from headgate.naming import files as files
    from headgate.naming import without_templates as without_templates
    from headgate.places import Stored as Stored
    from headgate.places import place_of as place_of
    from headgate.places import reaches as reaches
    from headgate.render.escaping import plain as plain
    from headgate.render.findings import concerned as concerned
    from headgate.render.levels import counts as counts
    from headgate.render.levels import level_line as level_line
    from headgate.render.report import render as render
    from headgate.render.shadow import markdown as markdown
    from headgate.render.shadow import text as text
    from headgate.render.summary import count_verdicts as count_verdicts
    from headgate.render.summary import summarise as summarise
    from headgate.render.summary import summarise_levels as summarise_levels
    from headgate.report import Run as Run
    from headgate.report import late_words as late_words
    from headgate.report import shortened as shortened
    from headgate.rules import Contract as Contract
    from headgate.scan import parse_condition as parse_condition
    from headgate.scan import typed_view as typed_view

_HOME = {
    "airflow.providers.openlineage.conf": ("transport",),
    "airflow.providers.openlineage.extractors": ("OperatorLineage",),
    "airflow.providers.standard.hooks.subprocess": ("SubprocessHook",),
    "airflow.providers.common.compat.sdk": ("Stats",),
    "asgiref.sync": ("sync_to_async",),
    "mcp.server.transport_security": ("TransportSecuritySettings",),
    "sqlglot": ("exp",),
    "headgate.airflow.answers": ("known_of", "refresh_answers"),
    "headgate.airflow.assets": ("asset_uri", "written_uris"),
    "headgate.airflow.channels": ("channels_for_tasks",),
    "headgate.airflow.checking": ("place_for", "run_check"),
    "headgate.airflow.config": ("setting",),
    "headgate.airflow.connections": ("connection_url", "url_of_connection"),
    "headgate.airflow.failure": ("ContractBreach", "broken", "no_retry"),
    "headgate.airflow.history": ("history_warning", "record_run", "store_for_tasks"),
    "headgate.airflow.lineage": ("Plan", "name_of", "planned", "told"),
    "headgate.airflow.links": ("contract_address",),
    "headgate.airflow.metrics": ("count_report",),
    "headgate.airflow.page.app": ("page_app",),
    "headgate.airflow.reporting": ("log_and_push", "notify", "write_report"),
    "headgate.airflow.run": ("link_of", "run_of", "slot_of"),
    "headgate.airflow.shadow_run": ("run_shadow",),
    "headgate.airflow.spool": ("spool_warning",),
    "headgate.airflow.trigger": ("ContractTrigger",),
    "headgate.alerts": ("channels_of", "faults_of", "flush_messages", "send_due"),
    "headgate.alerts.content": ("content_of", "event_of", "events_of"),
    "headgate.alerts.webhook": ("REFUSES", "post"),
    "headgate.compare.shadow.serial": ("summary_dict",),
    "headgate.checks.drift": ("DRIFT",),
    "headgate.checks.reconciliation": ("RECONCILIATION",),
    "headgate.contract.find": ("candidates_below", "contracts_below", "is_contract_file"),
    "headgate.contract.service_levels": ("Duration",),
    "headgate.dbt.artifacts": ("invocation_of",),
    "headgate.dbt.results": ("read_results",),
    "headgate.forms": ("make_form",),
    "headgate.gate": (
        "Override",
        "check",
        "data_of",
        "holds_back",
        "home_of",
        "is_own",
        "levels_now",
        "measure_drift",
        "needs_past",
        "own_of",
        "policy_for",
        "publish",
        "release",
        "target_of",
        "reconcile",
        "reconciled_with",
    ),
    "headgate.history.delivery": ("RefusedError",),
    "headgate.history.location": ("spool_folder",),
    "headgate.history.past": ("known_past",),
    "headgate.history.record": ("Kind", "RunRecord"),
    "headgate.history.surroundings": ("Surroundings",),
    "headgate.levels": ("Clock", "levels_of", "measured", "observe", "unmeasured"),
    "headgate.lineage": (
        "check_facets",
        "flush",
        "graph_from",
        "graph_from_marquez",
        "planned_facets",
        "publish_facets",
        "release_facets",
    ),
    "headgate.lineage.blast_radius": ("impact_of",),
    "headgate.lineage.source": ("is_url",),
    "headgate.mcp.server": ("server_of",),
    "headgate.naming": ("files", "without_templates"),
    "headgate.places": ("Stored", "place_of", "reaches"),
    "headgate.render.escaping": ("plain",),
    "headgate.render.findings": ("concerned",),
    "headgate.render.levels": ("counts", "level_line"),
    "headgate.render.report": ("render",),
    "headgate.render.shadow": ("markdown", "text"),
    "headgate.render.summary": ("count_verdicts", "summarise", "summarise_levels"),
    "headgate.report": ("Run", "late_words", "shortened"),
    "headgate.rules": ("Contract",),
    "headgate.scan": ("parse_condition", "typed_view"),
}


__getattr__ = lazily(__name__, {name: f"{module}:{name}" for module, names in _HOME.items() for name in names})
