"""Pictures in the browser: the decoder draws what NumPy and torch draw, wherever one points; a triangle is clicked."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from served import address, settle

from slviz.cli.demo_runs import DIGIT_RUNS, digit_spec
from slviz.datasets.picture_shape import PictureShape
from slviz.datasets.sources import open_dataset
from slviz.networks.picture_decoder import PictureDecoder
from slviz.networks.picture_layers import TorchPictureDecoder
from slviz.projections import PCA
from slviz.projections.plane import plane_of
from slviz.runs.store import SHIPPED, RunStore
from slviz.ui.embedding.decoded_pointer import DECODER

pytestmark = pytest.mark.browser
PLACE_OF = """(number) => {
    const chart = document.querySelector('.js-plotly-plot'), box = chart.getBoundingClientRect()
    const { xaxis, yaxis } = chart._fullLayout
    for (const trace of chart._fullData) {
        const at = Array.from(trace.customdata ?? [], (each) => Number(each.length ? each[0] : each)).indexOf(number)
        if (at < 0) continue
        const [x, y] = [xaxis._offset + xaxis.d2p(trace.x[at]), yaxis._offset + yaxis.d2p(trace.y[at])]
        return [box.left + x, box.top + y]
    }
}"""


@pytest.mark.parametrize(
    ("shape", "layers"), [(PictureShape(8, 8), 2), (PictureShape(7, 5, 3), 3), (PictureShape(28, 28), 2)]
)
def test_the_browser_numpy_and_torch_draw_the_same_pixels(shape: PictureShape, layers: int, browser: Any) -> None:
    torch.manual_seed(0)
    module = TorchPictureDecoder(shape, layers=layers, filters=8, width=3).eval()
    weights = {f"decoder.{name}": 2 * value.numpy() for name, value in module.state_dict().items()}
    module.load_state_dict({name.removeprefix("decoder."): torch.as_tensor(value) for name, value in weights.items()})
    decoder = PictureDecoder.of(weights, shape)
    embedding = 4 * np.random.default_rng(1).normal(size=(5, 3)).astype(np.float32)
    page = browser.new_page()
    script = """([decoder, rows]) => {
        const ready = preparedDecoder(decoder)
        return rows.map((row) => [...decodedPixels(ready, row)])
    }"""
    page.add_script_tag(content=DECODER.read_text(encoding="utf-8"))
    drawn = np.array(page.evaluate(script, [decoder.to_json(), embedding.tolist()]))
    page.close()
    with torch.no_grad():
        theirs = module(torch.as_tensor(embedding)).numpy()
    assert drawn.shape == (5, shape.size)
    assert drawn.std() > 0.05, "the pictures have something on them"
    assert drawn.min() >= 0
    assert drawn.max() <= 1
    assert np.abs(drawn - decoder.decode(embedding)).max() < 1e-4
    assert np.abs(drawn - theirs).max() < 1e-4


@pytest.mark.slow
def test_the_picture_follows_pointer_keys_and_finger_on_the_map(digits: str, page: Any) -> None:
    graph, store = open_dataset("digits"), RunStore(SHIPPED)
    specs = [digit_spec(graph, *choices) for choices in DIGIT_RUNS]
    [run_id] = [spec.run_id for spec in specs if getattr(spec.network, "width", None) == 8]
    assert graph.pictures is not None
    decoder = PictureDecoder.of(store.open_weights(run_id), graph.pictures)
    embedding = store.open(run_id).embedding
    plane = plane_of(PCA().fit(embedding, 0), embedding)

    def shown() -> tuple[list[float], np.ndarray]:
        page.wait_for_timeout(150)
        canvas = page.locator("canvas[data-place]")
        place = [float(number) for number in canvas.get_attribute("data-place").split(",")]
        pixels = canvas.evaluate("(c) => [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data]")
        return place, np.array(pixels).reshape(8, 8, 4)

    def expected(place: list[float]) -> np.ndarray:
        assert graph.pictures is not None
        return graph.pictures.pictures(decoder.decode(plane.at(np.array([place]))))[0].astype(int)

    page.goto(address(digits, "embedding", run=run_id, map="pca"))
    settle(page)
    assert page.locator("canvas[data-place]").count() == 0, "off unless asked for"
    page.get_by_text("Decode under the pointer", exact=True).click()
    page.wait_for_url("**decode=true**")
    settle(page)
    page.reload()
    settle(page)
    asked_before = page.evaluate("performance.getEntriesByType('resource').length")
    box = page.locator(".js-plotly-plot .nsewdrag").first.bounding_box()
    seen = []
    for right, down in ((0.2, 0.6), (0.85, 0.4), (0.5, 0.95)):
        page.mouse.move(box["x"] + right * box["width"], box["y"] + down * box["height"])
        place, pixels = shown()
        at = page.evaluate(
            """([right, down]) => { const { xaxis, yaxis } = document.querySelector('.js-plotly-plot')._fullLayout
            return [xaxis.p2d(right * xaxis._length), yaxis.p2d(down * yaxis._length)] }""",
            [right, down],
        )
        assert place == pytest.approx(at, abs=0.05)
        assert np.abs(pixels[..., 0] - expected(place)).max() <= 1
        assert (pixels[..., 3] == 255).all()
        seen.append(pixels)
    assert not np.array_equal(seen[0], seen[1])
    assert page.evaluate("performance.getEntriesByType('resource').length") == asked_before
    page.locator(".decoded").focus()
    before, _ = shown()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowUp")
    after, pixels = shown()
    assert after[0] > before[0]
    assert after[1] > before[1]
    assert np.abs(pixels[..., 0] - expected(after)).max() <= 1
    page.keyboard.press("Home")
    assert shown()[0] == [0, 0]
    page.mouse.click(box["x"] + 0.03 * box["width"], box["y"] + 0.03 * box["height"])
    page.wait_for_url("**decode-place=**")
    settle(page)
    clicked, pixels = shown()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.5 * box["height"])
    assert shown()[0] != clicked, "a kept place does not hold the pointer"
    page.reload()
    settle(page)
    after_reload, same_pixels = shown()
    assert after_reload == pytest.approx(clicked, abs=1e-4)
    assert np.array_equal(same_pixels, pixels)
    assert page.locator(".slviz-decoded .kept").count(), "a ring shows it"
    search = page.get_by_role("combobox", name="Digit", exact=True).first
    search.fill("digit-0003")
    search.press("Enter")
    page.wait_for_url("**gene=digit-0003**")
    settle(page)
    assert "decode-place" not in page.url, "another digit begins at its own place"
    page.goto(address(digits, "embedding", run=run_id, map="pca", decode="true"))
    settle(page)
    canvas = page.locator("canvas[data-place]").bounding_box()
    page.mouse.move(canvas["x"] + 20, canvas["y"] + 20)
    page.mouse.down()
    page.mouse.move(canvas["x"] + 48, canvas["y"] + 20, steps=4)
    page.mouse.up()
    dragged, _ = shown()
    assert dragged[0] > 0.5
    assert dragged[1] == 0
    page.wait_for_url(lambda url: f"decode-place={dragged[0]:.3f}"[:17] in url)


@pytest.mark.slow
def test_the_picture_under_the_pointer_does_not_repeat_that_of_the_card(digits: str, page: Any) -> None:
    run_id = next(iter(sorted(path.name for path in SHIPPED.glob("conv_autoencoder-*"))))
    page.goto(address(digits, "embedding", run=run_id, map="pca"))
    settle(page)

    def point_at(number: int) -> tuple[float, float]:
        x, y = page.evaluate(PLACE_OF, number)
        page.mouse.move(x, y)
        page.wait_for_timeout(300)
        return x, y

    def shown() -> tuple[str, bool]:
        tile = page.locator('[class*="st-key-pictures-"] .picture')
        drawn = tile.evaluate("(tile) => getComputedStyle(tile).backgroundImage")
        return page.locator('[class*="st-key-pictures-"] .hint').inner_text(), "data:image/png" in drawn

    x, y = point_at(0)
    assert shown() == ("digit-0001", True)
    page.mouse.click(x, y)
    page.wait_for_url("**gene=digit-0001**")
    settle(page)
    assert page.get_by_role("heading", name="digit-0001", exact=True).count(), "its card"
    assert shown() == ("digit-0001: its card is below", False)
    point_at(1)
    assert shown() == ("digit-0002", True)
    point_at(0)
    assert shown() == ("digit-0001: its card is below", False)


@pytest.mark.slow
def test_a_tap_moves_the_place_and_in_a_narrow_window_the_picture_floats(digits: str, browser: Any) -> None:
    run_id = next(iter(sorted(path.name for path in SHIPPED.glob("conv_autoencoder-*"))))
    context = browser.new_context(viewport={"width": 900, "height": 900}, has_touch=True)
    page = context.new_page()
    page.goto(address(digits, "embedding", run=run_id, map="pca", decode="true"))
    settle(page)
    assert page.locator(".decoded.afloat").count() == 0
    box = page.locator(".js-plotly-plot .nsewdrag").first.bounding_box()
    page.touchscreen.tap(box["x"] + 8, box["y"] + 30)
    page.wait_for_timeout(300)
    place = [float(number) for number in page.locator("canvas[data-place]").get_attribute("data-place").split(",")]
    assert place[0] < -1
    assert place[1] > 1
    floating = page.locator(".decoded.afloat").bounding_box()
    assert floating["y"] + floating["height"] <= 900
    context.close()


@pytest.mark.slow
def test_a_click_on_a_triangle_of_three_pictures_marks_a_mixture(digits: str, page: Any) -> None:
    run_id = next(iter(sorted(path.name for path in SHIPPED.glob("conv_autoencoder-*"))))
    ends = {"walk-a": "digit-0001", "walk-b": "digit-0002", "walk-c": "digit-0003"}
    page.goto(address(digits, "embedding", run=run_id, map="pca", view="walk", **ends))
    settle(page)
    chart = page.locator('[class*="triangle-embedding-chart"] .js-plotly-plot').first
    chart.scroll_into_view_if_needed()
    assert chart.locator("image").count() == 15
    place = chart.evaluate(
        """(chart) => { const { xaxis, yaxis } = chart._fullLayout; const dots = chart._fullData[0]
        return [xaxis._offset + xaxis.d2p(dots.x[13]), yaxis._offset + yaxis.d2p(dots.y[13])] }"""
    )
    box = chart.bounding_box()
    page.mouse.click(box["x"] + place[0], box["y"] + place[1])
    page.wait_for_url("**walk-mix=13**")
    settle(page)
    assert "The marked mixture is 0 % A, 25 % B, 75 % C" in page.locator('[data-testid="stMain"]').inner_text()
    page.reload()
    settle(page)
    assert "The marked mixture is 0 % A, 25 % B, 75 % C" in page.locator('[data-testid="stMain"]').inner_text()
