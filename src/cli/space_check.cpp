#include "src/cli/space_check.h"

#include <fmt/ostream.h>

#include <algorithm>
#include <ostream>

#include "runners/simulated_board.h"
#include "sampler/draw/sample.h"
#include "sampler/draw/space_view.h"
#include "sampler/space/decode.h"
#include "sampler/space/space_mistakes.h"
#include "src/base/error.h"
#include "src/base/files.h"
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

/// The boards that can be simulated. Names the others on `console.err`, apart from those whose
/// image was not built.
std::vector<NamedLimits> known_boards(Console& console) {
  std::vector<NamedLimits> boards;
  for (const std::string& name : board::board_names()) {
    try {
      boards.push_back({name, runners::SimulatedBoard::load(name).limits()});
    } catch (const Error& error) {
      if (error.code() == ErrorCode::missing_tool) continue;
      (void)report_unreadable({UnreadableFile{name, error.what()}}, console);
    }
  }
  return boards;
}

void print_samples(const sampler::Space& space, Console& console) {
  const std::vector<NamedLimits> boards = known_boards(console);
  fmt::print(console.out, "\n{} samples of uniform-decisions, seed {}\n", kSamples, kSeed);
  for (std::uint64_t i = 0; i < kSamples; ++i) {
    const sampler::Architecture drawn =
        sampler::sample(space, sampler::Prior::uniform_decisions, kSeed, i);
    const network::Network network = sampler::decode(space, drawn);
    const network::Layout layout = network::lay_out(network);
    std::vector<std::string> fits;
    for (const NamedLimits& board : boards) {
      if (!network::reason_not_to_run(layout, board.limits)) fits.push_back(board.board);
    }
    fmt::print(console.out, "{:>3}  {:>10}  flash {:>9}  SRAM {:>9}  fits {}\n     {}\n", i,
               format_ops(network::total_ops(network).ops()),
               format_bytes(layout.footprint.flash_bytes()),
               format_bytes(layout.footprint.arena_bytes),
               fits.empty() ? "no board" : fmt::format("{}", fmt::join(fits, ", ")),
               printable(sampler::to_text(space, drawn), kLongestMistake));
  }
}

}  // namespace

int check_space_file(const std::string& name_or_path, Console& console) {
  const std::vector<std::string> shipped = sampler::space_names();
  const bool named = std::find(shipped.begin(), shipped.end(), name_or_path) != shipped.end();
  const std::string path =
      named ? resource("data/spaces/" + name_or_path + ".toml").string() : name_or_path;
  const std::string text = read_file(path);
  const std::vector<std::string> mistakes = sampler::space_mistakes(text, path);
  for (const std::string& mistake : mistakes)
    fmt::print(console.err, "{}\n", printable(mistake, kLongestMistake));
  if (!mistakes.empty()) {
    fmt::print(console.err, "opline: {}: {} mistake{}\n", path, mistakes.size(),
               mistakes.size() == 1 ? "" : "s");
    return static_cast<int>(ErrorCode::input);
  }
  const sampler::Space space = sampler::parse_space(text, path);
  console.out << report::in_words(sampler::view(space));
  print_samples(space, console);
  return 0;
}

}  // namespace opline::cli
