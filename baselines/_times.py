"""Times by rule: where a text names a date, a time of day or a numbered length, and what those words mean.

Everything is read against the time of publication, by the conventions of the annotation guidelines: a weekday or a date
without a year is the nearest past one (the day of publication itself if it fits), nights run from 18:00 to 06:00.
Not read: holidays, time zones, "the day after …", and plans, whose weekday would be the next one.
"""

import re
from calendar import monthrange
from datetime import date, datetime, time, timedelta

from baselines._figures import NUMBER, number

Time = dict[str, str]

_MONTH_NAMES = "january february march april may june july august september october november december"
_WEEKDAY_NAMES = "monday tuesday wednesday thursday friday saturday sunday"
_MONTHS, _WEEKDAYS = _MONTH_NAMES.split(), _WEEKDAY_NAMES.split()
_MONTH = "|".join([*_MONTHS, *(rf"{m[:3]}\b\.?" for m in _MONTHS), r"sept\b\.?"])
_WEEKDAY = "|".join(_WEEKDAYS)
_PART = "small hours|morning|afternoon|evening|night|dawn"
_LENGTHS = {"minute": "TM", "hour": "TH", "day": "D", "week": "W", "month": "M", "year": "Y"}
_LENGTH = "|".join(_LENGTHS)
_YEAR = r"(?:,?\s+(?P<y{0}>[0-9]{{4}}))?"
_EARLY = r"(?:(?P<{0}>early|mid|late)[ -])?"
_CLOCK = (
    r"(?:\b(?:around|about)\s+)?(?:(?P<hour>[0-9]{1,2})(?:[:.](?P<minute>[0-9]{2}))?\s?(?P<half>[ap])\.?m\b\.?"
    r"|(?P<hour24>\b(?:[01]?[0-9]|2[0-3]))(?:[:.](?P<minute24>[0-5][0-9])(?![0-9])|(?P<minute00>[0-5][0-9])(?=\s(?:hrs|hours)))"
    r"(?:\s(?:hrs|hours|local(?:\stime)?)\b)?|\b(?P<named>noon|midday|midnight)\b)"
)
_DAYS = {
    "dayspan": rf"(?P<d1>[0-9]{{1,2}})(?:\s?[-–]\s?|\s+(?:to|and)\s+)(?P<d2>[0-9]{{1,2}})\s+(?P<m2>{_MONTH})"
    + _YEAR.format(2),
    "dayfirst": rf"(?P<d3>[0-9]{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<m3>{_MONTH})" + _YEAR.format(3) + "(?![0-9])",
    "monthfirst": rf"(?P<m4>{_MONTH})\s+(?P<d4>[0-9]{{1,2}})(?![0-9:])(?:st|nd|rd|th)?" + _YEAR.format(4) + "(?![0-9])",
    "iso": r"(?P<y5>[0-9]{4})-(?P<m5>[0-9]{2})-(?P<d5>[0-9]{2})",
    "month": _EARLY.format("early6") + rf"\b(?P<m6>{_MONTH})" + _YEAR.format(6) + "(?![0-9])",
    "ago": rf"(?P<count7>{NUMBER}|an?)\s+(?P<unit7>{_LENGTH})s?\s+ago",
    "length": rf"(?:(?P<now8>past|last|previous)\s+)?\b(?P<count8>{NUMBER}|half an|an?)[ -](?P<unit8>{_LENGTH})s?",
    "weekday": _EARLY.format("early9") + rf"(?:(?P<which9>last|next)\s+)?\b(?P<weekday9>{_WEEKDAY})\b",
    "relative": r"\b(?P<day10>today|yesterday|tomorrow|tonight|overnight|last night)\b",
    "period": r"\b(?P<which11>this|last|next)\s+(?P<unit11>week|weekend|month|year)\b",
    "year": r"\b(?P<y12>(?:19|20)[0-9]{2})(?![0-9,])",
}
_DAY = re.compile("|".join(f"(?P<{name}>{words})" for name, words in _DAYS.items()), re.IGNORECASE)
_HOUR = re.compile(_CLOCK, re.IGNORECASE)
_PART_OF_DAY = re.compile(rf"\b(?:(?P<early>early|late)[ -])?(?:this\s+)?(?P<part>{_PART})\b", re.IGNORECASE)
_HOURS = {
    "small hours": (0, 6), "dawn": (5, 7), "morning": (6, 12), "afternoon": (12, 18), "evening": (18, 24),
    "night": (18, 30), "early": (0, 6), "late": (18, 24),
}  # fmt: skip


def _plain(pattern: str) -> str:
    return re.sub(r"\(\?P<\w+>", "(?:", pattern)


_ONE = "|".join(_plain(p) for n, p in _DAYS.items() if n not in ("month", "year")) + (
    rf"|(?:early|mid|late)[ -](?:{_MONTH})\b|\b(?:{_MONTH})\s+[0-9]{{4}}|(?:this\s+)(?:{_PART})\b"
)
_HOURS_OF_DAY = rf"{_plain(_CLOCK)}(?:\s?(?:to|and|-|–)\s?{_plain(_CLOCK)})?"
_ANY = rf"(?:{_ONE}|{_HOURS_OF_DAY}|\bdawn\b)"
_TIME = re.compile(rf"(?<![\w-])(?:{_ANY})(?:(?:\s+on\s+|,?\s+)(?:{_ANY})|\s+(?:{_PART})\b)*(?!\w|-)", re.IGNORECASE)


def find_times(text: str) -> list[tuple[int, int]]:
    """Find the times of a text; offsets in order, none overlapping.  Bare months and years are read, not found."""
    return [match.span() for match in _TIME.finditer(text)]


def _month(name: str) -> int:
    return next(i for i, month in enumerate(_MONTHS, start=1) if month.startswith(name.lower().rstrip(".")[:3]))


def _dated(day: int, month: int, year: str | None, today: date) -> date:
    if year:
        return date(int(year), month, day)
    latest = next(
        y for y in range(today.year, 0, -1) if day <= monthrange(y, month)[1] and date(y, month, day) <= today
    )
    return date(latest, month, day)


def _back(moment: datetime, count: int, unit: str) -> datetime:
    if unit in ("month", "year"):
        months = moment.year * 12 + moment.month - 1 - count * (12 if unit == "year" else 1)
        year, month = months // 12, months % 12 + 1
        return moment.replace(year=year, month=month, day=min(moment.day, monthrange(year, month)[1]))
    return moment - timedelta(**{f"{unit}s": count})


def _days(match: re.Match[str], now: datetime) -> tuple[date, date] | None:
    """Give the first and the last day that the day part of a time means; None where it means a length alone."""
    held, today, one = match.groupdict(), now.date(), timedelta(days=1)
    if held["dayspan"]:
        last = _dated(int(held["d2"]), _month(held["m2"]), held["y2"], today)
        return last.replace(day=int(held["d1"])), last
    for n in "34":
        if held[f"d{n}"]:
            day = _dated(int(held[f"d{n}"]), _month(held[f"m{n}"]), held[f"y{n}"], today)
            return day, day
    if held["iso"]:
        return (date.fromisoformat(match["iso"]),) * 2
    if held["month"]:
        first = _dated(1, _month(held["m6"]), held["y6"], today)
        end = monthrange(first.year, first.month)[1]
        bounds = {"early": (1, 10), "mid": (11, 20), "late": (21, end)}.get((held["early6"] or "").lower(), (1, end))
        return first.replace(day=bounds[0]), first.replace(day=bounds[1])
    if held["weekday"]:
        behind = (today.weekday() - _WEEKDAYS.index(held["weekday9"].lower())) % 7
        which = (held["which9"] or "").lower()
        day = today - behind * one if which != "next" else today + (7 - behind) * one
        day -= 7 * one if which == "last" and not behind else 0 * one
        return day, day
    if held["relative"]:
        day = (
            today
            + {"yesterday": -1, "tomorrow": 1, "overnight": -1, "last night": -1}.get(held["day10"].lower(), 0) * one
        )
        return day, day
    if held["period"]:
        return _period(held["which11"].lower(), held["unit11"].lower(), today)
    if held["year"]:
        return date(int(held["y12"]), 1, 1), date(int(held["y12"]), 12, 31)
    return None


def _period(which: str, unit: str, today: date) -> tuple[date, date]:
    one, step = timedelta(days=1), {"last": -1, "this": 0, "next": 1}[which]
    if unit == "week" and which == "this":
        return today - 6 * one, today
    monday = today - today.weekday() * one + 7 * step * one
    if unit == "week":
        return monday, monday + 6 * one
    if unit == "weekend":
        back = 7 if which == "this" and today.weekday() < 5 else 0
        return monday + (5 - back) * one, monday + (6 - back) * one
    months = today.year * 12 + today.month - 1 + step * (12 if unit == "year" else 1)
    first = date(months // 12, 1 if unit == "year" else months % 12 + 1, 1)
    last = first.replace(
        month=12 if unit == "year" else first.month,
        day=31 if unit == "year" else monthrange(first.year, first.month)[1],
    )
    return first, min(last, today) if which == "this" else last


def _interval(day: date, hours: tuple[int, int]) -> Time:
    start = datetime.combine(day, time()) + timedelta(hours=hours[0])
    end = (
        datetime.combine(day, time())
        + timedelta(hours=hours[1])
        - timedelta(minutes=0 if hours[1] in (6, 7, 30) else 1)
    )
    return {"start": start.isoformat(timespec="minutes"), "end": end.isoformat(timespec="minutes")}


def _clock(match: re.Match[str], days: tuple[date, date] | None, now: datetime) -> Time | None:
    if match["named"]:
        hour, minute = (24 if match["named"].lower() == "midnight" else 12), 0
    elif match["half"]:
        hour, minute = int(match["hour"]) % 12 + 12 * (match["half"].lower() == "p"), int(match["minute"] or 0)
    else:
        hour, minute = int(match["hour24"]), int(match["minute24"] or match["minute00"])
    if minute > 59 or (match["half"] and int(match["hour"]) > 12):
        return None
    moment = datetime.combine(days[0] if days else now.date(), time()) + timedelta(hours=hour, minutes=minute)
    if days is None and moment > now:
        moment -= timedelta(days=1)
    return dict.fromkeys(("start", "end"), moment.isoformat(timespec="minutes"))


def read_time(words: str, published: str) -> Time | None:
    """Read the attributes of a TIME from its words: `start` and `end`, or `duration`, or all three.

    `published` is the article's ISO 8601 date or local time; a date stands for its last minute.  None where the words
    name no time that is read here.
    """
    now = datetime.fromisoformat(published)
    now = now if "T" in published else now + timedelta(hours=23, minutes=59)
    try:
        return _time(words, now)
    except (ValueError, OverflowError, StopIteration):  # 31 February, or years that no calendar has
        return None


def _time(words: str, now: datetime) -> Time | None:
    day = _DAY.search(words)
    part = _PART_OF_DAY.search(words)
    clocks = list(_HOUR.finditer(words))
    clock = clocks[0] if clocks else None
    if day and day["unit8"] and not clock and not part:
        return _length(day, now)
    if day and day["unit7"]:
        count, unit = (
            number(day["count7"]) if len(day["count7"]) > 2 or day["count7"].isdigit() else 1,
            day["unit7"].lower(),
        )
        moment = _back(now, count or 1, unit)
        form = moment.isoformat(timespec="minutes") if unit in ("minute", "hour") else moment.date().isoformat()
        return {"start": form, "end": form}
    days = _days(day, now) if day else None
    if clock and (read := _clock(clock, days, now)):
        last = _clock(clocks[-1], days, now)
        return {**read, "end": last["end"]} if last and last["end"] >= read["start"] else read
    word = (day["day10"] or "").lower() if day else ""
    named = "night" if word in ("tonight", "overnight", "last night") else part["part"].lower() if part else ""
    early = ((day["early9"] if day else None) or (part["early"] if part else None) or "").lower()
    if days and days[0] == days[1] and (named or early in ("early", "late")):
        return _interval(days[0], _HOURS[named or early])
    if days is None and named:
        return _interval(now.date() - timedelta(days=named == "night"), _HOURS[named])
    return {"start": days[0].isoformat(), "end": days[1].isoformat()} if days else None


def _length(match: re.Match[str], now: datetime) -> Time | None:
    word, code = match["count8"].lower(), _LENGTHS[match["unit8"].lower()]
    if word == "half an":
        return {"duration": "PT30M"} if code == "TH" else None
    count = 1 if word in ("a", "an") else number(word)
    if not count:
        return None
    length: Time = {"duration": f"PT{count}{code[1]}" if code[0] == "T" else f"P{count}{code}"}
    if match["now8"]:
        start = _back(now, count, match["unit8"].lower())
        is_short = code[0] == "T"
        length["start"] = start.isoformat(timespec="minutes") if is_short else start.date().isoformat()
        length["end"] = now.isoformat(timespec="minutes") if is_short else now.date().isoformat()
    return length
