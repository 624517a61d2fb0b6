"""The report: the values of the metrics, and no private text."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from stages.common.core.errors import UserError
from stages.common.evaluation.comparison.revisions import working_tree
from stages.report.run_metrics import missing_files, read_run
from stages.report.sections import render_report
from tests.support.chromium import browser, dom_of
from tests.support.git_repository import ERRORS, clips_with, write_model
from tests.support.html_tree import Element, parse
from tests.support.report_inputs import (
    BETTER,
    GATES,
    OPTIONAL,
    PARAMS,
    SECRET,
    write_optional,
    write_required,
)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with a whole run's metrics."""
    monkeypatch.chdir(tmp_path)
    write_required(tmp_path)
    write_optional(tmp_path)
    return tmp_path


def rendered() -> str:
    return render_report(read_run(working_tree()))


def section(name: str) -> Element:
    return parse(rendered()).one("section", id=name)


def labels(element: Element) -> list[str]:
    """Of the drawings."""
    return [svg.attributes["aria-label"] for svg in element.all("svg", role="img")]


def test_verdict_comes_first(place: Path) -> None:
    page = parse(rendered())
    verdict = page.all("section")[0]
    assert verdict.attributes == {"id": "verdict", "class": "verdict better"}
    assert (
        "Better: the WER is 7.5% with the tuned model and 15.0% with the base model, "
        "a difference of -7.5 percentage points (95% confidence interval -8.9 to -6.1)."
    ) in verdict.text
    assert "the tuned model is better: over 99.9%. The test set is large enough" in verdict.text
    assert "80 clips from 8 recordings of 2 clients" in verdict.text
    assert "8,000 reference words" in verdict.text and "are correlated" in verdict.text


def test_inconclusive_verdict_states_the_audio_needed(place: Path) -> None:
    write_required(place, [count + (-9, 7)[n % 2] for n, count in enumerate(ERRORS)])
    verdict = section("verdict")
    assert verdict.one("p", class_="summary").text.startswith("Inconclusive: the WER is 14.9%")
    assert re.search(
        r"80% power, if the difference is real: [\d.,]+ more hours \([\d,]+ recordings like these",
        verdict.text,
    )


def test_equal_models_have_no_estimate_of_the_audio_needed(place: Path) -> None:
    write_required(place, list(ERRORS))
    assert "No amount of test audio is known to settle it" in section("verdict").text


def test_worse_model(place: Path) -> None:
    write_required(place, [2 * count for count in ERRORS])
    verdict = section("verdict")
    assert verdict.attributes["class"] == "verdict worse"
    assert "Worse: the WER is 30.0%" in verdict.text and "under 0.1%" in verdict.text


def test_one_recording_and_other_clips_give_no_verdict(place: Path) -> None:
    write_model(place, clips_with(ERRORS[:1]), wer=0.12)
    assert re.search(r"Not comparable: .*clips \(1 rec", section("verdict").text)
    write_model(place, clips_with(ERRORS[:1]), wer=0.12, base=True)
    verdict = section("verdict").text
    assert "Inconclusive" in verdict and "too few recordings for an interval" in verdict


def test_disagreement_of_segment_and_long_form_wer_is_a_warning(place: Path) -> None:
    write_required(place, BETTER, recordings_that_disagree=3, wer_long_form=0.0333)
    page = parse(rendered())
    verdict = page.one("section", id="verdict")
    assert verdict.attributes["class"] == "verdict", "no colour of a verdict"
    warning = verdict.one("div", role="note")
    assert "segment WER and long-form WER disagree" in warning.one("strong").text
    assert "WER of 7.5% on segments and of 3.3% on full recordings; in 3 of 8" in warning.text
    assert "Do not rely on the verdict" in warning.text
    assert warning.one("code").text == "reports/private/errors.html"
    assert "agree" not in page.one("section", id="overall").text


@pytest.mark.parametrize(("metrics", "lines"), [({"recordings_that_disagree": 0}, 1), ({}, 0)])
def test_agreement_is_a_line_and_an_older_run_has_neither(
    place: Path, metrics: dict[str, Any], lines: int
) -> None:
    write_required(place, BETTER, wer_long_form=0.0751, **metrics)
    page = parse(rendered())
    assert page.text.count("Segment WER and long-form WER agree") == lines
    assert not page.all("div", role="note")


def test_gates_are_shown_where_there_are_any(place: Path) -> None:
    assert not parse(rendered()).all("section", id="gates")
    (place / "params.yaml").write_text(PARAMS + GATES)
    gates = section("gates")
    assert "1 of 2 gates fails." in gates.text
    assert gates.rows[1:] == [
        ["wer", "pass", "0.15", "0.075", "≤ 0.15"],
        ["hallucinated_words", "fail: too high", "40", "61", "≤ 60"],
    ]


WRITTEN = {"wer_written": 0.4, "punctuation_f1": 0.8, "capitalization_f1": 0.9}


def test_case_and_punctuation(place: Path) -> None:
    write_required(place, wer_written=0.31, punctuation_f1=0.85, capitalization_f1=0.9)
    write_model(place, clips_with(ERRORS), base=True, wer=0.15, **WRITTEN)
    overall = section("overall")
    assert ["WER with case and punctuation", "40.0%", "31.0%", "-9.0 pp"] in overall.rows
    assert ["F1 of punctuation", "0.80", "0.85", "+0.05"] in overall.rows
    assert ["F1 of capitals", "0.90", "0.90", "0"] in overall.rows
    assert "fell from 40.0% to 31.0%; 17% of that is spelling, case and punct" in overall.text
    assert "the labels are in" not in overall.text


def test_what_spoken_labels_lost(place: Path) -> None:
    write_required(place, wer_written=0.7, punctuation_f1=0.01, capitalization_f1=0.0)
    write_model(place, clips_with(ERRORS), base=True, wer=0.15, **WRITTEN)
    path = place / "params.yaml"
    path.write_text(f"{PARAMS}  gates:\n    wer: 0.0\n    punctuation_f1: 0.05\n")
    overall = section("overall").text
    assert "rose from 40.0% to 70.0%; all of that is spelling, case and punctuation" in overall
    assert "The F1 of punctuation fell from 0.80 to 0.01 and the F1 of capitals fell" in overall
    gates = section("gates")
    assert "All gates pass, 1 is not applied." in gates.text
    assert gates.rows[2] == [
        "punctuation_f1", "not applied: the labels are in spoken style", "0.8", "0.01", "\u2013",
    ]  # fmt: skip


def test_overall_metrics(place: Path) -> None:
    overall = section("overall")
    assert overall.rows[1] == [
        "WER 95% confidence interval", "15.0% 12.0% to 19.0%", "7.5% 5.0% to 11.0%", "-7.5 pp",
    ]  # fmt: skip
    assert ["Words hallucinated on non-speech", "40", "61", "+21"] in overall.rows
    assert ["CER", "10.0%", "10.0%", "0"] in overall.rows
    assert ["Real-time factor", "0.125", "0.062", "-0.062"] in overall.rows
    assert "Not measured in this run: WER with case and punctuation; WER with" in overall.text


def test_errors_by_type(place: Path) -> None:
    errors = section("errors")
    assert labels(errors) == [
        "Base: 1,200 substitutions (15.0%), 0 deletions (0.0%), 0 insertions (0.0%)",
        "Tuned: 600 substitutions (7.5%), 0 deletions (0.0%), 0 insertions (0.0%)",
    ]
    assert "S 1,200 substitutions D 0 deletions I 0 insertions" in errors.text


def test_charts_have_their_numbers_as_text(place: Path) -> None:
    page = parse(rendered())
    slices = page.one("section", id="slices")
    assert "client: base 20.0% (15.0% to 26.0%); tuned 10.0% (8.0% to 12.3%)" in labels(slices)
    assert "client 40 clips, 4,000 words 20.0% 15.0% to 26.0% 10.0% 8.0% to 12.3%" in slices.text
    entities = page.one("section", id="entities")
    assert "base 5 of 50, tuned 31 of 50" in entities.text
    assert "Doses: recall: no occurrences" in labels(entities)
    recordings = page.one("section", id="recordings")
    assert "r0000000003 10 clips, 1,000 words 20.0% 10.0%" in recordings.text
    assert ["35.0%", "321", "29.0%"] in page.one("section", id="calibration").rows
    (loss, wer) = labels(page.one("section", id="training"))
    assert loss.startswith("Loss by training step: training from 1.75 to 0.43 at step 188; valid")
    assert wer == ("Validation WER by training step: validation WER from 40% to 25% at step 188")


def test_every_drawing_has_a_description_or_is_hidden(place: Path) -> None:
    page = parse(rendered())
    drawings = page.all("svg")
    # The stretched line within a chart, which is described as a whole.
    inner = {id(svg) for outer in drawings for svg in outer.all("svg") if svg is not outer}
    for svg in drawings:
        described = svg.attributes.get("aria-label") or [
            child for child in svg.children if isinstance(child, Element) and child.tag == "title"
        ]
        assert described or "aria-hidden" in svg.attributes or id(svg) in inner
    assert len(drawings) > 20


def test_data_with_reasons_and_every_parameter(place: Path) -> None:
    page = parse(rendered())
    data = page.one("section", id="data")
    assert "8 of 9 recordings used: 60.0 minutes of audio, 50.0 minutes of speech" in data.text
    estimate = (
        "3.1% of the transcripts\u2019 words are wrong or missing (95% confidence interval 1.2%"
    )
    assert f"{estimate} to 5.0%), estimated on 2,345 words" in data.text
    assert ["Train", "2", "3", "1,234", "10.0", "5,678"] in data.rows
    (silent,) = [row for row in data.rows if "audio silent" in row[2]]
    assert silent[:2] == ["Recording", "1"] and "the recording is silent" in silent[2]
    assert ["Segment", "264", "text also in test"] in data.rows
    params = dict(page.one("section", id="params").rows[1:])
    assert params["data.sessions"] == params["base.model"] == "hidden"
    assert params["finetune.learning_rate"] == "0.002" and params["finetune.launch"] == "hidden"
    assert params["finetune.spec_augment"] == "false"
    assert params["augment.gain_db"] == "[-12.0, 6.0]"
    assert SECRET not in rendered()


def test_the_share_of_recordings_for_training_only(place: Path) -> None:
    assert "training only" not in section("data").text
    path = place / "metrics" / "dataset.json"
    row = json.loads(path.read_text())
    row["dropped"] |= {"client_also_in_test": 7}
    row |= {"train_only_recordings": 2, "train_only_hours": 0.05, "train_only_share": 0.314}
    row["corpora"] = {"daic-woz": 1, "primock57": 2}
    path.write_text(json.dumps(row))
    data = section("data")
    told = "2 of 3 training recordings, 31.4% of the training time, are for training only"
    assert told in data.text
    assert "1 training recording is from daic-woz, whose terms bind the tuned model" in data.text
    assert "2 training recordings are from primock57" in data.text
    (left_out,) = [row for row in data.rows if "client also in test" in row[2]]
    assert left_out[1] == "7" and "of a recording for training only" in left_out[2]


def test_longest_recordings_of_many(place: Path) -> None:
    many = [100] * 40
    write_model(place, clips_with(many), wer=0.1, cer=0.1)
    write_model(place, clips_with(many), base=True, wer=0.1, cer=0.1)
    recordings = section("recordings")
    assert "The 30 longest of 40 recordings." in recordings.text
    assert len(labels(recordings)) == 30


@pytest.mark.parametrize("name", OPTIONAL)
def test_missing_optional_file_is_named(place: Path, name: str) -> None:
    (place / "metrics" / name).unlink()
    page = parse(rendered())
    if name.endswith(".csv"):
        assert f"Not available: this run has no metrics/{name}." in page.text
    assert "Better: " in page.text


def test_required_and_damaged_files(place: Path) -> None:
    (place / "metrics" / "segment.json").unlink()
    (place / "metrics" / "errors_base.csv").unlink()
    assert missing_files(working_tree()) == ["metrics/segment.json", "metrics/errors_base.csv"]
    write_required(place)
    (place / "metrics" / "matters.csv").write_text("measure,found,of,value,low,high\nx,word,1,,,\n")
    with pytest.raises(UserError, match=r"metrics/matters.csv: line 2") as error:
        read_run(working_tree())
    assert "word" not in str(error.value)


def test_averages_with_the_base(place: Path) -> None:
    averages = section("averages")
    assert averages.rows[1:] == [
        ["0.00 base", "41.0%", "15.5%"], ["0.50 used", "26.1%", "15.4%"],
        ["1.00", "25.1%", "17.6%"],
    ]  # fmt: skip
    assert labels(averages) == [
        "WER by percent of the tuned weights: out-of-domain from 16% to 18% at percent 100; "
        "validation from 41% to 25% at percent 100"
    ]
    assert "averaged with the base at a tuned share of 0.50" in section("training").text
    header = "share,validation_wer,out_of_domain_wer\n"
    (place / "metrics" / "average_curve.csv").write_text(f"{header}1.0000,0.2509,\n")
    assert not parse(rendered()).all("section", id="averages"), "nothing was compared"


def test_diverged_run_has_a_page(place: Path) -> None:
    curve = "step,train_loss,learning_rate,validation_loss,validation_wer\n"
    (place / "metrics" / "finetune_curve.csv").write_text(f"{curve}5,nan,0.1,inf,3.5\n")
    (label,) = labels(section("training"))
    assert label.endswith("from 350% to 350% at step 5")


def test_one_file_that_loads_nothing_in_light_and_dark(place: Path) -> None:
    html = rendered()
    page = parse(html)
    policy = page.one("meta", http_equiv="Content-Security-Policy").attributes["content"]
    own = "base-uri 'none'; form-action 'none'; style-src 'unsafe-inline'"
    assert policy == f"default-src 'none'; {own}"
    tags = {element.tag for element in page.walk()}
    assert not tags & {"script", "link", "img", "iframe", "audio", "a"}
    loading = ("src", "href", "style", "onclick", "onload")
    assert not [e for e in page.walk() if any(name in e.attributes for name in loading)]
    assert not re.search(r"url\(|@import|https?:", html)
    assert "prefers-color-scheme: dark" in html and "@media print" in html


def test_same_numbers_give_the_same_bytes(place: Path) -> None:
    assert rendered() == rendered()


def test_parameters_are_text(place: Path) -> None:
    hostile = """</td><script>alert(1)</script>&amp; "it's\""""
    (place / "params.yaml").write_text(PARAMS + f"  note: {json.dumps(hostile)}\n")
    page = parse(rendered())
    assert not page.all("script")
    cells = [
        row for row in page.one("section", id="params").all("tr") if "evaluate.note" in row.text
    ]
    assert cells[0].one("td").children == [hostile]


@pytest.mark.skipif(browser() is None, reason="Debian's package chromium is not installed")
def test_browser_draws_it(place: Path) -> None:
    path = place / "report.html"
    path.write_text(rendered(), encoding="utf-8")
    page = parse(dom_of(path))
    assert len(page.all("figure")) == 9 and len(page.all("section")) == 11
    assert sum(BETTER) == 600 and "600 substitutions" in page.text
