// Networks of several inputs and outputs, and those that keep a state from one inference to the
// next.
#include <gmock/gmock.h>

#include "firmware/kernels/opline_kernels.h"
#include "src/network/host_execution.h"
#include "src/network/memory_plan.h"
#include "src/network/quantised_network.h"
#include "tests/error_message.h"
#include "tests/network/example_networks.h"
#include "tests/tflite/random_numbers.h"

namespace opline::network {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using tflite_test::random_codes;
using tflite_test::random_numbers;

TEST(NetworkEnds, OneInputAndTheLastLayersOutputAreNotNamed) {
  const Network network = every_layer();
  EXPECT_EQ(network.inputs().size(), 1U);
  EXPECT_EQ(network.input_count(), 1U);
  EXPECT_THAT(network.outputs(), ElementsAre(10));
  EXPECT_THAT(network.canonical_text(), testing::Not(HasSubstr("output")));
}

TEST(NetworkEnds, TextOfSeveral) {
  EXPECT_EQ(two_ends().canonical_text(),
            "input 6x5x3\n"
            "input 6x5x2\n"
            "concatenation t0 t1 -> 6x5x5\n"
            "conv2d t2 3x3 s1x1 same -> 6x5x4 relu\n"
            "mean t3 -> 1x1x4\n"
            "sub t3 t4 -> 6x5x4\n"
            "output t3 t5\n");
}

TEST(NetworkEnds, OutputsAreMadeByLayers) {
  NetworkBuilder builder({2, 2, 2});
  EXPECT_THAT(message_of([&] { builder.set_outputs({0}); }), HasSubstr("one of its inputs"));
}

// The device fills them in one go, and the order is that of the file.
TEST(NetworkEnds, InputsLieOneBehindTheOther) {
  const Network network = two_ends();
  EXPECT_THAT(input_offsets(network), ElementsAre(0, 96, 156));  // 90 bytes, aligned; 60 bytes
  const Layout layout = lay_out(network);
  EXPECT_EQ(layout.header.input_bytes, 156U);
  EXPECT_EQ(layout.layers[0].input, layout.header.input);
  EXPECT_EQ(layout.layers[0].input2, layout.header.input + 96);
}

TEST(NetworkEnds, OutputsStayUntilTheEnd) {
  const QuantisedNetwork network = random_numbers(two_ends(), 1);
  const CompiledNetwork compiled = compile(network);
  const HostRun run = run_on_host(network, compiled, {random_codes(90, 1), random_codes(60, 2)});
  ASSERT_EQ(run.outputs.size(), 2U);
  for (const std::size_t i : {0U, 1U}) {
    const LayerId layer = *network.network.layer_of(network.network.outputs()[i]);
    EXPECT_EQ(opline_crc32(0, run.outputs[i].data(), run.outputs[i].size()),
              run.digests[static_cast<std::size_t>(layer)]);
  }
  EXPECT_EQ(compiled.output.size(), run.outputs[0].size() + run.outputs[1].size());
}

TEST(NetworkEnds, SampledNumbersHaveTheSameDigests) {
  for (const Network& network : {two_ends(), streaming_conv()}) {
    const Pools pools = Pools::generate(1U << 16, OPLINE_CHANNEL_POOL_BYTES);
    const CompiledNetwork pooled = compile(network, pools);
    const CompiledNetwork own = compile(quantised(network, pools));
    EXPECT_EQ(own.digests, pooled.digests);
    EXPECT_EQ(own.output, pooled.output);
    EXPECT_EQ(execute_on_host(pooled.plan, pools), pooled.digests);
  }
}

TEST(States, TextOfAStreamingNetwork) {
  EXPECT_EQ(streaming_conv().canonical_text(),
            "input 1x1x4\n"
            "state 1x2x4\n"
            "concatenation t1 t0 as 1x1x8 -> 1x1x12\n"
            "slice t2 as 1x3x4 from 0x1x0 step 1x1 -> 1x2x4\n"
            "conv2d t2 as 1x3x4 1x3 s1x1 valid -> 1x1x5 relu\n"
            "assign t1 t3\n");
}

// Two rows of the past and the new one: what the convolution makes of the whole sequence at once.
TEST(States, AStreamGivesWhatTheWholeSequenceGives) {
  constexpr int kFrames = 9;
  QuantisedNetwork network = random_numbers(streaming_conv(), 4);
  const CompiledNetwork compiled = compile(network);
  NetworkBuilder builder({1, kFrames + 2, 4});
  builder.conv2d(0, 5, {1, 3, 1, 1, Padding::valid}, Activation::relu);
  QuantisedNetwork whole{std::move(builder).build(), {}, {network.constants[2]}};
  whole.tensors = {network.tensors[0], network.tensors[4]};
  const std::vector<std::int8_t> sequence = random_codes((kFrames + 2) * 4, 3);
  std::vector<std::int8_t> state(sequence.begin(), sequence.begin() + 8), streamed;
  for (auto at = sequence.begin() + 8; at != sequence.end(); at += 4) {
    HostRun run = run_on_host(network, compiled, {{at, at + 4}, state});
    streamed.insert(streamed.end(), run.outputs[0].begin(), run.outputs[0].end());
    state = run.states[0];
    EXPECT_TRUE(std::equal(state.begin(), state.end(), at - 4));
  }
  EXPECT_EQ(run_on_host(whole, compile(whole), {sequence}).outputs[0], streamed);
}

TEST(States, NewValuesAreMadeInTheStatesMemory) {
  const Network network = streaming_conv();
  const Layout layout = lay_out(network);
  const std::uint32_t state =
      layout.header.input + static_cast<std::uint32_t>(input_offsets(network)[1]);
  EXPECT_EQ(layout.layers[0].input, state);
  EXPECT_EQ(layout.layers[1].output, state);
  EXPECT_EQ(layout.layers.size(), 3U);
  EXPECT_EQ(network.states(), (std::vector<State>{{1, 3, false}}));
}

// The old value is read after the new one is made.
TEST(States, ElseTheyAreCopied) {
  NetworkBuilder builder({1, 1, 4});
  const TensorId state = builder.add_state({1, 1, 4});
  const TensorId sum = builder.add(0, state, Activation::none);
  builder.binary(LayerType::sub, sum, state);
  builder.assign(state, sum);
  const Network network = std::move(builder).build();
  EXPECT_EQ(network.canonical_text(),
            "input 1x1x4\n"
            "state 1x1x4\n"
            "add t0 t1 -> 1x1x4\n"
            "sub t2 t1 -> 1x1x4\n"
            "pad t2 top 0 left 0 -> 1x1x4\n"
            "assign t1 t4\n"
            "output t3\n");
  EXPECT_EQ(network.states(), (std::vector<State>{{1, 4, true}}));
}

TEST(States, ADelayLineShiftsFromTheEnd) {
  NetworkBuilder builder({1, 1, 2});
  const TensorId first = builder.add_state({1, 1, 2});
  const TensorId second = builder.add_state({1, 1, 2});
  builder.add(first, second, Activation::none);
  builder.assign(first, builder.input());
  builder.assign(second, first);
  const QuantisedNetwork network = random_numbers(std::move(builder).build(), 3);
  const HostRun run = run_on_host(network, compile(network), {{1, 2}, {3, 4}, {5, 6}});
  EXPECT_THAT(run.states, ElementsAre(ElementsAre(1, 2), ElementsAre(3, 4)));
}

TEST(States, OneValueForTwoAndNoneForAnother) {
  NetworkBuilder builder({1, 1, 2});
  const TensorId kept = builder.add_state({1, 1, 2});
  const TensorId one = builder.add_state({1, 1, 2});
  const TensorId other = builder.add_state({1, 2, 1});
  const TensorId sum = builder.add(builder.input(), kept, Activation::none);
  builder.assign(one, sum);
  builder.assign(other, sum);
  const QuantisedNetwork network = random_numbers(std::move(builder).build(), 3);
  EXPECT_EQ(network.network.layers().size(), 2U) << "the second of them is a copy";
  const HostRun run = run_on_host(network, compile(network), {{1, 2}, {3, 4}, {5, 6}, {7, 8}});
  EXPECT_THAT(run.states[0], ElementsAre(3, 4));
  EXPECT_EQ(run.states[1], run.outputs[0]);
  EXPECT_EQ(run.states[2], run.outputs[0]);
}

TEST(States, ExchangesAndOtherSizesAreRefused) {
  NetworkBuilder builder({1, 1, 2});
  const TensorId a = builder.add_state({1, 1, 2});
  const TensorId b = builder.add_state({1, 1, 2});
  const TensorId sum = builder.add(a, b, Activation::none);
  const TensorId both = builder.concatenation(sum, sum);
  EXPECT_THAT(message_of([&] { builder.assign(a, both); }),
              HasSubstr("a state of 2 elements is assigned 4"));
  builder.assign(a, b);
  builder.assign(b, a);
  EXPECT_THAT(message_of([&] { (void)std::move(builder).build(); }),
              HasSubstr("two states exchange their values"));
}

TEST(States, QuantisationAndInitialValuesAreChecked) {
  const auto refusal = [](const auto& change) {
    QuantisedNetwork network = random_numbers(streaming_conv(), 1);
    change(network);
    return message_of([&] { (void)compile(network); });
  };
  EXPECT_THAT(refusal([](QuantisedNetwork& n) { n.tensors[3].zero_point ^= 1; }),
              HasSubstr("state t1 ("));
  EXPECT_THAT(refusal([](QuantisedNetwork& n) { n.initial_states.clear(); }),
              HasSubstr("0 states have initial values; expected 1"));
  EXPECT_THAT(refusal([](QuantisedNetwork& n) { n.initial_states[0].pop_back(); }),
              HasSubstr("state t1: 7 initial values; expected 8"));
}

TEST(States, FirstRunStartsFromTheInitialValues) {
  const QuantisedNetwork network = random_numbers(streaming_conv(), 2);
  const CompiledNetwork compiled = compile(network);
  std::vector<std::int8_t> input(4);
  opline_fill_input(7, input.data(), 4);
  const HostRun expected = run_on_host(network, compiled, {input, network.initial_states[0]});
  const HostRun first = run_first(network, compiled, 7);
  EXPECT_EQ(first.digests, expected.digests);
  EXPECT_EQ(output_digest(first), opline_crc32(0, expected.outputs[0].data(), 5));
  EXPECT_NE(first.digests, compile(network, 7).digests) << "a device sets states from the seed";
}

}  // namespace
}  // namespace opline::network
