#include "src/report/memory_report.h"

#include <fmt/ostream.h>

#include <cmath>
#include <ostream>

#include "src/base/printable.h"
#include "src/base/units.h"
#include "src/network/op_count.h"
#include "src/tflite/to_tflite.h"

namespace opline::report {
namespace {

std::string in_kibibytes(double bytes) {
  return format_bytes(static_cast<std::uint64_t>(std::llround(bytes)));
}

/// " (counted +1.5 %)"
std::string against(const char* ours, double value, double published) {
  return fmt::format(" ({} {:+.1f} %)", ours, 100 * (value / published - 1));
}

constexpr std::size_t kLongestNote = 400;

}  // namespace

MemoryReport memory_report(const network::QuantisedNetwork& numbers,
                           const std::optional<sampler::PublishedFigures>& published,
                           const std::optional<std::uint64_t>& file_bytes) {
  const network::NetworkOps counted = network::total_ops(numbers.network);
  return {counted.ops(),
          counted.parameters,
          file_bytes ? *file_bytes : tflite::to_tflite(numbers).size(),
          file_bytes.has_value(),
          tflite::tflm_arena(numbers.network),
          published};
}

void print(const MemoryReport& report, std::ostream& out) {
  const auto arena = static_cast<double>(report.arena.bytes());
  fmt::print(out,
             "TensorFlow Lite Micro with CMSIS-NN (estimate): flash {} {}, SRAM {} of arena ({} "
             "persistent)\n",
             in_kibibytes(static_cast<double>(report.tflite_bytes)),
             report.from_file ? "of the file" : "as .tflite", in_kibibytes(arena),
             in_kibibytes(static_cast<double>(report.arena.persistent_bytes)));
  if (!report.published) return;
  const sampler::PublishedFigures& published = *report.published;
  std::vector<std::string> parts;
  if (published.ops)
    parts.push_back(format_ops(static_cast<std::uint64_t>(*published.ops)) +
                    against("counted", static_cast<double>(report.ops), *published.ops));
  if (published.parameters)
    parts.push_back(
        fmt::format("{:.0f} parameters", *published.parameters) +
        against("counted", static_cast<double>(report.parameters), *published.parameters));
  if (published.flash_bytes)
    parts.push_back(
        "flash " + in_kibibytes(*published.flash_bytes) +
        against(".tflite", static_cast<double>(report.tflite_bytes), *published.flash_bytes));
  if (published.sram_bytes)
    parts.push_back("SRAM " + in_kibibytes(*published.sram_bytes) +
                    against("estimate", arena, *published.sram_bytes));
  fmt::print(out, "published: {}; {}{}\n", fmt::join(parts, ", "), printable(published.source),
             published.url.empty() ? "" : fmt::format(" ({})", printable(published.url)));
  if (!published.note.empty()) fmt::print(out, "  {}\n", printable(published.note, kLongestNote));
}

Json to_json(const MemoryReport& report) {
  return {{"estimate", true},
          {"tflite_bytes", report.tflite_bytes},
          {"tflm_arena_bytes", report.arena.bytes()},
          {"tflm_activation_bytes", report.arena.activation_bytes},
          {"tflm_persistent_bytes", report.arena.persistent_bytes}};
}

}  // namespace opline::report
