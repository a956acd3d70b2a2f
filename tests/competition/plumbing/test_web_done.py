"""What a form did is said once, on the page that it leads to: to its reader, in their language, and by us alone."""

from __future__ import annotations

from base64 import urlsafe_b64encode

from competition.plumbing.sealing import Sealer
from competition.plumbing.web_done import BY_SCRIPT, cookie_of
from tests.site import Browser, Site, found_event

SAID = "The delegation A &amp; B is added."
SAID_ZH = "代表队 A &amp; B 已添加。"


async def add(browser: Browser, event: str) -> None:
    """Add a delegation by the desk's form."""
    answer = await browser.submit(f"{event}/delegations", {"code": "A", "name": "A & B", "quota": "1"})
    assert answer.headers["location"] == f"{event}/entrants?adding=true#delegations"


async def test_what_was_done_is_said_once(site: Site) -> None:
    """On the page that the form leads to, as a status at its top; a reload says nothing, nor does any other page before it."""
    desk = await site.sign_in()
    event = await found_event(desk)
    await add(desk, event)
    [sent] = [cookie for cookie in desk.cookies.jar if cookie.name == cookie_of(f"{event}/entrants")]
    assert sent.path == f"{event}/entrants"
    assert sent.has_nonstandard_attr("HttpOnly")
    assert "A & B" not in str(sent.value)
    pages = [(await desk.get(path)).text for path in (event, f"{event}/entrants", f"{event}/entrants")]
    assert [SAID in page for page in pages] == [False, True, False]
    assert f'role="status"><span>{SAID}</span>' in pages[1]


async def test_it_is_said_in_the_language_of_who_reads_it(site: Site) -> None:
    """Who changes the language on the way reads it in the new one, with the step that comes next."""
    desk = await site.sign_in()
    event = await found_event(desk)
    await desk.submit(f"{event}/eligibility")
    page = (await desk.get(f"{event}/entrants", headers={"accept-language": "zh-CN"})).text
    assert "资格已确认。已确认选手 0 名。" in page
    assert f'<a href="{event}/scheme">下一步：评分方案</a>' in page


async def test_scripts_neither_cause_nor_take_it(site: Site) -> None:
    """A page that a script fetches meanwhile leaves it to the reader; a form that a script sends needs none."""
    desk = await site.sign_in()
    event = await found_event(desk)
    await desk.get(f"{event}/entrants")
    await add(desk, event)
    by_script = (await desk.get(f"{event}/entrants", headers={BY_SCRIPT: "yes"})).text
    own = (await desk.get(f"{event}/entrants")).text
    assert (SAID in by_script, SAID in own) == (False, True)
    desk.headers[BY_SCRIPT] = "yes"
    assert (await desk.submit(f"{event}/eligibility")).status_code == 303
    del desk.headers[BY_SCRIPT]
    assert "desk-told" not in (await desk.get(f"{event}/entrants")).text


async def test_nobody_else_puts_words_into_the_page(site: Site) -> None:
    """A cookie that we did not seal, that another key sealed, or that is for another page, says nothing and breaks nothing."""
    desk = await site.sign_in()
    event = await found_event(desk)
    words = '{"page":"/desk","sentence":"Call 555","facts":{},"address":"","step":""}'
    sealed = [Sealer(key * 32).seal(words) for key in (b"x", b"s")]
    for value in ("Call 555", "", "%%%", *(urlsafe_b64encode(each).decode().rstrip("=") for each in sealed)):
        page = await desk.get(
            f"{event}/entrants", headers={"cookie": f"{cookie_of(f'{event}/entrants')}={value}; {cookies_of(desk)}"}
        )
        assert page.status_code == 200
        assert "desk-told" not in page.text
    page = await desk.get("/desk", headers={"cookie": f"{cookie_of('/desk')}={value}; {cookies_of(desk)}"})
    assert "Call 555" in page.text  # with our key, for this page: the test could have said something


def cookies_of(browser: Browser) -> str:
    """The cookies that every page of the site is sent."""
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.cookies.jar if cookie.path == "/")
