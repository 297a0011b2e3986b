// Fuzz target: the weights of a prior are refused with their place, or can be drawn from.
#include <string>

#include "sampler/draw/distribution.h"
#include "sampler/draw/sample.h"
#include "tests/fuzz/fuzz_driver.h"
#include "tests/fuzz/toml_corpus.h"

namespace opline::fuzz {
namespace {

const sampler::Space& space() {
  static const sampler::Space kSpace = sampler::load_space("tiny");
  return kSpace;
}

}  // namespace
}  // namespace opline::fuzz

namespace opline::fuzz {

Corpus corpus() {
  Corpus all{.seeds = {}, .fragments = kTomlFragments};
  const std::string head = "format = \"opline-weights\"\nversion = 1\ntitle = \"t\"\n[weights]\n";
  std::string every;
  for (const sampler::Decision& decision : space().decisions) {
    std::string weights;
    for (std::size_t i = 0; i < decision.options.size(); ++i)
      weights += (i == 0 ? "" : ", ") + std::to_string(i + 1);
    every += decision.name + " = [" + weights + "]\n";
  }
  all.seeds = {head + every, head + every.substr(0, every.find(0x0A) + 1)};
  return all;
}

}  // namespace opline::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace opline;
  const std::string text(reinterpret_cast<const char*>(data), size);
  try {
    const sampler::Distribution prior(sampler::parse_weights(text, "input.toml", fuzz::space()));
    const sampler::Sampler sampler(fuzz::space(), prior);
    (void)sampler.draw_many(1, 3);
  } catch (const Error& error) {
    fuzz::expect_refusal(error, "input.toml");
  }
  return 0;
}
