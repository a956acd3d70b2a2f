"""The columns of a roster: their headings in both languages, the other wordings they go by, and how to fill them in."""

from __future__ import annotations

import re
from typing import Literal

from competition.registration.rules import half_width
from schemas.base import Message, Text

Field = Literal[
    "name", "sex", "document_kind", "document", "phone", "employer", "delegation", "skill_level", "mentor", "leader"
]


class Column(Message):
    """One column: the field it fills, its heading, other wordings of the heading, and what the notes of the template say.

    ``width`` is in characters, as spreadsheets measure it. The aliases ``aac002`` and ``aac003`` are those of the public
    import template of skill appraisals.
    """

    field: Field
    heading: Text
    aliases: str
    is_required: bool
    width: int
    explanation: Text
    example: Text


COLUMNS: tuple[Column, ...] = (
    Column(
        field="name",
        heading=Text(zh="姓名", en="Name"),
        aliases="选手 选手姓名 参赛选手 参赛选手姓名 aac003 fullname entrant entrantname contestant contestantname competitor",
        is_required=True,
        width=16,
        explanation=Text(
            zh="与证件上的姓名一致，最多 100 个字。", en="As on the identity document; at most 100 characters."
        ),
        example=Text(zh="王伟", en="Wang Wei"),
    ),
    Column(
        field="sex",
        heading=Text(zh="性别", en="Sex"),
        aliases="gender",
        is_required=True,
        width=8,
        explanation=Text(
            zh="男或女，须与居民身份证号码一致。", en="Male or Female; it must agree with the resident ID number."
        ),
        example=Text(zh="女", en="Female"),
    ),
    Column(
        field="document_kind",
        heading=Text(zh="证件类型", en="Document kind"),
        aliases="证件类别 证件种类 documenttype iddocumentkind idtype typeofdocument kindofdocument",
        is_required=False,
        width=14,
        explanation=Text(
            zh="居民身份证、护照或其他；留空表示居民身份证。",
            en="Resident ID, Passport or Other; empty means resident ID.",
        ),
        example=Text(zh="居民身份证", en="Resident ID"),
    ),
    Column(
        field="document",
        heading=Text(zh="证件号码", en="ID number"),
        aliases=(
            "证件号 证件编号 身份证 身份证号 身份证号码 居民身份证 居民身份证号 居民身份证号码 公民身份号码 公民身份证号码 有效证件号码 aac002"
            " id idno idcard idcardno idcardnumber identitynumber identitycardnumber residentid residentidnumber document"
            " documentno documentnumber"
        ),
        is_required=True,
        width=24,
        explanation=Text(
            zh="居民身份证号码共 18 位。单元格必须是“文本”格式：Excel 会破坏超过 15 位的数字。",
            en="A resident ID number has 18 characters. The cell must be text: Excel destroys numbers of more than 15 digits.",
        ),
        example=Text(zh="11010519491231002X", en="11010519491231002X"),
    ),
    Column(
        field="phone",
        heading=Text(zh="手机号码", en="Mobile phone"),
        aliases=(
            "手机 手机号 电话 电话号码 联系电话 联系方式 联系手机 移动电话 选手电话 mobile mobileno mobilenumber phone phoneno phonenumber"
            " telephone contactnumber contactphone mobilephonenumber"
        ),
        is_required=True,
        width=16,
        explanation=Text(
            zh="选手本人的手机号码，共 11 位；同一报名表中不得重复。",
            en="The entrant's own mobile number, 11 digits; no two entrants share one.",
        ),
        example=Text(zh="13800138000", en="13800138000"),
    ),
    Column(
        field="employer",
        heading=Text(zh="工作单位", en="Employer"),
        aliases="单位 单位名称 工作单位名称 所在单位 所在企业 企业名称 公司 公司名称 company organisation organization workunit",
        is_required=True,
        width=28,
        explanation=Text(
            zh="单位全称；裁判回避以此为准。",
            en="The full name; by it judges are kept from marking entrants of their own employer.",
        ),
        example=Text(zh="芜湖示例机床有限公司", en="Wuhu Example Machine Tool Co., Ltd."),
    ),
    Column(
        field="delegation",
        heading=Text(zh="代表队", en="Delegation"),
        aliases="代表队名称 参赛队 参赛队名称 参赛代表队 所属代表队 代表团 team teamname delegationname",
        is_required=True,
        width=20,
        explanation=Text(
            zh="已建立的代表队的名称或代码；人数不得超过名额。",
            en="The name or code of a delegation that exists; it may send no more entrants than its quota.",
        ),
        example=Text(zh="芜湖市总工会", en="Wuhu"),
    ),
    Column(
        field="skill_level",
        heading=Text(zh="职业技能等级", en="Skill level"),
        aliases="技能等级 技能级别 职业等级 等级 职业资格 职业资格等级 现有技能等级 skill level grade skillgrade",
        is_required=False,
        width=16,
        explanation=Text(
            zh="从列表中选择，也可以写“三级”或 3；没有等级的留空。",
            en="Choose from the list; “level 3” or 3 will do as well. Empty when there is none.",
        ),
        example=Text(zh="高级工（三级）", en="Senior worker (level 3)"),
    ),
    Column(
        field="mentor",
        heading=Text(zh="师傅", en="Mentor"),
        aliases="师傅姓名 带教师傅 导师 教练 指导老师 指导教师 coach master trainer mentorname",
        is_required=False,
        width=14,
        explanation=Text(zh="师带徒的师傅或教练姓名，可以留空。", en="The entrant's master or coach; may be empty."),
        example=Text(zh="李强", en="Li Qiang"),
    ),
    Column(
        field="leader",
        heading=Text(zh="领队", en="Team leader"),
        aliases="领队姓名 带队 leader teamleadername delegationleader headofdelegation",
        is_required=False,
        width=14,
        explanation=Text(zh="代表队领队姓名，可以留空。", en="The head of the delegation; may be empty."),
        example=Text(zh="赵敏", en="Zhao Min"),
    ),
)

COLUMN = {column.field: column for column in COLUMNS}

LONGEST_HEADING = 100

_ASIDE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】")


def field_of(heading: str) -> Field | None:
    """The field that a heading stands for, whatever its spacing, width, case, stars and remarks in brackets; None when unknown."""
    return _FIELDS.get(_folded(heading)) if len(heading) <= LONGEST_HEADING else None


def _folded(heading: str) -> str:
    plain = _ASIDE.sub("", half_width(heading)).casefold()
    return "".join(character for character in plain if character.isalnum())


_FIELDS: dict[str, Field] = {
    _folded(wording): column.field
    for column in COLUMNS
    for wording in (column.heading.zh, column.heading.en, *column.aliases.split())
}
