// Reports of STM32Cube.AI (X-CUBE-AI, ST Edge AI).
#include <cmath>

#include "src/base/error.h"
#include "src/evaluation/logs/log_kinds.h"
#include "src/evaluation/logs/log_lines.h"

namespace opline::evaluation {
namespace {

constexpr double kMostHz = 1e11;
// The report rounds the duration to 1 us and gives the mean of cycles.
constexpr double kSameSeconds = 0.01;

class Reader {
 public:
  explicit Reader(const std::string& file) {
    log_.file = file;
    log_.kind = LogKind::stm32cube_ai;
  }

  void read(std::string_view line) {
    read_tool(line);
    read_device(line);
    if (const auto text = value_of(line, "duration")) read_duration(*text);
    if (const auto text = value_of(line, "CPU cycles")) set(cycles_, leading_number(*text));
    if (const auto text = value_of(line, "macc")) set(macc_, leading_number(*text));
    for (const char* mark : {"macc=", "(macc:", "(complexity:"})
      if (const auto text = after(line, mark)) set(macc_, leading_number(*text));
    for (const char* key : {"model file", "model_file", "model"})
      if (const auto text = value_of(line, key); text && log_.model.empty())
        log_.model = stem(*text);
  }

  BenchmarkLog finish() {
    if (!milliseconds_)
      throw Error(ErrorCode::input,
                  "{}: has no `duration`; give the report of a validation on the target (--mode "
                  "target), not that of analyze or of a validation on the host",
                  log_.file);
    log_.seconds = *milliseconds_ * 1e-3;
    if (macc_ && *macc_ >= 1) log_.macc = static_cast<std::uint64_t>(std::llround(*macc_));
    if (cycles_ && log_.clock_hz) {
      const double seconds = *cycles_ / static_cast<double>(*log_.clock_hz);
      if (std::abs(seconds - log_.seconds) > kSameSeconds * log_.seconds)
        throw Error(ErrorCode::input,
                    "{}: {:.0f} CPU cycles at {} Hz are {:.6g} s, but the duration is {:.6g} s; "
                    "give the whole report, of one network",
                    log_.file, *cycles_, *log_.clock_hz, seconds, log_.seconds);
    }
    return std::move(log_);
  }

 private:
  /// The first stays: reports repeat a figure for layers.
  static void set(std::optional<double>& figure, std::optional<double> value) {
    if (!figure) figure = value;
  }

  void read_duration(std::string_view text) {
    const std::optional<double> value = leading_number(text);
    const std::size_t unit = text.find_first_not_of("0123456789., \t");
    if (!value || !(*value > 0) || unit == std::string_view::npos) return;
    if (text.substr(unit).starts_with("ms")) set(milliseconds_, value);
  }

  /// "STM32Cube.AI v7.3.0", "ST Edge AI Core v2.2.0-20266", "(STM.ai v7.3.0-RC5)".
  void read_tool(std::string_view line) {
    if (!log_.tool.empty()) return;
    for (const char* name : {"STM32Cube.AI", "X-CUBE-AI", "ST Edge AI Core", "STM.ai"}) {
      const auto version = after(line, std::string(name) + " v");
      if (!version || !leading_number(*version)) continue;
      log_.tool = std::string(name) + " " + std::string(word(*version));
      return;
    }
  }

  /// "0x433/STM32F401xD/E @84MHz/84MHz (FPU is present) ...", "device : 0x433 - ... @84/84MHz".
  void read_device(std::string_view line) {
    const auto clock = after(line, "@");
    const std::optional<double> megahertz = clock ? leading_number(*clock) : std::nullopt;
    if (!megahertz || clock->find("MHz") == std::string_view::npos) return;
    const double hertz = *megahertz * 1e6;
    if (!log_.clock_hz && hertz >= 1 && hertz <= kMostHz)
      log_.clock_hz = static_cast<std::uint64_t>(std::llround(hertz));
    const std::size_t id = line.find("0x");
    if (log_.device.empty() && id != std::string_view::npos && id < line.find('@')) {
      std::string_view device = line.substr(id, line.find('@') - id);
      while (!device.empty() && device.back() == ' ') device.remove_suffix(1);
      log_.device = device;
    }
  }

  /// "['/path/kws.tflite']" is "kws".
  static std::string stem(std::string_view path) {
    path = path.substr(path.find_last_of("/\\") + 1);
    path = path.substr(0, path.find_last_of('.'));
    path.remove_prefix(std::min(path.find_first_not_of("[' \""), path.size()));
    return std::string(path);
  }

  BenchmarkLog log_;
  std::optional<double> milliseconds_, cycles_, macc_;
};

}  // namespace

bool is_stm32cube_ai(const std::string& text) {
  bool found = false;
  each_line(text, [&](std::string_view line, std::size_t) {
    found = found || value_of(line, "macc") || value_of(line, "cycles/MACC") ||
            line.find("macc=") != std::string_view::npos;
  });
  return found;
}

BenchmarkLog parse_stm32cube_ai(const std::string& text, const std::string& file) {
  Reader reader(file);
  each_line(text, [&](std::string_view line, std::size_t) { reader.read(line); });
  return reader.finish();
}

}  // namespace opline::evaluation
