"""The browser of the tests shows Chinese on a machine without a Chinese font, and sees what is wrong with a page."""

from tests.browser.conftest import watch

FONT = '<link rel="stylesheet" href="{address}/static/vendor/noto-sans-sc/index.css">'
FACES = "[...document.fonts].filter(face => face.status === 'loaded').length"
INK = """
    document.fonts.ready.then(() => {
        const canvas = document.createElement('canvas'), context = canvas.getContext('2d');
        const drawn = letter => {
            context.clearRect(0, 0, 60, 60);
            context.font = '40px "Noto Sans SC Variable"';
            context.fillText(letter, 5, 45);
            return context.getImageData(0, 0, 60, 60).data.join();
        };
        return [drawn('筑'), drawn('巢'), drawn(' ')];
    })
"""


def test_the_font_that_is_served_draws_chinese(page, live_server):
    page.goto("/static/vendor/tabler/tabler.min.css")
    page.set_content(
        f"{FONT.format(address=live_server.url)}<p style=\"font: 40px 'Noto Sans SC Variable'\">筑巢引凤</p>"
    )
    page.wait_for_function(f"{FACES} > 0")
    first, second, blank = page.evaluate(INK)
    assert len({first, second, blank}) == 3


def test_a_fault_of_a_page_is_noted_and_an_answer_is_none(browser, live_server):
    problems: list[str] = []
    page = browser.new_context(base_url=live_server.url).new_page()
    watch(page, live_server.url, problems)
    page.goto("/static/vendor/tabler/tabler.min.css")
    assert problems == []

    page.set_content("<script>console.error('one')</script><script>throw new Error('two')</script>")
    with page.expect_event("requestfailed"):
        page.evaluate("fetch('http://192.0.2.1:1/outside').catch(() => null)")
    with page.expect_event("response"):
        page.set_content("<img src='/static/nothing-here.png'>")
    with page.expect_event("response"):
        page.evaluate("fetch('/static/nothing-here.json').then(() => null)")
    page.context.close()
    kinds = [problem.split(": ")[0] for problem in problems]
    assert kinds == ["console", "script", "outside", "404"]
