#include "src/cli/space_check.h"

#include <fmt/ostream.h>

#include <algorithm>
#include <optional>
#include <ostream>

#include "runners/simulated_board.h"
#include "sampler/draw/sample.h"
#include "sampler/draw/space_view.h"
#include "sampler/space/decode.h"
#include "sampler/space/space_mistakes.h"
#include "src/base/error.h"
#include "src/base/files.h"
#include "src/base/json.h"
#include "src/base/printable.h"
#include "src/base/units.h"
#include "src/board/board.h"
#include "src/cli/unreadable.h"
#include "src/network/compile.h"
#include "src/report/space_report.h"

namespace opline::cli {
namespace {

constexpr std::uint64_t kSamples = 5;
constexpr std::uint64_t kSeed = 1;
constexpr std::size_t kLongestMistake = 4000;

struct NamedLimits {
  std::string board;
  network::DeviceLimits limits;
};

/// The boards that can be simulated. Names the others on `console.err`, those whose image was not
/// built in one line.
std::vector<NamedLimits> known_boards(Console& console) {
  std::vector<NamedLimits> boards;
  std::vector<std::string> without_image;
  for (const std::string& name : board::board_names()) {
    try {
      boards.push_back({name, runners::SimulatedBoard::load(name).limits()});
    } catch (const Error& error) {
      if (error.code() == ErrorCode::missing_tool) {
        without_image.push_back(name);
      } else {
        (void)report_unreadable({UnreadableFile{name, error.what()}}, console);
      }
    }
  }
  if (!without_image.empty())
    fmt::print(console.err,
               "opline: the firmware images of {} are missing, so that it is not known what fits "
               "them; build opline with arm-none-eabi-gcc, or reinstall it\n",
               fmt::join(without_image, ", "));
  return boards;
}

struct CheckedSample {
  std::string architecture;
  std::uint64_t ops = 0;
  network::Footprint footprint;
  std::optional<std::vector<std::string>> fits;  ///< Boards; none where no board is known.
};

std::vector<CheckedSample> samples_of(const sampler::Space& space, Console& console) {
  const std::vector<NamedLimits> boards = known_boards(console);
  std::vector<CheckedSample> samples;
  for (std::uint64_t i = 0; i < kSamples; ++i) {
    const sampler::Architecture drawn =
        sampler::sample(space, sampler::Prior::uniform_decisions, kSeed, i);
    const network::Network network = sampler::decode(space, drawn);
    const network::Layout layout = network::lay_out(network);
    CheckedSample sample{sampler::to_text(space, drawn), network::total_ops(network).ops(),
                         layout.footprint, std::nullopt};
    for (const NamedLimits& board : boards) {
      if (!sample.fits) sample.fits.emplace();
      if (!network::reason_not_to_run(layout, board.limits)) sample.fits->push_back(board.board);
    }
    samples.push_back(std::move(sample));
  }
  return samples;
}

std::string fits_text(const std::optional<std::vector<std::string>>& boards) {
  if (!boards) return "(unknown: no firmware image)";
  return boards->empty() ? "no board" : fmt::format("{}", fmt::join(*boards, ", "));
}

void print_samples(const std::vector<CheckedSample>& samples, std::ostream& out) {
  fmt::print(out, "\n{} samples of uniform-decisions, seed {}\n", kSamples, kSeed);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const CheckedSample& sample = samples[i];
    fmt::print(out, "{:>3}  {:>10}  flash {:>9}  SRAM {:>9}  fits {}\n     {}\n", i,
               format_ops(sample.ops), format_bytes(sample.footprint.flash_bytes()),
               format_bytes(sample.footprint.arena_bytes), fits_text(sample.fits),
               printable(sample.architecture, kLongestMistake));
  }
}

Json to_json(const std::vector<CheckedSample>& samples) {
  Json json = Json::array();
  for (const CheckedSample& sample : samples)
    json.push_back({{"index", json.size()},
                    {"architecture", sample.architecture},
                    {"ops", sample.ops},
                    {"flash_bytes", sample.footprint.flash_bytes()},
                    {"sram_bytes", sample.footprint.arena_bytes},
                    {"fits", json_or_null(sample.fits)}});
  return json;
}

Json check_json(const std::string& path, const std::vector<std::string>& mistakes,
                const Json& space, const Json& samples) {
  return {{"format", "opline-space-check"}, {"version", 1},   {"file", path},
          {"mistakes", mistakes},           {"space", space}, {"samples", samples}};
}

}  // namespace

int check_space_file(const std::string& name_or_path, bool json, Console& console) {
  const std::vector<std::string> shipped = sampler::space_names();
  const bool named = std::find(shipped.begin(), shipped.end(), name_or_path) != shipped.end();
  const std::string path =
      named ? resource("data/spaces/" + name_or_path + ".toml").string() : name_or_path;
  const std::string text = read_file(path);
  const std::vector<std::string> mistakes = sampler::space_mistakes(text, path);
  if (!mistakes.empty()) {
    if (json) console.out << to_text(check_json(path, mistakes, nullptr, Json::array()));
    for (const std::string& mistake : mistakes)
      fmt::print(console.err, "{}\n", printable(mistake, kLongestMistake));
    fmt::print(console.err, "opline: {}: {} mistake{}\n", path, mistakes.size(),
               mistakes.size() == 1 ? "" : "s");
    return static_cast<int>(ErrorCode::input);
  }
  const sampler::Space space = sampler::parse_space(text, path);
  const sampler::SpaceView view = sampler::view(space);
  const std::vector<CheckedSample> samples = samples_of(space, console);
  if (json) {
    console.out << to_text(check_json(path, {}, sampler::to_json(view), to_json(samples)));
    return 0;
  }
  console.out << report::in_words(view);
  print_samples(samples, console.out);
  return 0;
}

}  // namespace opline::cli
