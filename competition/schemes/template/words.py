"""The words of the organiser's workbook: what its cells say for the values of a scheme, in both languages."""

from __future__ import annotations

from schemas.base import Text

Words = dict[str, Text]
"""What is said for each value of the scheme."""


def _words(**said: str) -> Words:
    """``value="中文|English"``."""
    return {value: Text(zh=both.partition("|")[0], en=both.partition("|")[2]) for value, both in said.items()}


YES = _words(yes="是|yes", no="否|no")
LEVEL = _words(stage="阶段|stage", criterion="评分模块|criterion", sub_criterion="评分单元|sub-criterion")
FIT = _words(exact="正好相加|exact", cap="封顶|cap", scale="折算|scale")
COMBINE = _words(sum="合计|sum", mean="平均|mean", median="中位数|median")
BY = _words(aspect="按评分点|aspect", sheet="按整表|sheet")
PART = _words(
    stage="阶段|stage", criterion="评分模块|criterion", sub_criterion="评分单元|sub-criterion", aspect="评分点|aspect"
)
MODE = _words(half_up="四舍五入|half up", half_even="四舍六入五成双|half even", down="去尾|down")
KIND = _words(
    binary="是否|yes or no",
    count="计数|count",
    choice="选档|choice",
    measurement="测量|measurement",
    deduction="扣分|deduction",
    judgement="评判|judgement",
    score="打分|score",
    time="计时|time",
    external="外部成绩|external",
)
TAKE = _words(best="取最好|best", worst="取最差|worst", mean="取平均|mean", sum="取合计|sum")
CREDIT = _words(
    bands="分段|bands",
    linear="按比例扣|linear",
    ranges="区间|ranges",
    grades="等级|grades",
    left="剩余时间加分|time left",
    over="超时扣分|time over",
    itself="时间本身|time itself",
)
STEPS = _words(begun="不足一档按一档|begun", full="只计整档|full", exact="按比例|exact")
DETAIL = _words(
    option="选项|option",
    level="档次|level",
    item="扣分项|item",
    band="超差分段|band",
    time_band="时间分段|time band",
    range="区间|range",
    grade="等级|grade",
    worse="低一级得分|worse grade",
    size="尺寸分段|size",
)
SIDE = _words(both="两侧|both", above="偏大|above", below="偏小|below")
KEY = _words(
    total="总分|total",
    stage="阶段|stage",
    criterion="评分模块|criterion",
    sub_criterion="评分单元|sub-criterion",
    aspect="评分点|aspect",
    time="用时|time",
    penalties="扣罚|penalties",
    majority="多数裁判|majority",
)
ORDER = _words(descending="高者在前|descending", ascending="低者在前|ascending")
PLACES = _words(**{"1224": "1-2-2-4|1-2-2-4", "1223": "1-2-2-3|1-2-2-3", "1334": "1-3-3-4|1-3-3-4"})
LAST_RESORT = _words(shared="并列|shared", number="编号小者在前|number")
TIES = _words(**{"in": "都算|in", "out": "都不算|out"})
SCALE = _words(
    percent_of_best="最高分百分比|percent of best",
    worldskills_like="类世赛标准分|WorldSkills-like",
    z_score="标准分数|z-score",
)
AWARD = _words(
    places="按名次|places",
    medals="奖牌|medals",
    line="按分数线|line",
    best_of_delegation="代表队最佳|best of delegation",
)
BASE = _words(entered="报名人数|entered", ranked="有名次人数|ranked", passed="达线人数|passed")
FIGURE = _words(total="总分|total", scale="标准分|scale")
TEAM = _words(total="总分|total", scale="标准分|scale", place="名次|place", medal_points="奖牌积分|medal points")
STATE = _words(
    not_measured="未测量|not measured",
    absent="缺席|absent",
    not_attempted="未做|not attempted",
    did_not_finish="未完成|did not finish",
    disqualified="取消资格|disqualified",
    excluded="不计入|excluded",
)
GIVES = _words(nothing="不得分|nothing", everything="得满分|everything")
TOTAL = _words(stands="保留|stands", zero="记零|zero")
RANK = _words(ranked="参加排名|ranked", last="排在最后|last", none="没有名次|none")
