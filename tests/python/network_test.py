"""Decoding in Python gives the networks and figures of the program."""

import dataclasses
import random
import unittest
from typing import Any, Dict, Sequence

from opline_cost import (
    CostModelError,
    Layer,
    Network,
    Space,
    conv2d,
    depthwise_conv2d,
    fully_connected,
    pool,
)
from opline_cost.bits import Bits
from opline_cost.branch_bits import with_bits_of_layers

from .opline_program import SHIPPED, SMALL, opline_json, samples, space

FIGURES = ("macs", "ops", "parameters", "flash_bytes", "sram_bytes")


def shown_window(layer: Layer) -> Dict[str, Any]:
    """As ``opline inspect --json`` shows it."""
    window = layer.window
    assert window is not None
    return {
        "kernel": [window.kernel_h, window.kernel_w],
        "stride": [window.stride_h, window.stride_w],
        "padding": window.padding,
        "dilation": [window.dilation_h, window.dilation_w],
        "groups": layer.groups,
    }


class Spaces(unittest.TestCase):
    def test_figures_of_random_architectures(self) -> None:
        for name, count in [*((one, 1000) for one in SHIPPED), *((one, 200) for one in SMALL)]:
            for row in samples(name, count):
                text = row["architecture"]
                network = space(name).network(text)
                figures = {figure: getattr(network, figure) for figure in FIGURES}
                self.assertEqual(figures, {figure: row[figure] for figure in FIGURES}, text)

    def test_texts_of_random_architectures(self) -> None:
        for name in (*SHIPPED, *SMALL):
            for row in samples(name, 100):
                options = space(name).parse(row["architecture"])
                self.assertEqual(space(name).to_text(options), row["architecture"])
                self.assertEqual(space(name).canonical(options), options)

    def test_layers(self) -> None:
        for name in (*SHIPPED, *SMALL):
            for row in samples(name, 3, seed=2):
                network = space(name).network(row["architecture"])
                shown = opline_json("inspect", "--space", name, "--network", row["architecture"])
                self.assertEqual(network.activation_bytes, shown["activation_bytes"])
                self.assertEqual(len(network.layers), len(shown["layers"]))
                for i, (layer, other) in enumerate(zip(network.layers, shown["layers"])):
                    del other["digest"]  # of the codes, which Python does not compute
                    mine = {key: getattr(layer, key, None) for key in other}
                    if "window" in other:
                        mine["window"] = shown_window(layer)
                    mine["live_bytes"] = network.live_bytes[i]
                    mine["input"], mine["output"] = list(layer.input), list(layer.output)
                    self.assertEqual(mine, other, f"{row['architecture']} layer {i}")

    def test_samples_of_python_are_architectures_of_the_program(self) -> None:
        generator = random.Random(3)
        for name in SHIPPED:
            text = space(name).to_text(space(name).sample(generator))
            shown = opline_json("inspect", "--space", name, "--network", text)
            self.assertEqual(shown["architecture"], text)
            self.assertEqual(shown["ops"], space(name).network(text).ops)


class FourBits(unittest.TestCase):
    """The bits of each layer are found without decoding networks, or refused."""

    def narrow(self, name: str, bits: Bits) -> Space:
        document = opline_json("spaces", "--show", name)["structure"]
        document.update(weight_bits=bits.weights, activation_bits=bits.activations)
        return Space.from_json(document)

    def check(self, one: Space) -> None:
        generator = random.Random(4)
        graph = with_bits_of_layers(one, reached=lambda place, number: True)
        for _ in range(100):
            architecture = one.sample(generator)
            found = [
                layer
                for step in graph.walk(architecture)
                for layer in step.branch.layers
                if layer.type != "input"
            ]
            layers = one.network(architecture).layers
            self.assertEqual(len(layers), len(found))
            for i, (mine, layer) in enumerate(zip(found, layers)):
                bits = (layer.weight_bits, layer.input_bits, layer.output_bits)
                self.assertEqual(mine.bits, bits, f"{one.to_text(architecture)} layer {i}")

    def test_spaces_without_a_doubt(self) -> None:
        names = ("kws4", "mcunet", "mobilenet-v1", "mobilenet-v2", "resnet8", "inception")
        for name in names:
            self.check(self.narrow(name, Bits(4, 4)))
            self.check(self.narrow(name, Bits(4, 8)))

    def test_every_construct(self) -> None:
        refused = 0
        for name in SMALL:
            self.check(self.narrow(name, Bits(4, 8)))
            try:
                self.check(self.narrow(name, Bits(4, 4)))
            except CostModelError as error:
                self.assertRegex(str(error), "has 4 bits depends on which blocks ")
                refused += 1
        self.assertLess(refused, len(SMALL))


class Texts(unittest.TestCase):
    def assert_refused(self, text: str, message: str) -> None:
        with self.assertRaisesRegex(CostModelError, message):
            space("tiny").parse(text)

    def test_mistakes(self) -> None:
        good = "conv1=8 separable=4 residual=keep down=12 point=16"
        self.assertEqual(space("tiny").to_text(space("tiny").parse(good)), good)
        self.assert_refused(good.replace("=4", "=5"), "5 is not an option of separable.width; th")
        self.assert_refused(good + " point=6", "block point is there twice")
        self.assert_refused(good.replace(" point=16", ""), "block point is missing")
        self.assert_refused(good.replace("keep", "3"), "`3` is not a choice for block residual")
        self.assert_refused(good + " what", "`what` is not of the form block=choice")
        self.assert_refused(good.replace("down", "up"), "`up` is not a block with a decision")

    def test_tied_widths_must_agree(self) -> None:
        text = samples("vww50", 1)[0]["architecture"]
        first = next(item for item in text.split() if item.startswith("block2="))
        other = first.rsplit(":", 1)[0] + (":4" if not first.endswith(":4") else ":8")
        with self.assertRaisesRegex(CostModelError, "blocks block2 and block3 share a width"):
            space("vww50").parse(text.replace(first, other))

    def test_options(self) -> None:
        with self.assertRaisesRegex(CostModelError, "2 options; the space has 7 decisions"):
            space("tiny").network((0, 0))
        with self.assertRaisesRegex(CostModelError, "option 9 of conv1.width; it has 4"):
            space("tiny").network((9, 0, 0, 0, 0, 0, 0))


class DamagedStructures(unittest.TestCase):
    def assert_refused(self, path: Sequence[Any], value: Any) -> None:
        document = opline_json("spaces", "--show", SMALL[0])["structure"]
        part = document
        for key in path[:-1]:
            part = part[key]
        part[path[-1]] = value
        with self.assertRaisesRegex(CostModelError, "damaged", msg=path):
            Space.from_json(document)

    def test_are_refused(self) -> None:
        structure = opline_json("spaces", "--show", SMALL[0])["structure"]
        branches = structure["places"][0]["branches"]
        self.assert_refused(("places", 0, "branches"), [])
        self.assert_refused(("places", 0, "branches"), branches + branches[:1])
        self.assert_refused(("places", 0, "branches", 0, "next"), 0)
        self.assert_refused(("places", 0, "branches", 0, "layers", 0, "groups"), 0)
        self.assert_refused(("places", 0, "branches", 0, "layers", 0, "from"), 0)
        self.assert_refused(
            ("places", 0, "branches", 0, "when"), [{"decision": 0, "first": 0, "last": 99}]
        )
        self.assert_refused(("weight_bits",), 5)
        self.assert_refused(("inputs", 0, 0), float("inf"))

    def test_inputs_that_are_not_there(self) -> None:
        name = next(one for one in SMALL if one.endswith("inputs.toml"))
        document = opline_json("spaces", "--show", name)["structure"]
        document["decisions"][0]["values"][-1] = 9
        with self.assertRaisesRegex(CostModelError, "damaged"):
            Space.from_json(document)


class Layers(unittest.TestCase):
    def test_shapes_and_kernels(self) -> None:
        image = (49, 10, 1)
        first = conv2d(image, 64, kernel=(10, 4), stride=2, activation="relu")
        self.assertEqual(first.output, (25, 5, 64))
        self.assertEqual(first.signature, "conv2d 49x10x1 -> 25x5x64 10x4 s2x2 same relu")
        self.assertEqual(first.macs, 25 * 5 * 64 * 40)
        self.assertEqual(first.kernel, "conv_im2col")
        self.assertEqual(first.scratch_bytes, 160)
        self.assertEqual(conv2d(first.output, 8, kernel=1).kernel, "conv_1x1")
        self.assertEqual(conv2d(first.output, 8, kernel=1, stride=2).kernel, "conv_im2col")
        self.assertEqual(depthwise_conv2d(first.output, 3).kernel, "depthwise_3x3")
        self.assertEqual(depthwise_conv2d(first.output, (3, 5)).kernel, "depthwise_general")
        self.assertEqual(pool("max_pool_2d", (9, 8, 4), 2).output, (5, 4, 4))
        self.assertEqual(pool("average_pool_2d", (9, 8, 4), 2, padding="valid").output, (4, 4, 4))

    def test_a_chain_has_memory(self) -> None:
        first = conv2d((8, 8, 4), 16, kernel=1)
        network = Network((8, 8, 4), [first, fully_connected(first.output, 10)])
        self.assertEqual(network.live_bytes, [256 + 1024, 1024 + 10])
        self.assertEqual(network.activation_bytes, 1280)
        self.assertEqual(network.sram_bytes, 1280 + 256 + 48)
        self.assertEqual(
            network.canonical_text(),
            "input 8x8x4\nconv2d t0 1x1 s1x1 same -> 8x8x16\nfully_connected t1 -> 1x1x10\n",
        )

    def test_variants(self) -> None:
        dilated = conv2d((9, 9, 8), 12, kernel=(1, 3), dilation=2, groups=4)
        self.assertEqual(dilated.signature, "conv2d 9x9x8 -> 9x9x12 1x3 s1x1 same d1x2 g4")
        self.assertEqual((dilated.kernel, dilated.macs), ("conv_general", 9 * 9 * 12 * 3 * 2))
        double = depthwise_conv2d((9, 9, 8), kernel=3, multiplier=2)
        self.assertEqual((double.kernel, double.output), ("depthwise_any", (9, 9, 16)))
        with self.assertRaisesRegex(
            CostModelError, "3 groups; of conv2d a number that divides both"
        ):
            conv2d((9, 9, 8), 12, kernel=3, groups=3)

    def test_mistakes(self) -> None:
        with self.assertRaisesRegex(CostModelError, "larger than its 2x2 input"):
            conv2d((2, 2, 1), 8, kernel=3, padding="valid")
        with self.assertRaisesRegex(CostModelError, "a layer of type 'conv'"):
            Layer("conv", (1, 1, 1), (1, 1, 1))
        with self.assertRaisesRegex(CostModelError, "conv2d needs a window"):
            Layer("conv2d", (1, 1, 1), (1, 1, 1))
        first = conv2d((8, 8, 4), 16, kernel=1)
        with self.assertRaisesRegex(CostModelError, "layer 1: .* reads a tensor of 8x8x16"):
            Network((8, 8, 4), [first, first])
        with self.assertRaisesRegex(CostModelError, "padding is 'SAME'"):
            conv2d((8, 8, 4), 4, kernel=3, padding="SAME")
        with self.assertRaisesRegex(CostModelError, "stride and dilation must be at least 1"):
            conv2d((8, 8, 4), 4, kernel=3, stride=0)
        with self.assertRaisesRegex(CostModelError, "activation is 'gelu'"):
            conv2d((8, 8, 4), 4, kernel=3, activation="gelu")
        with self.assertRaisesRegex(CostModelError, "codes of .* bits; there are 8 and 4"):
            dataclasses.replace(first, weight_bits=3)
        with self.assertRaisesRegex(CostModelError, "no kernel has codes of .8, 8, 4. bits"):
            dataclasses.replace(first, output_bits=4)
        narrow = dataclasses.replace(first, weight_bits=4, output_bits=4)
        with self.assertRaisesRegex(CostModelError, "of other bits than its input's"):
            Network((8, 8, 4), [narrow, conv2d(first.output, 4, kernel=1)])
        with self.assertRaisesRegex(CostModelError, "reads a tensor of 8x8x4"):
            Network((8, 8, 4), [Layer("add", (8, 8, 4), (8, 8, 4))], [(0,)])
        with self.assertRaisesRegex(CostModelError, "add reads two tensors"):
            Network((8, 8, 4), [Layer("add", (8, 8, 4), (8, 8, 4))])


if __name__ == "__main__":
    unittest.main()
