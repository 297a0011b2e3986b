#include "tests/fuzz/mutator.h"

#include <algorithm>
#include <array>
#include <sstream>

#include "src/base/error.h"

namespace opline::fuzz {
namespace {

/// Sizes and offsets that arithmetic goes wrong with.
constexpr std::array<std::uint32_t, 8> kWords = {0,           1,           0x7FFF,      0x8000,
                                                 0xFFFF'FFFF, 0x7FFF'FFFF, 0x8000'0000, 0xFFFF};

void write_word(std::string& text, std::size_t at, std::uint32_t word, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes && at + i < text.size(); ++i) {
    text[at + i] = static_cast<char>(word >> (8 * i));  // little-endian
  }
}

}  // namespace

std::string Mutator::mutant() {
  OPLINE_ASSERT(!corpus_.seeds.empty(), "a corpus needs a seed");
  std::string text = corpus_.seeds[pick(corpus_.seeds.size())];
  for (std::uint32_t i = 0, count = 1 + random_.below(3); i < count; ++i)
    text = once(std::move(text));
  return text;
}

std::string Mutator::mutate(std::string text) {
  for (std::uint32_t i = 0, count = 1 + random_.below(2); i < count; ++i)
    text = once(std::move(text));
  return text;
}

std::string Mutator::once(std::string text) {
  if (text.empty()) return text;
  return corpus_.binary ? damage_bytes(std::move(text)) : damage_text(std::move(text));
}

std::string Mutator::damage_text(std::string text) {
  switch (random_.below(4)) {
    case 0: {  // a byte
      text[pick(text.size())] = static_cast<char>(random_.below(256));
      return text;
    }
    case 1: {  // a piece out
      const std::size_t begin = pick(text.size());
      return text.erase(begin, 1 + pick(40));
    }
    case 2: {  // a line again, elsewhere
      const std::size_t begin = text.rfind('\n', pick(text.size())) + 1;
      const std::string line = text.substr(begin, text.find('\n', begin) - begin) + "\n";
      return text.insert(text.rfind('\n', pick(text.size())) + 1, line);
    }
    default: {  // another value
      const std::size_t equals = text.find('=', pick(text.size()));
      if (equals == text.npos || corpus_.fragments.empty()) return text;
      const std::size_t end = std::min(text.find('\n', equals), text.size());
      return text.replace(equals + 1, end - equals - 1,
                          " " + corpus_.fragments[pick(corpus_.fragments.size())]);
    }
  }
}

std::string Mutator::damage_bytes(std::string text) {
  const std::size_t at = pick(text.size());
  switch (random_.below(7)) {
    case 0:  // a byte
      text[at] = static_cast<char>(random_.below(256));
      return text;
    case 1:  // a bit
      text[at] = static_cast<char>(text[at] ^ (1 << random_.below(8)));
      return text;
    case 2:  // a word, where words start
      write_word(text, at & ~std::size_t{3}, kWords[pick(kWords.size())], 4);
      return text;
    case 3:  // a small word: an offset or a count that is a little off
      write_word(text, at & ~std::size_t{1}, random_.below(64), random_.below(2) == 0 ? 2 : 4);
      return text;
    case 4:  // the end is missing
      return text.substr(0, at);
    case 5: {  // a piece copied over another
      const std::size_t from = pick(text.size());
      const std::size_t bytes =
          std::min<std::size_t>(1 + pick(64), text.size() - std::max(at, from));
      return text.replace(at, bytes, text.substr(from, bytes));
    }
    default:  // something that means something
      if (corpus_.fragments.empty()) return text;
      return text.insert(at, corpus_.fragments[pick(corpus_.fragments.size())]);
  }
}

std::string without_comments(const std::string& text) {
  std::istringstream lines(text);
  std::string line;
  std::string result;
  while (std::getline(lines, line)) {
    line = line.substr(0, line.find('#'));
    if (!line.empty()) result += line + "\n";
  }
  return result;
}

}  // namespace opline::fuzz
