"""HTML: a page that people open, from an artifact of CI for example."""

from __future__ import annotations

from headgate.forms import make_form
from headgate.render.answers import CheckAnswer, PublishAnswer, ResultsAnswer
from headgate.render.format import Format, View
from headgate.render.page import render_all

FORMAT = Format("html", "a page of its own")


@FORMAT.of(CheckAnswer)
def _check(answer: CheckAnswer, view: View) -> str:
    return str(make_form("html", answer.report, line=f"verdict {answer.report.verdict}, policy {answer.policy}"))


@FORMAT.of(PublishAnswer)
def _publish(answer: PublishAnswer, view: View) -> str:
    return str(make_form("html", answer.outcome.report, line=str(answer.outcome)))


@FORMAT.of(ResultsAnswer)
def _results(answer: ResultsAnswer, view: View) -> str:
    return render_all([(result.report, str(result)) for result in answer.results])
