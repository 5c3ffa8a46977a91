"""Kayenta's judge: what holds for every pair of samples."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploylab.patterns.analysis.kayenta import (
    CanaryAnalysisResult,
    Label,
    MannWhitneyClassifier,
    cles,
    score,
)
from deploylab.patterns.analysis.mann_whitney import Sample, mann_whitney_u_test, wilcoxon_diff, zeroin
from tests.tables.kayenta_beside import mean_inequality

VALUES = st.integers(0, 12).map(float)  # few different ones, so that there are ties
SAMPLES = st.lists(VALUES, min_size=1, max_size=20).map(lambda values: np.array(values, np.float64))
MANY = st.lists(VALUES, min_size=12, max_size=20).map(lambda values: np.array(values, np.float64) + 1)


@given(SAMPLES, st.randoms())
def test_identical_data_pass_in_any_order(sample: Sample, chance: object) -> None:
    shuffled = np.array(sorted(sample, key=lambda _: chance.random()))  # type: ignore[attr-defined]
    assert MannWhitneyClassifier().classify(sample, shuffled).label is Label.PASS


@given(MANY, MANY)
def test_what_lies_far_above_is_high_and_far_below_is_low(one: Sample, other: Sample) -> None:
    far = other + 20  # every value above every other, however they lie among themselves
    assert MannWhitneyClassifier().classify(one, far).label is Label.HIGH
    assert MannWhitneyClassifier().classify(far, one).label is Label.LOW
    assert MannWhitneyClassifier(direction="Decrease").classify(one, far).label is Label.PASS


@given(SAMPLES, SAMPLES)
def test_the_effect_size_is_the_share_of_pairs_in_which_the_canary_is_higher(a: Sample, b: Sample) -> None:
    pairs = [(x > y) + (x == y) / 2 for x in b for y in a]
    assert cles(a, b) == pytest.approx(np.mean(pairs))


@given(SAMPLES, SAMPLES, st.floats(-5, 5).map(lambda mu: round(mu, 1)))
def test_the_test_statistic_is_that_of_the_definition(x: Sample, y: Sample, mu: float) -> None:
    """Rank all values, ties sharing the mean of their ranks; the variance is that of drawing m of them."""
    both = np.concatenate((x - mu, y))
    ranks = np.array([np.sum(both < v) + (np.sum(both == v) + 1) / 2 for v in both])
    m, n, size = len(x), len(y), len(both)
    variance = m * n * np.sum((ranks - ranks.mean()) ** 2) / (size * (size - 1))
    excess = ranks[:m].sum() - m * (size + 1) / 2
    if variance:
        expected = (excess - np.sign(excess) / 2) / np.sqrt(variance)
        assert wilcoxon_diff(mu, 0, x, y) == pytest.approx(expected, abs=1e-9)


@given(SAMPLES, SAMPLES, st.floats(0.5, 0.99))
def test_a_wider_interval_is_surer_and_holds_the_estimate(x: Sample, y: Sample, level: float) -> None:
    test, surer = (mann_whitney_u_test(x, y, conf_level=c) for c in (level, 0.995))
    slack = 2e-4  # a root is searched no finer than this
    assert surer.lower_confidence <= test.lower_confidence + slack
    assert test.upper_confidence <= surer.upper_confidence + slack
    assert test.lower_confidence - slack <= test.estimate <= test.upper_confidence + slack


@given(st.floats(-3, 3), st.floats(-50, -3.1), st.floats(3.1, 50))
def test_a_root_is_found_to_the_tolerance(root: float, low: float, high: float) -> None:
    def f(x: float) -> float:
        return (x - root) ** 3

    assert zeroin(f, low, high, f(low), f(high)) == pytest.approx(root, abs=1e-4)


def test_means_alone_call_noise_a_difference_where_the_test_does_not() -> None:
    chance = np.random.Generator(np.random.PCG64(np.random.SeedSequence(5)))
    pairs = [(chance.exponential(1, 30), chance.exponential(1, 30)) for _ in range(400)]
    by_means = [mean_inequality(*pair) is not Label.PASS for pair in pairs]
    by_test = [MannWhitneyClassifier().classify(*pair).label is not Label.PASS for pair in pairs]
    assert all(by_means)
    assert np.mean(by_test) < 0.04  # 2 % and the luck of 400 draws


def test_without_data_the_label_says_so_unless_they_count_as_zeros() -> None:
    none, some = np.array([]), np.array([1.0, 2.0])
    assert MannWhitneyClassifier().classify(none, some).label is Label.NODATA
    assert MannWhitneyClassifier(is_data_required=True).classify(some, none).label is Label.NODATA_FAIL_METRIC
    assert MannWhitneyClassifier(replace_missing=True).classify(some, none).label is Label.PASS


LABELS = st.lists(st.sampled_from(list(Label)), min_size=1, max_size=8)


@given(LABELS)
def test_the_score_of_one_group_is_the_share_that_passes_of_what_could_be_judged(labels: list[Label]) -> None:
    judged = [label for label in labels if label is not Label.NODATA]
    found = score([CanaryAnalysisResult(label, ("all",)) for label in labels], {})
    if 2 * len(judged) <= len(labels):
        assert found == 0
    else:
        assert found == pytest.approx(100 * judged.count(Label.PASS) / len(judged), abs=0.005)


@given(LABELS)
def test_one_critical_metric_that_does_not_pass_is_enough(labels: list[Label]) -> None:
    results = [CanaryAnalysisResult(label, ("all",)) for label in labels]
    assert score([*results, CanaryAnalysisResult(Label.HIGH, ("all",), critical=True)], {}) == 0


def test_groups_without_a_weight_share_what_is_left() -> None:
    groups = [(Label.PASS, "a"), (Label.HIGH, "b"), (Label.PASS, "c")]
    assert score([CanaryAnalysisResult(label, (group,)) for label, group in groups], {"a": 40}) == 70


def test_the_interval_must_keep_away_from_zero_by_a_share_of_the_shift() -> None:
    """Some shift is certain here; that it is not nearly zero is not."""
    control = np.linspace(10, 20, 40)
    said = [MannWhitneyClassifier(tolerance=t).classify(control, control + 2).label for t in (0, 0.1, 0.25)]
    assert said == [Label.HIGH, Label.HIGH, Label.PASS]
    assert MannWhitneyClassifier().classify(control + 2, control).label is Label.PASS
