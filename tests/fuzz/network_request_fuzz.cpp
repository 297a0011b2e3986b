// Fuzz target: a line that names a network is refused with its place, or has layers that can be
// counted.
#include <string>

#include "src/costmodel/network_request.h"
#include "src/network/layer_work.h"
#include "tests/fuzz/fuzz_driver.h"

namespace opline::fuzz {

Corpus corpus() {
  return {
      .seeds = {R"({"ops": 12345678, "name": "a"})", R"({"architecture": "conv1=84 b=skip"})",
                R"({"layers": [{"type": "conv2d", "input": [25, 5, 64],
                        "output": [25, 5, 84], "kernel": [1, 1], "stride": [1, 1],
                        "padding": "same", "activation": "relu"}, {"type": "softmax",
                        "input": [1, 1, 12], "output": [1, 1, 12]}]})"},
      .fragments = {"null", "0", "-1", "65535", "65536", "1e308", "1e999", "[]", "{}", "\"add\"",
                    "18446744073709551616", "\"\\u0000\"", "\"\xff\"", "[[[[", "true", ","},
      .binary = true};
}

}  // namespace opline::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace opline;
  const std::string text(reinterpret_cast<const char*>(data), size);
  try {
    const costmodel::NetworkRequest request = costmodel::read_network_request(text, "in.jsonl:1");
    (void)costmodel::ops_of(request.layers);
    for (const network::Layer& layer : request.layers) (void)network::signature_of(layer);
  } catch (const Error& error) {
    fuzz::expect_refusal(error, "in.jsonl:1:");
  }
  return 0;
}
