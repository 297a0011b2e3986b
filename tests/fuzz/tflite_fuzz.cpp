// Fuzz target: a .tflite file is refused with its name, or becomes a network that can be written
// and read again.
#include <string>

#include "src/base/error.h"
#include "src/tflite/from_tflite.h"
#include "src/tflite/to_tflite.h"
#include "tests/fuzz/fuzz_driver.h"
#include "tests/network/example_networks.h"
#include "tests/tflite/random_numbers.h"

namespace opline::fuzz {
namespace {

std::string file_of(const network::Network& network, std::uint64_t seed) {
  const std::vector<std::uint8_t> bytes =
      tflite::to_tflite(tflite_test::random_numbers(network, seed));
  return {bytes.begin(), bytes.end()};
}

network::Network two_layers() {
  network::NetworkBuilder builder({2, 3, 2});
  const auto sum = builder.add(0, 0, network::Activation::relu);
  builder.fully_connected(sum, 3, network::Activation::none);
  return std::move(builder).build();
}

/// Fully connected layers whose outputs are read as maps: RESHAPE.
network::Network reshaped() {
  network::NetworkBuilder builder({1, 1, 4});
  const auto dense = builder.fully_connected(0, 4, network::Activation::relu6);
  const auto map =
      builder.conv2d(dense, 2, {1, 1, 1, 1, network::Padding::valid}, network::Activation::none);
  builder.softmax(map);
  return std::move(builder).build();
}

/// The operators with constants that say how they work.
network::Network shaped() {
  network::NetworkBuilder builder({3, 2, 2});
  const auto padded = builder.pad(0, {1, 0, 2, 1});
  const auto pooled = builder.max_pool_2d(padded, {2, 2, 1, 1, network::Padding::same});
  builder.mean(builder.concatenation(padded, pooled));
  return std::move(builder).build();
}

void use(const network::QuantisedNetwork& network) {
  const network::QuantisedNetwork again =
      tflite::from_tflite(tflite::to_tflite(network), "again.tflite");
  // An input that is reshaped before all else begins with its new shape.
  const network::QuantisedNetwork third =
      tflite::from_tflite(tflite::to_tflite(again), "third.tflite");
  require(third.network.canonical_text() == again.network.canonical_text(),
          "written and read: layers");
  require(third.network.layers().size() == network.network.layers().size(),
          "written and read: number of layers");
  require(again.tensors == network.tensors, "written and read: tensors");
  require(again.constants == network.constants, "written and read: constants");
  require(again.initial_states == network.initial_states, "written and read: states");
}

}  // namespace

Corpus corpus() {
  // Offsets of vtables, counts, operator codes, types; and what opens a file.
  return {.seeds = {file_of(network::every_layer(), 1), file_of(two_layers(), 2),
                    file_of(reshaped(), 3), file_of(shaped(), 4),
                    file_of(network::every_variant(), 5), file_of(network::gated(), 6),
                    file_of(network::two_ends(), 7), file_of(network::streaming_conv(), 8)},
          .fragments = {"TFL3", std::string("\x04\0\0\0", 4), std::string("\x01\0\0\0\0\0\0\0", 8),
                        std::string("\xff\xff\xff\xff", 4), std::string("\x09", 1),
                        std::string("\0\0\x80\x7f", 4)},
          .binary = true};
}

}  // namespace opline::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace opline;
  try {
    fuzz::use(tflite::from_tflite({data, size}, "input.tflite"));
  } catch (const Error& error) {
    if (error.code() != ErrorCode::input) throw;
    fuzz::require(std::string_view(error.what()).starts_with("input.tflite: "),
                  "an error names its file");
  }
  return 0;
}
