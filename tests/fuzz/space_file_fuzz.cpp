// Fuzz target: a space file is refused with a place, or everything that can be done with a space
// works; the list of its mistakes has those that loading names, and is empty where loading
// succeeds.
#include <algorithm>
#include <sstream>
#include <string>

#include "sampler/draw/sample.h"
#include "sampler/draw/space_view.h"
#include "sampler/space/decode.h"
#include "sampler/space/space_mistakes.h"
#include "src/base/error.h"
#include "tests/fuzz/fuzz_driver.h"
#include "tests/fuzz/space_corpus.h"
#include "tests/sampler/version_2_spaces.h"

namespace opline::fuzz {
namespace {

void use(const sampler::Space& space) {
  require(!sampler::describe(space).empty(), "a space has a view");
  (void)opline::to_text(sampler::to_json(sampler::view(space)));
  for (std::uint64_t i = 0; i < 3; ++i) {
    const sampler::Architecture drawn =
        sampler::sample(space, sampler::Prior::uniform_decisions, 1, i);
    require(!sampler::decode(space, drawn).layers().empty(), "an architecture decodes");
    require(sampler::parse_architecture(space, sampler::to_text(space, drawn)) == drawn,
            "the text of an architecture is read back as it");
  }
}

}  // namespace

Corpus corpus() {
  Corpus all{.seeds = {}, .fragments = kSpaceFragments};
  for (const std::string& name : sampler::space_names()) {
    all.seeds.push_back(without_comments(sampler::load_space(name).text));
  }
  for (const sampler::Space& space : sampler::version_2_spaces()) all.seeds.push_back(space.text);
  return all;
}

}  // namespace opline::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace opline;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::vector<std::string> mistakes = sampler::space_mistakes(text, "input.toml");
  try {
    fuzz::use(sampler::parse_space(text, "input.toml"));
    fuzz::require(mistakes.empty(), "what is loaded has no mistake");
  } catch (const Error& error) {
    if (error.code() != ErrorCode::input) throw;
    fuzz::require(std::string_view(error.what()).starts_with("input.toml:"),
                  "an error names its place");
    std::istringstream lines(error.what());
    for (std::string line; std::getline(lines, line);)
      fuzz::require(std::count(mistakes.begin(), mistakes.end(), line) == 1,
                    "the mistakes that loading names are in the list");
  }
  return 0;
}
