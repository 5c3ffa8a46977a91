"""Kayenta's own test table for its judge, held to the functions that have its names.

The table is Kayenta's, not part of this project; without the folder that DEPLOYLAB_TABLES names, these tests
are skipped.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from deploylab.patterns.analysis.kayenta import (
    CanaryAnalysisResult,
    Label,
    MannWhitneyClassifier,
    cles,
    mean_ratio,
    score,
)
from deploylab.patterns.analysis.mann_whitney import Sample, mann_whitney_u_test, wilcoxon_diff, z_quantile
from tests.tables.kayenta_beside import (
    cohen_d,
    iqr_outliers,
    k_sigma_outliers,
    mean_inequality,
    remove_nans,
    replace_nans,
    summary,
)

Row = dict[str, Any]


def sample(values: list[Any]) -> Sample:
    return np.array(values, np.float64)  # "NaN" too


def classify(row: Row) -> None:
    control, experiment = sample(row["control"]), sample(row["experiment"])
    replace, expected = row["nanStrategy"] == "Replace", row["expected"]
    if row["classifier"] == "MeanInequalityClassifier":
        label = mean_inequality(control, experiment, row["direction"], replace)
        assert label is Label(expected["classification"])
        return
    found = MannWhitneyClassifier(
        tolerance=row["tolerance"],
        conf_level=row["confLevel"],
        direction=row["direction"],
        effect_size=row["effectSizeMeasure"],
        effect_size_thresholds=tuple(row["effectSizeThresholds"]),
        critical_thresholds=tuple(row["criticalThresholds"]),
        is_critical=row["isCriticalMetric"],
        is_data_required=row.get("isDataRequired", False),
        replace_missing=replace,
    ).classify(control, experiment)
    told = {
        "classification": found.label.value,
        "critical": found.critical,
        "deviation": pytest.approx(found.deviation, abs=1e-3, nan_ok=True),
        "reason_present": bool(found.reason),
    }
    for name, value in expected.items():
        assert told[name] == (float(value) if name == "deviation" else value), name


def weighted_sum(row: Row) -> None:
    results = [
        CanaryAnalysisResult(Label(metric["classification"]), tuple(metric["groups"]), metric["critical"])
        for metric in row["metrics"]
    ]
    assert score(results, row["groupWeights"]) == row["expected_summaryScore"]


def detect(row: Row) -> None:
    data, parameter = sample(row["data"]), row["parameter"]
    if row["detector"] == "IQRDetector":
        outliers = iqr_outliers(data, parameter, row["reduceSensitivity"])
    else:
        outliers = k_sigma_outliers(data, parameter)
    assert outliers.tolist() == row["expected_outlier"]


def transform(row: Row) -> None:
    data = sample(row["data"])
    transformed = {
        "Replace": lambda: replace_nans(data),
        "KSigma": lambda: data[~k_sigma_outliers(data)],
        "IQR": lambda: data[~iqr_outliers(data)],
    }
    kind = next((word for word in transformed if word in row["name"]), None)
    assert (transformed[kind]() if kind else remove_nans(data)).tolist() == row["expected"]


def statistic(row: Row) -> None:
    name, expected = row["statistic"], row["expected"]
    data = sample(row["data"]) if "data" in row else None
    found: float | Mapping[str, float]
    if name == "summary":
        found = {key: value for key, value in summary(data).items() if key in expected}  # type: ignore[arg-type]
    elif name == "percentile_R7":
        # The outliers rest on numpy's percentiles: they must be of this type.
        found = float(np.percentile(data, row["p"])) if data is not None and len(data) else 0.0
    else:
        effect = {"meanRatio": mean_ratio, "cles": cles, "cohenD": cohen_d}[name]
        found = effect(sample(row["control"]), sample(row["experiment"]))
    wanted = float(expected) if isinstance(expected, str) else expected
    assert found == pytest.approx(wanted, abs=row["tolerance"], nan_ok=True)


def mann_whitney(row: Row) -> None:
    if row["kind"] == "wilcoxonDiff":
        found = wilcoxon_diff(row["mu"], row["quantile"], sample(row["x"]), sample(row["y"]))
        assert found == pytest.approx(row["expected"], abs=row["tolerance"])
    elif row["kind"] == "zQuant":
        alpha = float(re.findall(r"Probability\(([\d.]+) */ *2\)", row["source"])[0])
        assert z_quantile(1 - alpha) == pytest.approx(row["expected"], abs=row["tolerance"])
    else:
        arrays, expected = row["arrays"], row["expected"]
        test = mann_whitney_u_test(
            sample(arrays["experiment"]), sample(arrays["control"]), row["confidenceLevel"]
        )
        interval = [test.lower_confidence, test.upper_confidence]
        assert interval == pytest.approx([expected["ciLow"], expected["ciHigh"]], abs=row["tolerance_ci"])
        assert test.estimate == pytest.approx(expected["estimate"], abs=row["tolerance_estimate"])


CHECKS: dict[str, Callable[[Row], None]] = {
    "MannWhitneyClassifier": classify,
    "WeightedSumScorer": weighted_sum,
    "IQRDetector": detect,
    "Transforms": transform,
    "DescriptiveStatistics": statistic,
    "MannWhitney": mann_whitney,
}


def test_every_row_that_kayenta_tests_itself_by_holds_here(tables: Path) -> None:
    table = json.loads((tables / "kayenta_judge.json").read_text(encoding="utf-8"))
    seen = 0
    for suite in table["suites"]:
        check = CHECKS[re.findall(r"\w+", suite["function"])[0]]
        for row in suite["cases"]:
            seen += 1
            try:
                check(row)
            except Exception as problem:
                problem.add_note(f"{suite['function']}, {row['name']}: {str(row)[:300]}")
                raise
    assert seen == table["case_count"]
