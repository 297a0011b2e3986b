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

/// "an expansion": what a text calls an option of the decision.
std::string_view noun(const Decision& decision) {
  switch (decision.kind) {
    case DecisionKind::width:
      if (decision.name.ends_with(".expansion")) return "an expansion";
      return decision.name.ends_with(".bottleneck") ? "a bottleneck" : "a width";
    case DecisionKind::skip:
      return "keep or skip";
    case DecisionKind::input:
      return "a size";
    case DecisionKind::multiplier:
      return "a percentage";
    case DecisionKind::repeat:
      return "a number of repetitions";
    case DecisionKind::type:
      return "a type";
    case DecisionKind::kernel:
      return "a kernel";
    case DecisionKind::stride:
      return "a stride";
    case DecisionKind::activation:
      return "an activation";
    case DecisionKind::ratio:
      return "a ratio";
    case DecisionKind::dilation:
      return "a dilation";
    case DecisionKind::groups:
      return "a number of groups";
    case DecisionKind::depth_multiplier:
      return "a depth multiplier";
    case DecisionKind::squeeze_excite:
      return "a percentage of channels";
  }
  return "an option";
}

/// Reads word by word; says what is wrong with which.
class Parser {
 public:
  explicit Parser(const Space& space)
      : space_(space),
        items_(space.items),
        seen_(items_.size(), false),
        chosen_by_(space.decisions.size(), nullptr) {
    architecture_.options.assign(space.decisions.size(), 0);
  }

  void read(std::string_view word) {
    const std::size_t equals = word.find('=');
    if (equals == word.npos) fail("`{}` is not of the form block=choice", word);
    const std::size_t position = find(word.substr(0, equals));
    if (seen_[position]) fail("{} is there twice; remove one", called(items_[position]));
    seen_[position] = true;
    choose(items_[position], word.substr(equals + 1));
  }

  Architecture finish() && {
    for (std::size_t i = 0; i < items_.size(); ++i) {
      const Item& item = items_[i];
      const bool there = is_there(item, space_, architecture_);
      if (there && !seen_[i]) fail("{} is missing; add {}=...", called(item), item.name);
      if (!there && seen_[i]) {
        const Decision& depth = space_.decisions[item.depth->decision];
        fail("{} is there, but {} is {}; remove it", called(item), depth.name,
             option_text(depth, architecture_.options[item.depth->decision]));
      }
    }
    return canonical(space_, std::move(architecture_));
  }

  template <typename... Args>
  [[noreturn]] void fail(fmt::format_string<Args...> format, Args&&... args) const {
    throw Error(ErrorCode::input, "architecture of {}: {}", space_.name,
                fmt::format(format, std::forward<Args>(args)...));
  }

 private:
  static std::string called(const Item& item) {
    return item.is_block ? "block " + item.name : item.name;
  }

  std::size_t find(std::string_view name) const {
    std::vector<std::string_view> names;
    for (std::size_t i = 0; i < items_.size(); ++i) {
      if (items_[i].name == name) return i;
      names.push_back(items_[i].name);
    }
    fail("`{}` is not a block with a decision; these are: {}", name, fmt::join(names, ", "));
  }

  void choose(const Item& item, std::string_view choice) {
    std::vector<std::string_view> pieces = split(choice, {&kBetweenChoices, 1}, true);
    const bool skipped = item.skip && pieces.front() == "skip";
    if (skipped) {
      architecture_.options[*item.skip] = kSkip;
      pieces.erase(pieces.begin());
    } else if (item.kept.empty()) {
      if (choice != "keep")
        fail("`{}` is not a choice for {}; write keep or skip", choice, called(item));
      return;
    }
    const std::vector<std::size_t>& decisions = skipped ? item.skipped : item.kept;
    if (pieces.size() != decisions.size()) fail_form(item, choice);
    for (std::size_t i = 0; i < decisions.size(); ++i) {
      if (space_.decisions[decisions[i]].kind == DecisionKind::width && !number(pieces[i]))
        fail_form(item, choice);
    }
    for (std::size_t i = 0; i < decisions.size(); ++i)
      choose_option(item, decisions[i], option_of(item, decisions[i], pieces[i]));
  }

  [[noreturn]] void fail_form(const Item& item, std::string_view choice) const {
    std::string what, example;
    for (std::size_t i = 0; i < item.kept.size(); ++i) {
      const Decision& decision = space_.decisions[item.kept[i]];
      if (i > 0) {
        what += i + 1 == item.kept.size() ? " and " : ", ";
        example += kBetweenChoices;
      }
      what += noun(decision);
      example += fmt::format("{}{}", prefix_of(decision.kind), option_text(decision, 0));
    }
    fail("`{}` is not a choice for {}; write {}, as in {}={}{}", choice, called(item), what,
         item.name, example, or_skip(item));
  }

  std::uint16_t option_of(const Item& item, std::size_t number_of_decision,
                          std::string_view piece) const {
    const Decision& decision = space_.decisions[number_of_decision];
    const std::string_view prefix = prefix_of(decision.kind);
    const bool width = decision.kind == DecisionKind::width;
    for (std::size_t i = 0; i < decision.options.size(); ++i) {
      if (width ? number(piece) == decision.options[i]
                : piece.starts_with(prefix) &&
                      piece.substr(prefix.size()) == option_text(decision, i))
        return static_cast<std::uint16_t>(i);
    }
    if (width) {
      fail("{} is not {} of {}; the nearest is {}{}", *number(piece), noun(decision), called(item),
           nearest(decision.options, *number(piece)), or_skip(item));
    }
    fail("`{}` is not {} of {}; write one of {}, as in {}{}{}", piece, noun(decision), called(item),
         options_text(decision), prefix, option_text(decision, 0), or_skip(item));
  }

  void choose_option(const Item& item, std::size_t decision, std::uint16_t option) {
    if (chosen_by_[decision] != nullptr && architecture_.options[decision] != option) {
      const Decision& shared = space_.decisions[decision];
      fail(
          "block {} has the width {}, but block {}, which tie {} binds to it, has {}; write the "
          "same",
          item.name, option_text(shared, option), chosen_by_[decision]->name, stem_of(shared.name),
          option_text(shared, architecture_.options[decision]));
    }
    chosen_by_[decision] = &item;
    architecture_.options[decision] = option;
  }

  static std::string_view stem_of(std::string_view name) { return name.substr(0, name.rfind('.')); }

  static std::string_view or_skip(const Item& item) { return item.skip ? ", or skip" : ""; }

  const Space& space_;
  const std::vector<Item>& items_;
  std::vector<bool> seen_;  ///< By item.
  /// By decision: the item that gave it its option.
  std::vector<const Item*> chosen_by_;
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
