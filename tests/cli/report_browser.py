"""Opens pages of `opline report` in headless Chromium and uses them: hover, click, keys, filters, print, widths.

    report_browser.py STUDY.html MANY.html

STUDY.html: two boards and two priors of a space, with layers. MANY.html: 20,000 rows of a table with hostile names.
Speaks the DevTools protocol. Screenshots and the printed page are written into the current folder.
"""

import asyncio
import base64
import json
import pathlib
import subprocess
import sys
import tempfile
import urllib.request

import websockets

WIDTHS = (375, 820, 1440)


class Browser:
    """A Chromium with one tab."""

    async def __aenter__(self):
        self.profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.process = subprocess.Popen(
            ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
             "--remote-debugging-port=0", f"--user-data-dir={self.profile.name}", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        ready = pathlib.Path(self.profile.name) / "DevToolsActivePort"
        for _ in range(600):
            if ready.exists() and ready.read_text().count("\n") >= 1:
                break
            await asyncio.sleep(0.1)
        port = ready.read_text().split("\n")[0]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list") as answer:
            tab = next(one for one in json.load(answer) if one["type"] == "page")
        self.socket = await websockets.connect(tab["webSocketDebuggerUrl"], max_size=None)
        self.number = 0
        self.events = []
        for domain in ("Page", "Runtime", "Network", "Log"):
            await self.call(domain + ".enable")
        return self

    async def __aexit__(self, *_):
        await self.socket.close()
        self.process.terminate()
        self.process.wait()
        self.profile.cleanup()

    async def call(self, method, **parameters):
        self.number += 1
        await self.socket.send(json.dumps({"id": self.number, "method": method, "params": parameters}))
        while True:
            message = json.loads(await asyncio.wait_for(self.socket.recv(), 120))
            if "id" not in message:
                self.events.append(message)
            elif message["id"] == self.number:
                assert "error" not in message, f"{method}: {message['error']}"
                return message["result"]

    async def run(self, script):
        """The value of a JavaScript expression, which may be a promise."""
        result = await self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in result, f"{script}: {result['exceptionDetails']}"
        return result["result"].get("value")

    async def open(self, path, width=1440, height=900):
        await self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.events.clear()
        await self.call("Page.navigate", url=pathlib.Path(path).resolve().as_uri())
        while await self.run("document.readyState") != "complete" or await self.run("typeof opline") != "object":
            await asyncio.sleep(0.1)
        await self.settle()

    async def settle(self):
        await self.run("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def complaints(self):
        """Errors, violations of the page's policy, and requests beyond the page itself."""
        found = []
        for event in self.events:
            parameters = event.get("params", {})
            if event["method"] == "Runtime.exceptionThrown":
                found.append(parameters["exceptionDetails"].get("exception", {}).get("description", "exception"))
            elif event["method"] == "Log.entryAdded" and parameters["entry"]["level"] in ("error", "warning"):
                found.append(parameters["entry"]["text"])
            elif event["method"] == "Runtime.consoleAPICalled" and parameters["type"] in ("error", "warning"):
                found.append(str(parameters["args"]))
            elif event["method"] == "Network.requestWillBeSent":
                url = parameters["request"]["url"]
                if not url.startswith(("file://", "data:")):
                    found.append("request: " + url)
        return found

    async def mouse(self, kind, x, y, **more):
        await self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, **more)

    async def click(self, x, y):
        await self.mouse("mouseMoved", x, y)
        for kind in ("mousePressed", "mouseReleased"):
            await self.mouse(kind, x, y, button="left", buttons=1, clickCount=1)

    async def key(self, name):
        codes = {"Enter": 13, "Escape": 27, "ArrowRight": 39, "ArrowUp": 38, "Home": 36, "End": 35, "Tab": 9}
        for kind in ("keyDown", "keyUp"):
            await self.call("Input.dispatchKeyEvent", type=kind, key=name, code=name, windowsVirtualKeyCode=codes[name],
                            **({"text": "\r"} if name == "Enter" and kind == "keyDown" else {}))

    async def screenshot(self, path):
        size = (await self.call("Page.getLayoutMetrics"))["cssContentSize"]
        picture = await self.call("Page.captureScreenshot", captureBeyondViewport=True,
                                  clip={"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], 6000), "scale": 1})
        pathlib.Path(path).write_bytes(base64.b64decode(picture["data"]))


def check(condition, what):
    if not condition:
        sys.exit("FAILED: " + what)
    print("ok: " + what)


async def position(browser, series, row):
    """Where a network is on the screen, after scrolling to the figure."""
    await browser.run("document.getElementById('latency-figure').scrollIntoView({block: 'center', behavior: 'instant'})")
    await browser.settle()
    return await browser.run(f"""(() => {{
        const plot = opline.plots[0], frame = plot.canvas.getBoundingClientRect();
        const at = plot.pixel(opline.series[{series}], {row});
        return [frame.left + at.x, frame.top + at.y];
    }})()""")


async def test_hover_and_click(browser):
    await browser.open("study.html")
    x, y = await position(browser, 0, 5)
    await browser.mouse("mouseMoved", x + 1, y)
    tooltip = await browser.run("document.querySelector('#latency-figure .tooltip:not([hidden])')?.textContent")
    name = await browser.run("opline.networks.name(opline.plots[0].hovered.series.networks[opline.plots[0].hovered.row])")
    check(tooltip and name in tooltip and "ops" in tooltip, "the tooltip names a network: " + str(tooltip))
    await browser.click(x, y)
    layers = await browser.run("document.querySelectorAll('#network tbody tr').length")
    wanted = await browser.run("opline.networks.layers(opline.chosen.series.networks[opline.chosen.row]).length")
    check(layers == wanted > 2, f"a click opens its {wanted} layers")
    text = await browser.run("document.getElementById('network').textContent")
    check("cycles" in text and "conv" in text and name in text, "with architecture, layers and cycles")
    whole = await browser.run("opline.chosen.series.cyclesOf(opline.chosen.row).reduce((a, b) => a + b) "
                              "/ opline.chosen.series.clock_hz / opline.chosen.series.seconds[opline.chosen.row]")
    check(0.95 < whole <= 1, f"the layers' cycles are {100 * whole:.1f} % of the latency")


async def test_keyboard(browser):
    await browser.open("study.html")
    for _ in range(60):
        await browser.key("Tab")
        if await browser.run("document.activeElement.classList.contains('plot')"):
            break
    check(await browser.run("document.activeElement.classList.contains('plot')"), "Tab reaches the figure")
    await browser.key("Home")
    first = await browser.run("opline.chosen.series.ops[opline.chosen.row]")
    check(first == await browser.run("Math.min(...opline.series[0].ops)"), "Home chooses the fewest ops")
    await browser.key("ArrowRight")
    check(await browser.run("opline.chosen.series.place[opline.chosen.row]") == 1, "the arrow goes to the next network")
    check("ops" in await browser.run("document.getElementById('live').textContent"), "which is announced")
    await browser.key("ArrowUp")
    check(await browser.run("opline.chosen.series.number") == 1, "arrow up changes the series")
    await browser.key("Enter")
    check(await browser.run("document.activeElement.id") == "network", "Enter moves to its layers")
    await browser.key("Escape")
    check(await browser.run("document.activeElement.classList.contains('plot') && opline.chosen === null"),
          "Escape closes them and returns")


async def test_filters(browser):
    await browser.open("study.html")
    names = await browser.run("Array.from(document.querySelectorAll('#filters legend'), (one) => one.textContent)")
    check(names == ["Board", "Prior"], f"filters where there is a choice: {names}")
    before = await browser.run("document.getElementById('shown').textContent")
    await browser.run("document.querySelector('#filters input[name=board]').click()")
    after = await browser.run("document.getElementById('shown').textContent")
    check(before != after and "1 of 3 series" in after, f"a filter counts: {after}")
    hidden = await browser.run("Array.from(document.querySelectorAll('[data-series=\"0\"]')).every((one) => one.hidden)")
    drawn = await browser.run("opline.plots[0].chart.data.datasets.filter((one) => !one.type).length")
    check(hidden and drawn == 1, "verdict, section and points of the others are hidden")


async def test_table(browser):
    await browser.open("many.html")
    await browser.run("document.getElementById('all-networks').open = true")
    await browser.settle()
    check(await browser.run("document.querySelectorAll('#table tbody tr').length") == 50, "the table shows a page of 50")
    await browser.run("(() => { const box = document.querySelector('#table input'); box.value = 'alert(1999'; "
                      "box.dispatchEvent(new Event('input')); })()")
    check("of 11" in await browser.run("document.querySelector('#table .controls').textContent"), "and finds by name")
    check(await browser.run("document.querySelectorAll('img').length") == 0, "names of others stay text")


async def test_many_points(browser):
    await browser.open("many.html")
    draw = await browser.run("(() => { const start = performance.now(); opline.plots[0].update(); "
                             "return performance.now() - start; })()")
    hover = await browser.run("""(() => {
        const plot = opline.plots[0], start = performance.now();
        for (let i = 0; i < 100; ++i) plot.hover(plot.nearest(200 + 5 * i, 100 + i));
        return (performance.now() - start) / 100;
    })()""")
    size = pathlib.Path("many.html").stat().st_size
    print(f"20,000 points: drawn in {draw:.0f} ms, hover {hover:.2f} ms, page {size / 1e6:.2f} MB")
    check(hover < 16, "hovering over 20,000 points keeps 60 frames per second")
    x, y = await position(browser, 0, 77)
    await browser.mouse("mouseMoved", x, y)
    check("<img src=x" in (await browser.run("document.querySelector('#latency-figure .tooltip').textContent")),
          "the tooltip shows a hostile name as text")


async def test_print(browser):
    await browser.open("study.html")
    await browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])
    background = "getComputedStyle(document.body).backgroundColor"
    check(await browser.run(background) != "rgb(255, 255, 255)", "the page is dark where the system is")
    await browser.run("addEventListener('beforeprint', () => { window.paper = [" + background + ", "
                      "document.querySelectorAll('details:not([open]):not(#all-networks)').length]; })")
    printed = await browser.call("Page.printToPDF", printBackground=True)
    pdf = base64.b64decode(printed["data"])
    pathlib.Path("study.pdf").write_bytes(pdf)
    check(pdf.startswith(b"%PDF") and len(pdf) > 50_000, f"it prints ({len(pdf) // 1024} KiB)")
    check(await browser.run("window.paper") == ["rgb(255, 255, 255)", 0], "on white, with everything unfolded")
    check(await browser.run(background) != "rgb(255, 255, 255)", "and is dark again")
    check(await browser.run("document.querySelectorAll('article details[open]').length") == 0, "and folded")
    await browser.call("Emulation.setEmulatedMedia", features=[])


async def test_without_scripts(browser):
    await browser.call("Emulation.setScriptExecutionDisabled", value=True)
    await browser.call("Page.navigate", url=pathlib.Path("study.html").resolve().as_uri())
    while await browser.run("document.readyState") != "complete":
        await asyncio.sleep(0.1)
    text = await browser.run("document.body.innerText")
    check("Criteria" in text and "Diagnostics" in text and "need JavaScript" in text, "it can be read without scripts")
    await browser.call("Emulation.setScriptExecutionDisabled", value=False)


async def test_widths(browser):
    for width in WIDTHS:
        for scheme in ("light", "dark"):
            await browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
            await browser.open("study.html", width)
            await browser.run("opline.choose({series: opline.series[0], row: 3})")
            await browser.settle()
            wide = await browser.run("document.scrollingElement.scrollWidth")
            await browser.screenshot(f"study-{width}-{scheme}.png")
            check(wide <= width, f"{width} pixels, {scheme}: nothing sticks out ({wide})")
    await browser.call("Emulation.setEmulatedMedia", features=[])
    await browser.open("many.html")
    await browser.screenshot("many-1440-light.png")


async def main():
    async with Browser() as browser:
        for test in (test_hover_and_click, test_keyboard, test_filters, test_table, test_many_points, test_print,
                     test_without_scripts, test_widths):
            await test(browser)
            check(browser.complaints() == [], f"{test.__name__}: no errors, no requests {browser.complaints()}")


if __name__ == "__main__":
    asyncio.run(main())
