"""The dialogue asks real choices only, goes back, explains, and shows a summary."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest

from groundplan.errors import UnknownNameError
from groundplan.grid.load import load_grid
from groundplan.grid.model import Row
from groundplan.project.adapter import OpenQuestion, ProjectTemplate
from groundplan.project.answers import Answer, Origin, values
from groundplan.project.source import TemplateSource, checked_out
from groundplan.wizard import prompts
from groundplan.wizard.dialogue import ask, unanswered
from groundplan.wizard.prompts import Decision
from groundplan.wizard.summary import explain, rows

GRID = load_grid()
Reply = Decision | str | None


@pytest.fixture(scope="module")
def template(repository: Path) -> Generator[ProjectTemplate]:
    """The working tree's template, ready to ask."""
    with checked_out(TemplateSource(repository, str(repository))) as files:
        yield ProjectTemplate(files, "demo")


class Somebody:
    """Answers prompts: what was prepared for a name first, then the default."""

    def __init__(self, **replies: list[Reply]) -> None:
        """Prepare what to say; None is the default."""
        self.replies: dict[str, Iterator[Reply]] = {
            name: iter(said) for name, said in replies.items()
        }
        self.asked: list[str] = []

    def reply(self, name: str) -> Reply:
        self.asked.append(name)
        return next(self.replies.get(name, iter([])), None)

    def choose(
        self, row: Row, question: OpenQuestion, *, can_go_back: bool
    ) -> Decision | str:
        assert row.is_choice
        del can_go_back
        return self.reply(row.name) or str(question.default)

    def write(
        self,
        message: str,
        default: str,
        refusal: Callable[[object], str],
        *,
        can_go_back: bool,
    ) -> Decision | str:
        del can_go_back
        names = {field.help: field.name for field in GRID.fields}
        reply = self.reply(names.get(message, "reason")) or default
        assert isinstance(reply, Decision) or refusal(reply) == ""
        return reply

    def decide(self, *, can_go_back: bool) -> Decision:
        assert can_go_back
        reply = self.reply("summary") or Decision.WRITE
        assert isinstance(reply, Decision)
        return reply

    def pick_row(self, asked: list[Row]) -> str:
        return str(self.reply("row") or asked[0].name)


@pytest.fixture
def somebody(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Somebody]:
    """Put a person with prepared replies in front of the prompts."""

    def sit_down(**replies: list[Reply]) -> Somebody:
        person = Somebody(**replies)
        for name in ("choose", "write", "decide", "pick_row"):
            monkeypatch.setattr(prompts, name, getattr(person, name))
        return person

    return sit_down


Sit = Callable[..., Somebody]


def test_only_real_choices_are_asked(template: ProjectTemplate, somebody: Sit) -> None:
    person = somebody()
    answers = ask(template, GRID, {}, {})
    always = [field for field in GRID.fields if field.when is None]
    expected = [field.name for field in always if not field.is_mapping]
    expected += [row.name for row in GRID.rows if row.is_choice]
    assert person.asked == [*expected, "summary"]
    rows = {row.name for row in GRID.rows}
    assert set(answers) == rows | {field.name for field in always}
    assert {answer.origin for answer in answers.values()} == {Origin.DEFAULT}


def test_what_is_given_is_not_asked(template: ProjectTemplate, somebody: Sit) -> None:
    person = somebody()
    given = {"api": Answer("none", Origin.FLAG)}
    answers = ask(template, GRID, given, {})
    assert "api" not in person.asked
    assert "server" not in person.asked
    assert "server" not in answers
    assert answers["api"].origin is Origin.FLAG


def test_answers_are_yours_when_they_differ_from_the_default(
    template: ProjectTemplate, somebody: Sit
) -> None:
    somebody(licence=["mit"], package=["other"])
    answers = ask(template, GRID, {}, {})
    assert answers["licence"] == Answer("mit", Origin.YOU)
    assert answers["package"] == Answer("other", Origin.YOU)


def test_a_suggestion_is_the_default_that_is_shown(
    template: ProjectTemplate, somebody: Sit
) -> None:
    somebody()
    suggested = {"owner": Answer("me@example.com", Origin.GIT)}
    answers = ask(template, GRID, {}, suggested)
    assert answers["owner"].value == "me@example.com"


def test_going_back_asks_one_question_again(
    template: ProjectTemplate, somebody: Sit
) -> None:
    person = somebody(api=["none", "fastapi"], db=[Decision.BACK, None])
    answers = ask(template, GRID, {}, {})
    assert person.asked.count("api") == 2
    assert person.asked.count("db") == 2
    assert answers["api"].value == "fastapi"
    assert "server" in answers


def test_going_back_shows_what_was_said_and_new_defaults_for_the_rest(
    template: ProjectTemplate, somebody: Sit
) -> None:
    passed: dict[str, list[Reply]] = {
        name: [None, Decision.BACK]
        for name in ("package", "owner", "kickoff_date", "api", "db")
    }
    somebody(
        project_name=["First", "Second"],
        description=["What I typed.", Decision.BACK],
        jobs=["rq", Decision.BACK],
        search=[Decision.BACK],
        **passed,
    )
    answers = values(ask(template, GRID, {}, {}))
    assert answers["project_name"] == "Second"
    assert answers["package"] == "second"
    assert answers["description"] == "What I typed."
    assert answers["jobs"] == "rq"


def test_going_back_keeps_the_reasons_that_were_noted(
    template: ProjectTemplate, somebody: Sit
) -> None:
    summary: list[Reply] = [Decision.REASON, Decision.BACK]
    somebody(summary=summary, row=["db"], reason=["we know it"])
    assert ask(template, GRID, {}, {})["reasons"].value == {"db": "we know it"}


def test_going_back_from_the_summary(template: ProjectTemplate, somebody: Sit) -> None:
    last = next(row.name for row in reversed(GRID.rows) if row.is_choice)
    person = somebody(summary=[Decision.BACK, None])
    ask(template, GRID, {}, {})
    assert person.asked[-3:] == ["summary", last, "summary"]


def test_explanations_come_on_demand(
    template: ProjectTemplate, somebody: Sit, capsys: pytest.CaptureFixture[str]
) -> None:
    person = somebody(db=[Decision.EXPLAIN, None], owner=[Decision.EXPLAIN, None])
    ask(template, GRID, {}, {})
    shown = capsys.readouterr().err
    assert person.asked.count("db") == 2
    assert "db=postgres (default)" in shown
    assert "move on when" in shown
    assert "Reviews changes" in shown


def test_a_reason_is_noted_at_the_summary(
    template: ProjectTemplate, somebody: Sit
) -> None:
    somebody(summary=[Decision.REASON, None], row=["db"], reason=["we know it"])
    answers = ask(template, GRID, {}, {})
    assert answers["reasons"] == Answer({"db": "we know it"}, Origin.YOU)
    assert ("reasons", "db: we know it", "you") in rows(GRID, answers)


def test_a_reason_may_be_left_empty(template: ProjectTemplate, somebody: Sit) -> None:
    somebody(summary=[Decision.REASON, None], reason=[Decision.BACK])
    assert ask(template, GRID, {}, {})["reasons"].value == {}


def test_the_summary_has_titles_and_origins(
    template: ProjectTemplate, somebody: Sit
) -> None:
    somebody(licence=["mit"])
    shown = {name: rest for name, *rest in rows(GRID, ask(template, GRID, {}, {}))}
    assert shown["licence"] == ["MIT", "you"]
    assert shown["project_name"] == ["demo", "default"]
    assert "reasons" not in shown


def test_what_would_be_asked_is_listed(template: ProjectTemplate) -> None:
    everything = unanswered(template, GRID, {})
    assert "server" in everything
    assert "reasons" not in everything
    assert "server" not in unanswered(
        template, GRID, {"api": Answer("none", Origin.FLAG)}
    )


def test_nothing_is_left_when_all_is_answered(
    template: ProjectTemplate, somebody: Sit
) -> None:
    somebody()
    answers = ask(template, GRID, {}, {})
    assert template.open_question(values(answers)) is None


def test_an_unknown_name_cannot_be_explained() -> None:
    with pytest.raises(UnknownNameError):
        explain(GRID, "nothing")
