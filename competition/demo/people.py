"""Invented people for the demo: names, documents with right check digits, phones and employers, the same for the same seed.

Resident IDs use the region code 999999, which no place in China has, so that no real person's number can come up.
"""

from __future__ import annotations

import csv
import io
from random import Random

from schemas.base import Message

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
GIVEN = ("伟", "芳", "建国", "志强", "丽娜", "晓东", "海燕", "国栋", "俊杰", "雪梅", "文博", "立新", "永胜", "慧敏", "成钢", "振华", "春生", "思远", "鹏飞", "玉兰", "明辉", "少华", "泽宇", "嘉怡", "浩然", "秀英", "铁军", "书琴", "天佑", "若溪", "一鸣", "卫东")  # fmt: skip
DELEGATIONS = (
    ("WH", "芜湖市代表队"), ("HF", "合肥市代表队"), ("MAS", "马鞍山市代表队"), ("BB", "蚌埠市代表队"),
    ("AQ", "安庆市代表队"), ("CZ", "滁州市代表队"), ("TL", "铜陵市代表队"), ("XC", "宣城市代表队"),
)  # fmt: skip
EMPLOYERS = ("江城数控装备有限公司", "长淮机床厂", "皖中精密机械有限公司", "铜冠重工集团", "徽风智能制造有限公司", "滨江轴承有限公司", "大别山机电有限公司", "敬亭汽车零部件有限公司")  # fmt: skip
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


class Judge(Message):
    """A judge of the demo."""

    name: str
    employer: str


def roster_csv(chance: Random, *, entrants: int) -> bytes:
    """A roster as an organiser would upload it: CSV, UTF-8 with BOM, headings in Chinese."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(["姓名", "性别", "证件类型", "证件号码", "手机号码", "单位", "代表队", "技能等级", "师傅", "领队"])
    names = unique_names(chance, entrants * 2 + len(DELEGATIONS))
    leaders = names[entrants * 2 :]
    for place in range(entrants):
        team = place % len(DELEGATIONS)
        is_male = chance.random() < 0.75
        writer.writerow([
            names[place], "男" if is_male else "女", "居民身份证", resident_id(chance, place, is_male=is_male),
            f"139000{place:05d}", EMPLOYERS[team], DELEGATIONS[team][1],
            chance.choice(["高级工（三级）", "技师（二级）", "高级技师（一级）"]), names[entrants + place], leaders[team],
        ])  # fmt: skip
    return file.getvalue().encode("utf-8-sig")


def judges(chance: Random, count: int) -> tuple[Judge, ...]:
    """Judges from technical schools, so that none shares an employer with an entrant."""
    names = unique_names(chance, count)
    return tuple(Judge(name=name, employer=f"技师学院第{place % 9 + 1}教研室") for place, name in enumerate(names))


def unique_names(chance: Random, count: int) -> list[str]:
    """Names that differ from each other."""
    names: dict[str, None] = {}
    while len(names) < count:
        names[chance.choice(SURNAMES) + chance.choice(GIVEN)] = None
    return list(names)


def resident_id(chance: Random, place: int, *, is_male: bool) -> str:
    """A resident ID number of no region, with the right check digit."""
    born = f"{chance.randint(1975, 2002)}{chance.randint(1, 12):02d}{chance.randint(1, 28):02d}"
    body = f"999999{born}{place:02d}{chance.randrange(1, 10, 2) if is_male else chance.randrange(0, 10, 2)}"
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]
