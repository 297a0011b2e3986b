// From the text of an architecture to its options.
#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <optional>

#include "sampler/space/architecture.h"
#include "sampler/space/architecture_parts.h"
#include "src/base/error.h"

namespace opline::sampler {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

/// The pieces between any of `separators`; empty ones too where `keep_empty`.
std::vector<std::string_view> split(std::string_view text, std::string_view separators,
                                    bool keep_empty) {
  std::vector<std::string_view> pieces;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find_first_of(separators, begin), text.size());
    if (keep_empty || end > begin) pieces.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return pieces;
}

std::optional<int> number(std::string_view text) {
  int value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

int nearest(const std::vector<int>& options, int width) {
  return *std::min_element(options.begin(), options.end(), [width](int a, int b) {
    return std::abs(std::int64_t{a} - width) < std::abs(std::int64_t{b} - width);
  });
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
  explicit Parser(const Space& space)
      : space_(space), seen_(space.blocks.size(), false), chosen_by_(space.decisions.size()) {
    architecture_.options.assign(space.decisions.size(), 0);
  }

  void read(std::string_view word) {
    const std::size_t equals = word.find('=');
    if (equals == word.npos) fail("`{}` is not of the form block=choice", word);
    const std::size_t position = find(word.substr(0, equals));
    if (seen_[position]) fail("block {} is there twice; remove one", space_.blocks[position].name);
    seen_[position] = true;
    choose(position, word.substr(equals + 1));
  }

  Architecture finish() && {
    for (std::size_t i = 0; i < space_.blocks.size(); ++i) {
      const Block& block = space_.blocks[i];
      if (has_decision(block) && !seen_[i])
        fail("block {} is missing; add {}=...", block.name, block.name);
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
    fail("`{}` is not a block with a decision; these are: {}", name, names_with_decisions(space_));
  }

  void choose(std::size_t position, std::string_view choice) {
    const Block& block = space_.blocks[position];
    const std::vector<std::size_t> decisions = width_decisions(block);
    if (block.skip && choice == "skip") {
      architecture_.options[*block.skip] = kSkip;
    } else if (!decisions.empty()) {
      choose_widths(position, decisions, choice);
    } else if (choice != "keep") {
      fail("`{}` is not a choice for block {}; write keep or skip", choice, block.name);
    }
  }

  void choose_widths(std::size_t position, const std::vector<std::size_t>& decisions,
                     std::string_view choice) {
    const Block& block = space_.blocks[position];
    std::vector<int> widths;
    for (const std::string_view piece : split(choice, {&kBetweenWidths, 1}, true)) {
      if (const std::optional<int> width = number(piece))
        widths.push_back(*width);
      else
        fail_form(block, decisions, choice);
    }
    if (widths.size() != decisions.size()) fail_form(block, decisions, choice);
    for (std::size_t i = 0; i < decisions.size(); ++i)
      choose_width(position, decisions[i], widths[i]);
  }

  [[noreturn]] void fail_form(const Block& block, const std::vector<std::size_t>& decisions,
                              std::string_view choice) const {
    std::string example;
    for (const std::size_t decision : decisions) {
      if (!example.empty()) example += kBetweenWidths;
      example += std::to_string(space_.decisions[decision].options.front());
    }
    const char* what = decisions.size() > 1        ? "an expansion and a width"
                       : !block.width.is_decided() ? "an expansion"
                                                   : "a width";
    fail("`{}` is not a choice for block {}; write {}, as in {}={}{}", choice, block.name, what,
         block.name, example, or_skip(block));
  }

  void choose_width(std::size_t position, std::size_t decision, int width) {
    const Block& block = space_.blocks[position];
    const std::vector<int>& options = space_.decisions[decision].options;
    const auto found = std::lower_bound(options.begin(), options.end(), width);
    if (found == options.end() || *found != width) {
      const bool expands = !block.width.is_decided() || decision != block.width.decision;
      fail("{} is not {} of block {}; the nearest is {}{}", width,
           expands ? "an expansion" : "a width", block.name, nearest(options, width),
           or_skip(block));
    }
    const auto option = static_cast<std::uint16_t>(found - options.begin());
    if (chosen_by_[decision] && architecture_.options[decision] != option) {
      fail(
          "block {} has the width {}, but block {}, which tie {} binds to it, has {}; write the "
          "same",
          block.name, width, space_.blocks[*chosen_by_[decision]].name, block.tie,
          options[architecture_.options[decision]]);
    }
    chosen_by_[decision] = position;
    architecture_.options[decision] = option;
  }

  static std::string_view or_skip(const Block& block) { return block.skip ? ", or skip" : ""; }

  const Space& space_;
  std::vector<bool> seen_;  ///< A flag a block.
  /// By decision: the block that gave it its option.
  std::vector<std::optional<std::size_t>> chosen_by_;
  Architecture architecture_;
};

}  // namespace

Architecture parse_architecture(const Space& space, std::string_view text) {
  const std::vector<std::string_view> words = split(text, kBlanks, false);
  Parser parser(space);
  if (space.decisions.empty()) {
    if (words.size() != 1 || words[0] != kFixedText)
      parser.fail("it has no decisions; write {}", kFixedText);
    return {};
  }
  for (const std::string_view word : words) parser.read(word);
  return std::move(parser).finish();
}

}  // namespace opline::sampler
