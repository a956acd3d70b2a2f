"""A marking scheme for tests in which every kind of aspect and every rule about groups and totals occurs once."""

from __future__ import annotations

import msgspec

from schemas.scheme import Scheme


def every_kind() -> Scheme:
    """The scheme, without a fault: theory from elsewhere, a practice of all kinds, a presentation before five judges."""
    return msgspec.convert(_SCHEME, Scheme, strict=False)


def _text(zh: str, en: str) -> dict[str, str]:
    return {"zh": zh, "en": en}


_HALF_UP = {"places": 2}

_DONE = {
    "id": "A1",
    "name": _text("功能与读数", "Function and readings"),
    "points": "24",
    "panel": {"judges": 2},
    "day": 1,
    "aspects": [
        {
            "kind": "binary",
            "id": "A1.1",
            "name": _text("急停可靠", "The emergency stop works"),
            "points": "2",
            "section": "1",
            "hint": _text("按下急停，主轴与进给须立即停止。", "Press it: spindle and feed must stop at once."),
        },
        {
            "kind": "count",
            "id": "A1.2",
            "name": _text("通过的功能测试", "Functional tests passed"),
            "points": "6",
            "possible": 12,
            "section": "1",
            "rounding": {"places": 1, "mode": "down"},
        },
        {
            "kind": "choice",
            "id": "A1.3",
            "name": _text("工艺方案", "Process plan"),
            "points": "10",
            "section": "1",
            "options": [
                {"name": _text("方案完整，可直接投产", "Complete, ready for production"), "points": "10"},
                {"name": _text("方案可行，需小幅修改", "Workable with small changes"), "points": "8"},
                {"name": _text("方案仅部分可行", "Workable in part"), "keep": "0.5"},
                {"name": _text("未提交", "None handed in"), "points": "0"},
            ],
        },
        {
            "kind": "judgement",
            "id": "A1.4",
            "name": _text("现场整洁", "Tidiness of the workplace"),
            "points": "6",
            "section": "1",
            "revote_from": 2,
            "levels": [
                _text("杂乱，存在安全隐患", "Disorderly, a hazard"),
                _text("不够整洁", "Below what a workshop expects"),
                _text("基本整洁", "As a workshop expects"),
                _text("整洁有序", "Orderly throughout"),
                _text("堪称示范", "An example to others"),
            ],
        },
    ],
}

_MEASURED = {
    "id": "A2",
    "name": _text("精度与用时", "Accuracy and time"),
    "points": "36",
    "panel": {"judges": 1},
    "day": 2,
    "exclusive": [["A2.7", "A2.8"]],
    "aspects": [
        {
            "kind": "measurement",
            "id": "A2.1",
            "name": _text("导轨平行度", "Parallelism of the ways"),
            "points": "6",
            "section": "2",
            "readings": 3,
            "take": "mean",
            "instrument": _text("千分表", "Dial gauge"),
            "least": "0",
            "most": "0.8",
            "tolerance": {"kind": "by_length", "allowed": "0.010", "per": "300", "length": "500"},
            "credit": {"kind": "bands", "bands": [{"over_up_to": "0.005", "keep": "0.5"}]},
        },
        {
            "kind": "measurement",
            "id": "A2.2",
            "name": _text("轴颈直径", "Journal diameter"),
            "points": "6",
            "section": "2",
            "nominal": "40",
            "tolerance": {"kind": "limits", "lower": "-0.016", "upper": "0.002"},
            "credit": {
                "kind": "bands",
                "bands": [
                    {"over_up_to": "0.010", "keep": "0.5", "side": "above"},
                    {"over_up_to": "0.005", "keep": "0.25", "side": "below"},
                ],
            },
        },
        {
            "kind": "measurement",
            "id": "A2.3",
            "name": _text("表面粗糙度 Ra", "Roughness Ra"),
            "points": "4",
            "section": "2",
            "unit": "µm",
            "places": 1,
            "nominal": "1.6",
            "credit": {"kind": "grades", "grades": ["0.8", "1.6", "3.2", "6.3"], "keep": ["0.5"]},
        },
        {
            "kind": "measurement",
            "id": "A2.4",
            "name": _text("装配间隙", "Assembly gap"),
            "points": "4",
            "section": "2",
            "places": 2,
            "nominal": "0.10",
            "credit": {
                "kind": "ranges",
                "ranges": [
                    {"lower": "0.08", "upper": "0.12", "keep": "1"},
                    {"lower": "0.12", "upper": "0.15", "keep": "0.6"},
                ],
            },
        },
        {
            "kind": "measurement",
            "id": "A2.5",
            "name": _text("孔距", "Distance of the bores"),
            "points": "4",
            "section": "2",
            "nominal": "80",
            "tolerance": {"kind": "fixed", "allowed": "0.02"},
            "credit": {"kind": "linear", "lose": "0.5", "per": "0.01"},
        },
        {
            "kind": "time",
            "id": "A2.6",
            "name": _text("换刀用时", "Time of the tool change"),
            "points": "4",
            "section": "2",
            "runs": 3,
            "take": "best",
            "stop": "300",
            "credit": {
                "kind": "bands",
                "bands": [{"up_to": "60", "keep": "1"}, {"up_to": "90.5", "keep": "0.6"}],
            },
        },
        {
            "kind": "time",
            "id": "A2.7",
            "name": _text("提前完成", "Finished early"),
            "points": "8",
            "section": "2",
            "places": 0,
            "credit": {"kind": "left", "limit": "3600", "gain": "1", "per": "300"},
        },
        {
            "kind": "time",
            "id": "A2.8",
            "name": _text("超时", "Over time"),
            "points": "2",
            "section": "2",
            "places": 0,
            "credit": {"kind": "over", "limit": "3600", "lose": "0.5", "per": "60"},
        },
        {
            "kind": "time",
            "id": "A2.9",
            "name": _text("总用时", "Time in all"),
            "points": "0",
            "section": "2",
            "places": 1,
            "credit": {"kind": "itself"},
        },
    ],
}

_CONDUCT = {
    "id": "B1",
    "name": _text("安全与规范", "Safety and practice"),
    "points": "20",
    "floor": "-5",
    "panel": {"judges": 1},
    "aspects": [
        {
            "kind": "deduction",
            "id": "B1.1",
            "name": _text("操作规范", "Good practice"),
            "points": "20",
            "section": "3",
            "items": [
                {"name": _text("工具乱放", "Tools left lying about"), "each": "1", "cap": "5"},
                {"name": _text("未戴护目镜", "No goggles"), "each": "2.5"},
            ],
        },
        {
            "kind": "deduction",
            "id": "B1.2",
            "name": _text("违规", "Breaches"),
            "points": "0",
            "section": "3",
            "least": "-10",
            "items": [{"name": _text("离开工位未报告", "Left the bench without a word"), "each": "2"}],
        },
    ],
}

_SHOWN = {
    "id": "C1",
    "name": _text("路演", "Presentation"),
    "points": "20",
    "panel": {
        "judges": 5,
        "drop_highest": 1,
        "drop_lowest": 1,
        "fewest": 3,
        "by": "sheet",
        "most_apart": "6",
        "each": _HALF_UP,
        "rounding": {"places": 2, "mode": "half_even"},
    },
    "aspects": [
        {
            "kind": "score",
            "id": "C1.1",
            "name": _text("表达", "Delivery"),
            "points": "10",
            "section": "3",
            "step": "1",
            "most": "20",
            "factor": "0.5",
        },
        {
            "kind": "score",
            "id": "C1.2",
            "name": _text("答辩", "Answers"),
            "points": "10",
            "section": "3",
            "least": "-2",
            "step": "0.25",
        },
    ],
}

_PAPER = {
    "id": "T1",
    "name": _text("理论试卷", "Theory paper"),
    "points": "100",
    "panel": {"judges": 1},
    "blind": False,
    "aspects": [
        {
            "kind": "external",
            "id": "T1.1",
            "name": _text("机考成绩", "Result of the computer test"),
            "points": "100",
            "section": "4",
            "out_of": "150",
            "places": 1,
        }
    ],
}

_SCHEME = {
    "format": "leitai-scheme-1",
    "code": "every-kind",
    "version": "1",
    "name": _text("全题型评分方案", "A scheme of every kind"),
    "trade": _text("数控机床装调维修工", "CNC machine tool assembly"),
    "stages": [
        {
            "id": "theory",
            "name": _text("理论", "Theory"),
            "points": "100",
            "weight": "20",
            "cut": {"percent": "80", "at_least": "40"},
            "criteria": [
                {"id": "T", "name": _text("理论知识", "Knowledge"), "points": "100", "sub_criteria": [_PAPER]}
            ],
        },
        {
            "id": "practice",
            "name": _text("实操", "Practice"),
            "points": "100",
            "weight": "80",
            "rounding": _HALF_UP,
            "criteria": [
                {
                    "id": "A",
                    "name": _text("装配", "Assembly"),
                    "points": "60",
                    "rounding": _HALF_UP,
                    "sub_criteria": [_DONE, _MEASURED],
                },
                {
                    "id": "B",
                    "name": _text("职业素养", "Conduct"),
                    "points": "20",
                    "floor": "-5",
                    "gate": {"of": "criterion", "id": "A", "at_least": "30"},
                    "sub_criteria": [_CONDUCT],
                },
                {"id": "C", "name": _text("展示", "Presentation"), "points": "20", "sub_criteria": [_SHOWN]},
            ],
        },
    ],
    "rounding": _HALF_UP,
    "ranking": [
        {"of": "total"},
        {"of": "stage", "id": "practice"},
        {"of": "majority", "id": "C1"},
        {"of": "time", "id": "A2.9"},
        {"of": "penalties"},
    ],
    "places": "1223",
    "penalties": [
        {"id": "late", "name": _text("迟到", "Late"), "each": "1", "cap": "3"},
        {"id": "safety", "name": _text("违反安全规程", "Breach of safety rules"), "each": "5", "out_at": 3},
    ],
    "penalty_cap": "12",
    "states": [
        {"state": "did_not_finish", "rank": "last"},
        {"state": "excluded", "gives": "everything"},
        {"state": "disqualified", "total": "zero", "rank": "none"},
    ],
    "sections": [
        {"id": "1", "name": _text("组织与管理", "Organisation"), "weight": "24"},
        {"id": "2", "name": _text("装配与测量", "Assembly and measuring"), "weight": "38"},
        {"id": "3", "name": _text("沟通与安全", "Communication and safety"), "weight": "40"},
        {"id": "4", "name": _text("理论知识", "Knowledge"), "weight": "100"},
    ],
    "scale": {"kind": "worldskills_like", "when_flat": "mean_deviation"},
    "awards": [
        {
            "kind": "medals",
            "id": "medal",
            "names": [_text("金牌", "Gold"), _text("银牌", "Silver"), _text("铜牌", "Bronze")],
            "small_fields": [{"entrants": 3, "medals": 2}, {"entrants": 5, "medals": 3}],
        },
        {"kind": "line", "id": "excellence", "name": _text("优胜奖", "Excellence"), "at_least": "700"},
        {
            "kind": "places",
            "id": "first",
            "name": _text("一等奖", "First prize"),
            "percent": "10",
            "base": "passed",
            "at_least": "60",
        },
        {"kind": "best_of_delegation", "id": "best", "name": _text("代表队最佳", "Best of delegation")},
    ],
    "teams": [{"id": "teams", "name": _text("团体总分", "Teams"), "best": 2, "fewest": 2, "rounding": _HALF_UP}],
    "advancement": {"top": 3, "most_per_delegation": 2, "one_of_each": True, "substitutes": 1},
}
