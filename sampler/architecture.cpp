#include "sampler/architecture.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <optional>

#include "src/base/error.h"

namespace opline::sampler {
namespace {

constexpr std::string_view kFixed = "fixed";
constexpr std::string_view kBlanks = " \t\r\n";

bool is_skipped(const Block& block, const Architecture& architecture) {
  return block.skip && architecture.options[*block.skip] == kSkip;
}

bool has_decision(const Block& block) { return block.skip || block.width.kind == Width::Kind::decided; }

void check(const Space& space, const Architecture& architecture) {
  OPLINE_ASSERT(architecture.options.size() == space.decisions.size(),
                "{} options for the {} decisions of {}", architecture.options.size(), space.decisions.size(),
                space.name);
  for (std::size_t i = 0; i < space.decisions.size(); ++i) {
    OPLINE_ASSERT(architecture.options[i] < space.decisions[i].options.size(), "option {} of {}",
                  architecture.options[i], space.decisions[i].name);
  }
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  for (std::size_t begin = text.find_first_not_of(kBlanks); begin != text.npos;) {
    const std::size_t end = std::min(text.find_first_of(kBlanks, begin), text.size());
    words.push_back(text.substr(begin, end - begin));
    begin = text.find_first_not_of(kBlanks, end);
  }
  return words;
}

std::string names_with_decisions(const Space& space) {
  std::vector<std::string_view> names;
  for (const Block& block : space.blocks) {
    if (has_decision(block)) names.push_back(block.name);
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

/// Reads word by word; says what is wrong with which.
class Parser {
 public:
  explicit Parser(const Space& space) : space_(space), seen_(space.blocks.size(), false) {
    architecture_.options.assign(space.decisions.size(), 0);
  }

  void read(std::string_view word) {
    const std::size_t equals = word.find('=');
    if (equals == word.npos) fail("`{}` is not of the form block=choice", word);
    const std::size_t position = find(word.substr(0, equals));
    if (seen_[position]) fail("block {} is there twice; remove one", space_.blocks[position].name);
    seen_[position] = true;
    choose(space_.blocks[position], word.substr(equals + 1));
  }

  Architecture finish() && {
    for (std::size_t i = 0; i < space_.blocks.size(); ++i) {
      const Block& block = space_.blocks[i];
      if (has_decision(block) && !seen_[i]) fail("block {} is missing; add {}=...", block.name, block.name);
    }
    return std::move(architecture_);
  }

  template <typename... Args>
  [[noreturn]] void fail(fmt::format_string<Args...> format, Args&&... args) const {
    throw Error(ErrorCode::input, "architecture of {}: {}", space_.name,
                fmt::format(format, std::forward<Args>(args)...));
  }

 private:
  std::size_t find(std::string_view name) const {
    for (std::size_t i = 0; i < space_.blocks.size(); ++i) {
      if (space_.blocks[i].name == name && has_decision(space_.blocks[i])) return i;
    }
    fail("`{}` is no block with a decision; there are {}", name, names_with_decisions(space_));
  }

  void choose(const Block& block, std::string_view choice) {
    const bool decides_width = block.width.kind == Width::Kind::decided;
    if (block.skip && choice == "skip") {
      architecture_.options[*block.skip] = kSkip;
    } else if (decides_width) {
      choose_width(block, choice);
    } else if (choice != "keep") {
      fail("`{}` is no choice for block {}; write keep or skip", choice, block.name);
    }
  }

  void choose_width(const Block& block, std::string_view choice) {
    const std::vector<int>& options = space_.decisions[block.width.decision].options;
    int width = 0;
    const auto [end, problem] = std::from_chars(choice.data(), choice.data() + choice.size(), width);
    const bool is_number = problem == std::errc() && end == choice.data() + choice.size();
    const auto found = std::lower_bound(options.begin(), options.end(), width);
    if (is_number && found != options.end() && *found == width) {
      architecture_.options[block.width.decision] = static_cast<std::uint16_t>(found - options.begin());
      return;
    }
    const std::string also = block.skip ? ", or skip" : "";
    if (!is_number)
      fail("`{}` is no choice for block {}; write a width, as in {}={}{}", choice, block.name, block.name,
           options.front(), also);
    fail("{} is no width of block {}; the nearest is {}{}", width, block.name, nearest(options, width), also);
  }

  static int nearest(const std::vector<int>& options, int width) {
    return *std::min_element(options.begin(), options.end(), [width](int a, int b) {
      return std::abs(std::int64_t{a} - width) < std::abs(std::int64_t{b} - width);
    });
  }

  const Space& space_;
  std::vector<bool> seen_;  ///< A flag a block.
  Architecture architecture_;
};

}  // namespace

bool is_active(const Space& space, const Architecture& architecture, std::size_t decision) {
  check(space, architecture);
  OPLINE_ASSERT(decision < space.decisions.size(), "decision {}", decision);
  const Decision& node = space.decisions[decision];
  return node.kind == DecisionKind::skip || !is_skipped(space.blocks[node.block], architecture);
}

Architecture canonical(const Space& space, Architecture architecture) {
  check(space, architecture);
  for (const Block& block : space.blocks) {
    if (block.width.kind == Width::Kind::decided && is_skipped(block, architecture)) {
      architecture.options[block.width.decision] = 0;
    }
  }
  return architecture;
}

std::string to_text(const Space& space, const Architecture& architecture) {
  check(space, architecture);
  std::string text;
  for (const Block& block : space.blocks) {
    if (!has_decision(block)) continue;
    if (!text.empty()) text += ' ';
    text += block.name + '=';
    if (is_skipped(block, architecture)) {
      text += "skip";
    } else if (block.width.kind == Width::Kind::decided) {
      const Decision& width = space.decisions[block.width.decision];
      text += std::to_string(width.options[architecture.options[block.width.decision]]);
    } else {
      text += "keep";
    }
  }
  return text.empty() ? std::string(kFixed) : text;
}

Architecture parse_architecture(const Space& space, std::string_view text) {
  const std::vector<std::string_view> words = words_of(text);
  Parser parser(space);
  if (space.decisions.empty()) {
    if (words.size() != 1 || words[0] != kFixed) parser.fail("it has no decisions; write {}", kFixed);
    return {};
  }
  for (const std::string_view word : words) parser.read(word);
  return std::move(parser).finish();
}

}  // namespace opline::sampler
