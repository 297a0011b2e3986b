#include "tests/sampler/random_spaces.h"

#include <fmt/format.h>

#include <optional>
#include <vector>

#include "src/base/error.h"
#include "src/base/random.h"

namespace opline::sampler {
namespace {

class Author {
 public:
  Author(std::uint64_t index, std::uint64_t attempt) : random_(4711, index * 4096 + attempt) {}

  std::string space() {
    std::string text = fmt::format(
        "format = 'opline-space'\nversion = 1\ntitle = 'random'\ninput = [{}, {}, {}]\n",
        3 + random_.below(4), 3 + random_.below(4), 1 + random_.below(4));
    for (std::uint32_t i = 0, count = 1 + random_.below(5); i < count; ++i) text += block(i);
    if (chance(2))
      text += "[[block]]\nname = 'pool'\ntype = 'average_pool_2d'\nkernel = 'global'\n";
    if (chance(2)) text += "[[block]]\nname = 'classes'\ntype = 'fully_connected'\nwidth = 2\n";
    if (chance(3)) text += "[[block]]\nname = 'softmax'\ntype = 'softmax'\n";
    return text;
  }

 private:
  bool chance(std::uint32_t one_in) { return random_.below(one_in) == 0; }
  const char* pick(const std::vector<const char*>& from) {
    return from[random_.below(static_cast<std::uint32_t>(from.size()))];
  }

  std::string block(std::uint32_t number) {
    const std::string type =
        pick({"conv2d", "conv2d", "conv2d", "depthwise_conv2d", "depthwise_separable",
              "depthwise_separable", "inverted_bottleneck", "inverted_bottleneck", "max_pool_2d",
              "average_pool_2d"});
    std::string text =
        fmt::format("[[block]]\nname = 'b{}_'\ntype = '{}'\nkernel = {}\nrepeat = {}\n", number,
                    type, pick({"1", "1", "3", "[2, 1]"}), 1 + random_.below(3));
    if (type.ends_with("pool_2d")) return text + fmt::format("stride = {}\n", pick({"1", "2"}));
    if (chance(4)) text += fmt::format("stride = {}\n", pick({"2", "[1, 2]"}));
    text += fmt::format("activation = '{}'\n", pick({"relu", "relu", "none"}));
    if (!chance(3)) text += "skip = 'identity'\n";
    if (chance(3)) text += "residual = true\n";
    if (type == "inverted_bottleneck" && !chance(3))
      text += fmt::format("expansion = {}\n", pick({"2", "3", "[2, 3]"}));
    if (type != "depthwise_conv2d") text += width();
    return text;
  }

  std::string width() {
    switch (random_.below(5)) {
      case 0:
        return "width = 'same'\n";
      case 1:
        return "width = [2, 3]\n";
      case 2:
        return fmt::format("width = {}\n", pick({"2", "3"}));
      case 3:
        return "width = [2, 3, 4]\ntie = 'g'\n";
      default:
        return "width = [2, 4]\ntie = 'h'\n";
    }
  }

  RandomStream random_;
};

}  // namespace

std::uint64_t count_vectors(const Space& space) {
  std::uint64_t count = 1;
  for (const Decision& decision : space.decisions) count *= decision.options.size();
  return count;
}

Space random_space(std::uint64_t index, std::uint64_t max_vectors) {
  for (std::uint64_t attempt = 0;; ++attempt) {
    try {
      Space space = parse_space(Author(index, attempt).space(), "random.toml");
      if (space.decisions.size() < 20 && count_vectors(space) >= 2 &&
          count_vectors(space) <= max_vectors)
        return space;
    } catch (const Error& error) {
      OPLINE_ASSERT(error.code() == ErrorCode::input, "{}", error.what());  // refused: another one
    }
  }
}

void for_each_vector(const Space& space, const std::function<void(const Architecture&)>& visit) {
  Architecture architecture{std::vector<std::uint16_t>(space.decisions.size(), 0)};
  for (;;) {
    visit(architecture);
    std::size_t i = 0;
    while (i < space.decisions.size() &&
           ++architecture.options[i] == space.decisions[i].options.size()) {
      architecture.options[i++] = 0;
    }
    if (i == space.decisions.size()) return;
  }
}

}  // namespace opline::sampler
