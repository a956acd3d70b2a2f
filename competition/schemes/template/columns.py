"""The sheets of the organiser's workbook and their columns: where each value goes in the scheme, and how to fill it in."""

from __future__ import annotations

from typing import Literal

from competition.schemes.template import words
from competition.schemes.template.words import Words
from schemas.base import Message, Text

Kind = Literal["text", "figure", "whole", "word", "yes", "rounding", "more"]
TableName = Literal[
    "scheme", "structure", "aspects", "details", "penalties", "sections", "ranking", "awards", "teams", "states"
]

MORE = "more"
"""The column for settings that have none of their own: a JSON object of the row's further fields, named as in the JSON form."""

TOP, BOTTOM = 1, 5_000
"""The row of the headings, and how far down the lists to choose from reach."""


class Column(Message):
    """One column, or one line of the sheet of settings: the ``path`` of its value in the row's part of the scheme."""

    path: str
    heading: Text
    kind: Kind
    note: Text
    words: Words | None = None
    width: int = 12


class Table(Message):
    """One sheet: its name, what its rows are, and its columns."""

    name: TableName
    title: Text
    note: Text
    columns: tuple[Column, ...]


def _text(both: str) -> Text:
    """``中文|English``, or one text for both."""
    zh, _, en = both.partition("|")
    return Text(zh=zh, en=en or zh)


def _column(path: str, heading: str, kind: Kind = "text", note: str = "", width: int = 12) -> Column:
    return Column(path=path, heading=_text(heading), kind=kind, note=_text(note), width=width)


def _choice(path: str, heading: str, choices: Words, note: str = "") -> Column:
    kind: Kind = "yes" if choices is words.YES else "word"
    return Column(path=path, heading=_text(heading), kind=kind, note=_text(note), words=choices, width=16)


def _names(*, field: str = "name", heading: str = "名称") -> tuple[Column, Column]:
    note = "两种语言至少填一种。|Fill in at least one of the two languages."
    english = {"名称": "Name", "说明": "Hint", "工种": "Trade", "量具": "Instrument"}[heading]
    return (
        _column(f"{field}.zh", f"{heading}（中文）|{english} (Chinese)", "text", note, 30),
        _column(f"{field}.en", f"{heading}（英文）|{english} (English)", "text", note, 30),
    )


def _more() -> Column:
    note = (
        "其他设置，写成 JSON 对象，字段名与方案的 JSON 文件相同；一般留空。|"
        "Further settings as a JSON object with the fields of the scheme's JSON form; usually empty."
    )
    return _column(MORE, "更多设置|More settings", "more", note, width=30)


_ROUNDING = (
    "保留的小数位数，四舍五入；也可写“2 去尾”“2 四舍六入五成双”。留空表示不修约。|"
    "Decimal places, a half going up; or “2 down”, “2 half even”. Empty: no rounding."
)

SCHEME = Table(
    name="scheme",
    title=_text("方案|Scheme"),
    note=_text("整套方案的设置，每行一项。|Settings of the whole scheme, one a line."),
    columns=(
        _column("code", "代码|Code", "text", "方案的代码，用小写字母、数字和短横线。|Lower-case letters, digits and hyphens."),
        _column("version", "版本|Version", "text", "每次修改后换一个。|A new one after each change."),
        *_names(),
        *_names(field="trade", heading="工种"),
        _column("rounding", "总分修约|Rounding of the total", "rounding", _ROUNDING),
        _column("floor", "总分下限|Lowest total", "figure", "扣罚后不低于此分；留空为 0。|Penalties take no total below it; empty: 0."),
        _column("penalty_cap", "扣罚上限|Most penalties", "figure", "各项扣罚合计最多扣多少；留空为不限。|All penalties together take no more; empty: no limit."),
        _choice("places", "名次写法|Shared places", words.PLACES, "并列之后如何接着排。|How places go on after a shared one."),
        _choice("last_resort", "仍然并列时|Where nothing parts them", words.LAST_RESORT, "所有排名依据都相同时如何处理。|What is done when all keys are equal."),
        _column("section_tolerance", "板块允差|Tolerance of sections", "figure", "各板块偏差之和最多多少分；留空为 5。|Most points by which all sections may be off; empty: 5."),
        _choice("scale.kind", "标准分|Scale", words.SCALE, "不用标准分时留空。|Empty: no scaled scores."),
        _column("advancement.top", "晋级人数|Who go on: number", "whole", "名次在前的多少人晋级。|The first so many go on."),
        _column("advancement.percent", "晋级百分比|Who go on: percent", "figure", "有名次人数的百分之几晋级。|So many percent of those ranked."),
        _column("advancement.at_least", "晋级最低分|Who go on: lowest total", "figure", "低于此分不晋级。|Nobody below it goes on."),
        _column("advancement.most_per_delegation", "每队最多晋级|Who go on: most of a delegation", "whole", "每个代表队最多几人。|At most so many of one delegation."),
        _choice("advancement.one_of_each", "每队保送一人|Who go on: one of each", words.YES, "每队成绩最好的先晋级。|The best of each delegation goes on first."),
        _column("advancement.substitutes", "替补人数|Substitutes", "whole", "其后多少人替补。|The next so many stand by."),
        _column("source", "依据|Source", "text", "方案依据的文件。|The paper that the scheme follows.", 40),
        _more(),
    ),
)  # fmt: skip

STRUCTURE = Table(
    name="structure",
    title=_text("结构|Structure"),
    note=_text(
        "阶段、评分模块、评分单元各占一行，按从属顺序排列：评分模块写在它的阶段之下，评分单元写在它的评分模块之下。|"
        "A row for each stage, criterion and sub-criterion, in their order: a criterion below its stage, a sub-criterion below its criterion."
    ),
    columns=(
        _choice("level", "层级|Level", words.LEVEL, ""),
        _column("id", "编号|Id", "text", "同一层级内不重复。|Unique in its level."),
        *_names(),
        _column("points", "分值|Points", "figure", "最多可得多少分。|The most points it can give."),
        _column("weight", "权重 %|Weight %", "figure", "只用于阶段；各阶段合计 100，都不填则直接相加。|Of stages only; they sum to 100. Without any, points are summed."),
        _choice("fit", "与下级之和|Fit", words.FIT, "下级分值之和正好等于、超过则封顶、或折算成本级分值。|Parts sum to exactly these points, are capped at them, or scaled to them."),
        _column("panel.judges", "裁判人数|Judges", "whole", "评分单元必填：几名裁判独立评分。|Of sub-criteria: how many judges mark independently."),
        _choice("panel.combine", "合成方法|Combined by", words.COMBINE, "留空为平均。|Empty: mean."),
        _column("panel.drop_highest", "去掉最高|Drop highest", "whole", "去掉几个最高分。|So many of the highest are left out."),
        _column("panel.drop_lowest", "去掉最低|Drop lowest", "whole", "去掉几个最低分。|So many of the lowest are left out."),
        _column("panel.fewest", "最少裁判|Fewest judges", "whole", "到场裁判少于此数则没有成绩；留空为 1。|With fewer present there is no figure; empty: 1."),
        _choice("panel.by", "合成单位|Combined for each", words.BY, "留空为逐个评分点。|Empty: aspect."),
        _column("panel.most_apart", "最大分差|Most apart", "figure", "裁判之间超过此分差时提示。|Judges farther apart are flagged."),
        _column("panel.each", "单个裁判修约|Rounding of a judge", "rounding", _ROUNDING),
        _column("panel.rounding", "合成分修约|Rounding of the panel", "rounding", _ROUNDING),
        _column("rounding", "本级修约|Rounding", "rounding", _ROUNDING),
        _column("floor", "下限|Floor", "figure", "最低多少分；留空为 0。|It never falls below; empty: 0."),
        _column("day", "评分日|Day", "whole", "第几天评分。|The day of marking, from 1."),
        _choice("blind", "盲评|Blind", words.YES, "裁判互相看不到评分；留空为是。|Judges do not see each other's marks; empty: yes."),
        _choice("gate.of", "前提：层级|Gate: level", words.PART, "只有另一部分达到分数时本部分才计分。|It counts only when another part has enough points."),
        _column("gate.id", "前提：编号|Gate: id", "text", "那一部分的编号。|The other part's id."),
        _column("gate.at_least", "前提：最低分|Gate: at least", "figure", "那一部分至少多少分。|The points it needs."),
        _column("cut.top", "入围人数|Cut: number", "whole", "只用于阶段：前多少人进入下一阶段。|Of stages: the first so many go on."),
        _column("cut.percent", "入围百分比|Cut: percent", "figure", "参加者的百分之几。|So many percent of those who took part."),
        _column("cut.at_least", "入围最低分|Cut: at least", "figure", "达到此分的进入下一阶段。|Everybody from these points on."),
        _more(),
    ),
)  # fmt: skip

ASPECTS = Table(
    name="aspects",
    title=_text("评分点|Aspects"),
    note=_text("每个评分点一行。选项、档次、扣分项、分段等写在“细目”表。|A row for each aspect. Options, levels, items and bands stand in the sheet “Details”."),
    columns=(
        _column("sub_criterion", "评分单元|Sub-criterion", "text", "所属评分单元的编号。|The id of its sub-criterion."),
        _column("id", "编号|Id", "text", "全方案内不重复。|Unique in the scheme."),
        *_names(),
        _choice("kind", "类型|Kind", words.KIND, "裁判看到什么、输入什么。|What a judge looks at and enters."),
        _column("points", "分值|Points", "figure", "最多可得多少分。|The most points it can give."),
        *_names(field="hint", heading="说明"),
        _column("section", "标准板块|Section", "text", "所属标准板块的编号。|The id of its section of the standards."),
        _column("judges", "裁判人数|Judges", "whole", "不是全体裁判评分时填写。|Where it is not the whole panel that marks it."),
        _column("possible", "总数|Possible", "whole", "计数：满分对应的个数。|Count: how many give full points."),
        _column("nominal", "标称值|Nominal", "figure", "测量：留空为 0。|Measurement: empty is 0."),
        _column("unit", "单位|Unit", "text", "测量：留空为 mm。|Measurement: empty is mm."),
        _column("tolerance.allowed", "允许偏差|Allowed", "figure", "测量：两侧允许的偏差。|Measurement: the deviation allowed to both sides."),
        _column("tolerance.lower", "下偏差|Lower", "figure", "测量：相对标称值的下限。|Measurement: the lower limit as a deviation."),
        _column("tolerance.upper", "上偏差|Upper", "figure", "测量：相对标称值的上限。|Measurement: the upper limit as a deviation."),
        _column("tolerance.size", "测量尺寸|Size", "figure", "测量：按尺寸查表的尺寸，分段写在“细目”。|Measurement: the size looked up in the steps of “Details”."),
        _column("tolerance.per", "每长度|Per length", "figure", "测量：每多少长度允许上述偏差。|Measurement: the allowed deviation is per so much length."),
        _column("tolerance.length", "测量长度|Length", "figure", "测量：实际测量的长度。|Measurement: the length measured over."),
        _choice("credit.kind", "计分方法|Credit", words.CREDIT, "测量与计时：超差或用时如何得分。|Measurement and time: how points follow from it."),
        _column("credit.limit", "时限（秒）|Time limit (s)", "figure", "计时：规定时间。|Time: the limit in seconds."),
        _column("credit.gain", "每档加分|Gain", "figure", "计时：每档加多少分。|Time: points gained a step."),
        _column("credit.lose", "每档扣分|Lose", "figure", "每档扣多少分。|Points lost a step."),
        _column("credit.per", "每档|Step", "figure", "一档有多大（测量单位或秒）。|How much a step is, in the unit or in seconds."),
        _choice("credit.count", "不足一档|Parts of a step", words.STEPS, "不足一档时如何计算。|How a part of a step counts."),
        _column("places", "小数位数|Decimals", "whole", "读数的小数位数。|Decimal places of a reading."),
        _column("readings", "读数个数|Readings", "whole", "测量：读几个数；留空为 1。|Measurement: how many; empty: 1."),
        _column("runs", "次数|Runs", "whole", "计时：几次；留空为 1。|Time: how many; empty: 1."),
        _choice("take", "取值|Take", words.TAKE, "多个读数取哪一个。|Which of several readings counts."),
        _column("stop", "最长时间（秒）|Hard stop (s)", "figure", "计时：超过则不得分。|Time: beyond it there are no points."),
        *_names(field="instrument", heading="量具"),
        _column("least", "最小|Least", "figure", "量具最小示值、最低打分或扣分下限。|The instrument's least reading, the least score, or how far deductions go."),
        _column("most", "最大|Most", "figure", "量具最大示值或最高打分。|The instrument's greatest reading, or the highest score."),
        _column("step", "步长|Score step", "figure", "打分：步长；留空为 0.5。|Score: its step; empty: 0.5."),
        _column("factor", "系数|Factor", "figure", "打分：乘以的系数；留空为 1。|Score: what it is multiplied by; empty: 1."),
        _column("revote_from", "重评差值|Re-vote from", "whole", "评判：档次相差多少时重新评判。|Judgement: from which difference on it is judged again."),
        _column("out_of", "原始满分|Out of", "figure", "外部成绩：原始满分。|External: its own maximum."),
        _column("rounding", "修约|Rounding", "rounding", _ROUNDING),
        _more(),
    ),
)  # fmt: skip

DETAILS = Table(
    name="details",
    title=_text("细目|Details"),
    note=_text("评分点的选项、档次、扣分项和分段，每项一行，按顺序。|Options, levels, items and bands of aspects, one a row, in order."),
    columns=(
        _column("aspect", "评分点|Aspect", "text", "评分点的编号。|The aspect's id."),
        _choice("detail", "细目|Detail", words.DETAIL, ""),
        *_names(),
        _column("points", "分值|Points", "figure", "选项：得多少分。|Option: the points it gives."),
        _column("keep", "得分比例|Share kept", "figure", "0 到 1：得分值的几成。|From 0 to 1: the share of the points."),
        _column("lower", "从|From", "figure", "区间的下限。|A range's lower end."),
        _column("up_to", "到|Up to", "figure", "分段或区间的上限（含），等级的值。|Up to and including; the value of a grade."),
        _choice("side", "侧|Side", words.SIDE, "超差分段：哪一侧；留空为两侧。|Band: which side; empty: both."),
        _column("each", "每次扣分|Each", "figure", "扣分项：每次扣多少分。|Item: points off each time."),
        _column("cap", "最多扣分|At most", "figure", "扣分项：最多扣多少分。|Item: points off in all."),
        _column("allowed", "允许偏差|Allowed", "figure", "尺寸分段：允许的偏差。|Size: the deviation allowed."),
        _more(),
    ),
)  # fmt: skip

PENALTIES = Table(
    name="penalties",
    title=_text("扣罚|Penalties"),
    note=_text("从总分中扣除的违规，每种一行。|Breaches that take from the total, one a row."),
    columns=(
        _column("id", "编号|Id", "text", ""),
        *_names(),
        _column("each", "每次扣分|Each", "figure", ""),
        _column("cap", "最多扣分|At most", "figure", "留空为不限。|Empty: no limit."),
        _column("out_at", "取消资格次数|Out at", "whole", "达到几次取消资格。|From so many on it disqualifies."),
        _more(),
    ),
)  # fmt: skip

SECTIONS = Table(
    name="sections",
    title=_text("标准板块|Sections"),
    note=_text("职业标准的板块及其分值，每个一行。|Sections of the standards and their weights, one a row."),
    columns=(
        _column("id", "编号|Id", "text", ""),
        *_names(),
        _column("weight", "分值|Weight", "figure", ""),
        _more(),
    ),
)

RANKING = Table(
    name="ranking",
    title=_text("排名|Ranking"),
    note=_text("排名依据，按先后顺序，每个一行。|The keys of the ranking, in their order, one a row."),
    columns=(
        _choice("of", "依据|Key", words.KEY, ""),
        _column("id", "编号|Id", "text", "阶段、评分模块、评分单元或评分点的编号。|The id of the stage, criterion, sub-criterion or aspect."),
        _choice("order", "顺序|Order", words.ORDER, "留空：用时和扣罚低者在前，其余高者在前。|Empty: ascending for times and penalties, else descending."),
        _more(),
    ),
)  # fmt: skip

AWARDS = Table(
    name="awards",
    title=_text("奖项|Awards"),
    note=_text("奖项，按授予的先后顺序，每个一行。|Awards in the order they are given, one a row."),
    columns=(
        _choice("kind", "类型|Kind", words.AWARD, ""),
        _column("id", "编号|Id", "text", ""),
        *_names(),
        _column("count", "人数|Number", "whole", "按名次：接下来的几名。|Places: the next so many."),
        _column("percent", "百分比|Percent", "figure", "按名次：基数的百分之几。|Places: so many percent of the base."),
        _choice("base", "基数|Base", words.BASE, "百分比的基数；留空为有名次人数。|What the percent are of; empty: ranked."),
        _column("at_least", "最低分|At least", "figure", "低于此分不授奖；按分数线的不填则为中位数。|Nobody below it; of a line, empty is the median."),
        _choice("ties", "末位并列|Ties", words.TIES, "留空为都算。|Those who share the last place; empty: in."),
        _choice("of", "看哪个分|Figure", words.FIGURE, "奖牌与分数线：留空为标准分。|Medals and lines; empty: scale."),
        _column("window", "奖牌分差|Window", "figure", "奖牌：相差不超过则同牌；留空为 2。|Medals: within it they share; empty: 2."),
        _choice("chained", "逐个相连|Chained", words.YES, "奖牌：与前一名比较，而不是与第一名。|Medals: each within the window of the one before."),
        _choice("above", "须超过|Above", words.YES, "按分数线：须超过而不只是达到。|Line: it must be passed, not reached."),
        _more(),
    ),
)  # fmt: skip

TEAMS = Table(
    name="teams",
    title=_text("团体|Teams"),
    note=_text("代表队的排名，每种一行。|Standings of delegations, one a row."),
    columns=(
        _column("id", "编号|Id", "text", ""),
        *_names(),
        _choice("of", "看什么|Figure", words.TEAM, "留空为总分。|Empty: total."),
        _choice("combine", "合成方法|Combined by", words.COMBINE, "合计或平均；留空为合计。|Sum or mean; empty: sum."),
        _column("best", "取前几名|Best", "whole", "每队只取最好的几名。|Only so many members, the best ones."),
        _column("fewest", "最少人数|Fewest", "whole", "人数不足则没有名次；留空为 1。|With fewer there is no place; empty: 1."),
        _column("rounding", "修约|Rounding", "rounding", _ROUNDING),
        _more(),
    ),
)  # fmt: skip

STATES = Table(
    name="states",
    title=_text("无读数|Without reading"),
    note=_text(
        "没有读数的各种情况如何处理；与通常不同的才填。|What it means that there is no reading, where it is not the usual."
    ),
    columns=(
        _choice("state", "情况|State", words.STATE, ""),
        _choice("gives", "该评分点|Gives", words.GIVES, "留空为不得分。|Empty: nothing."),
        _choice("total", "总分|Total", words.TOTAL, "留空为保留。|Empty: stands."),
        _choice("rank", "排名|Rank", words.RANK, "留空为参加排名。|Empty: ranked."),
        _more(),
    ),
)

TABLES: tuple[Table, ...] = (
    SCHEME, STRUCTURE, ASPECTS, DETAILS, PENALTIES, SECTIONS, RANKING, AWARDS, TEAMS, STATES
)  # fmt: skip
NOTES = _text("填写说明|Notes")
EXAMPLE = Text(zh="例：", en="e.g. ")
"""What the first cell of an example's row begins with; such rows are not read."""


class Detail(Message):
    """A list in an aspect that stands in the sheet of details: its path, and where each column goes in one of its parts.

    The path ``""`` is the part itself, a text or a figure.
    """

    path: str
    fields: dict[str, str]


DETAIL: dict[str, Detail] = {
    "option": Detail(path="options", fields={path: path for path in ("name.zh", "name.en", "points", "keep")}),
    "level": Detail(path="levels", fields={"name.zh": "zh", "name.en": "en"}),
    "item": Detail(path="items", fields={path: path for path in ("name.zh", "name.en", "each", "cap")}),
    "band": Detail(path="credit.bands", fields={"up_to": "over_up_to", "keep": "keep", "side": "side"}),
    "time_band": Detail(path="credit.bands", fields={"up_to": "up_to", "keep": "keep"}),
    "range": Detail(path="credit.ranges", fields={"lower": "lower", "up_to": "upper", "keep": "keep"}),
    "grade": Detail(path="credit.grades", fields={"up_to": ""}),
    "worse": Detail(path="credit.keep", fields={"keep": ""}),
    "size": Detail(path="tolerance.steps", fields={"up_to": "up_to", "allowed": "allowed"}),
}

MEDAL_NAMES = (
    {"zh": "金牌", "en": "Gold"},
    {"zh": "银牌", "en": "Silver"},
    {"zh": "铜牌", "en": "Bronze"},
)
"""What medals are called where nothing else is said."""
