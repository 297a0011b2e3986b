#include "src/evaluation/table/network_identity.h"

#include <algorithm>
#include <cctype>
#include <span>

#include "src/base/digest.h"
#include "src/base/error.h"
#include "src/base/files.h"
#include "src/base/printable.h"
#include "src/tflite/from_tflite.h"

namespace opline::evaluation {
namespace {

constexpr std::size_t kIdDigits = 32;
// XXH64 has 16 digits, SHA-512 128.
constexpr std::size_t kFewestDigits = 16;
constexpr std::size_t kMostDigits = 128;

bool is_hexadecimal(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; });
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

}  // namespace

Result<std::string> parse_network_id(std::string_view text) {
  if (text.size() == kIdDigits && is_hexadecimal(text)) return lower(text);
  return NoValue(
      "is `{}`, not the id of a network: 32 hexadecimal digits, as exports of opline have",
      printable(text, 40));
}

Result<std::string> network_id_of_tflite(std::string_view text,
                                         const std::filesystem::path& folder) {
  if (text.size() >= kFewestDigits && text.size() <= kMostDigits && is_hexadecimal(text))
    return digest("tflite file " + lower(text));
  if (!text.ends_with(".tflite"))
    return NoValue(
        "is `{}`, neither a .tflite file nor a digest of one (16 to 128 hexadecimal "
        "digits)",
        printable(text, 40));
  const std::filesystem::path path = folder / std::filesystem::path(text);
  try {
    const std::string bytes = read_file(path);
    const std::span<const std::uint8_t> view(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                             bytes.size());
    return tflite::from_tflite(view, path.string()).network.id();
  } catch (const Error& error) {
    return NoValue("names a file that is not a network: {}", error.what());
  }
}

}  // namespace opline::evaluation
