#include <fmt/ostream.h>

#include <ostream>

#include "src/base/error.h"
#include "src/base/json.h"
#include "src/base/units.h"
#include "src/campaign/draw.h"
#include "src/cli/campaign_options.h"
#include "src/cli/options.h"
#include "src/cli/progress.h"
#include "src/report/campaign_report.h"
#include "src/report/sample_summary.h"

namespace opline::cli {
namespace {

/// Prints draws one by one, as lines or as the elements of a JSON list.
class SamplePrinter {
 public:
  SamplePrinter(std::ostream& out, bool json) : out_(out), json_(json) {}

  void print(std::uint64_t index, const std::string& architecture,
             const campaign::Candidate& candidate) {
    const network::Footprint& footprint = candidate.layout.footprint;
    if (!json_) {
      fmt::print(out_, "{:>6}  {:>10}  flash {:>9}  SRAM {:>9}  {}\n", index,
                 format_ops(candidate.ops.ops()), format_bytes(footprint.flash_bytes()),
                 format_bytes(footprint.arena_bytes), architecture);
      return;
    }
    const Json one = {{"index", index},
                      {"architecture", architecture},
                      {"network", candidate.id},
                      {"macs", candidate.ops.macs},
                      {"ops", candidate.ops.ops()},
                      {"parameters", candidate.ops.parameters},
                      {"flash_bytes", footprint.flash_bytes()},
                      {"sram_bytes", footprint.arena_bytes}};
    const std::string list = to_text(Json::array({one}));  // "[\n  {...}\n]\n"
    fmt::print(out_, "{}{}", printed_++ == 0 ? "[\n" : ",\n", list.substr(2, list.size() - 5));
  }

  void end() {
    if (json_) out_ << (printed_ == 0 ? "[]\n" : "\n]\n");
  }

 private:
  std::ostream& out_;
  bool json_;
  std::uint64_t printed_ = 0;
};

}  // namespace

int sample_verb(const std::vector<std::string>& arguments, Console& console) {
  Options options(
      "sample",
      "Draw architectures from a search space and print their ops, parameters, flash and SRAM;\n"
      "nothing is measured or stored. Sample i of a seed is always the same, whatever --count,\n"
      "--threads and --shard are.",
      "opline sample --space kws --count 5\n"
      "opline sample --space kws --count 1000 --seed 7 --json\n"
      "opline sample --space kws --prior uniform-networks --ops 5M..30M --fits nucleo-f446re "
      "--count 1000000 --summary");
  add_query_options(options, "10");
  add_shard_option(options, "print only part K of N: the samples i with i mod N = K-1");
  options.flag("summary",
               "print quantiles of ops and parameters instead of the draws; about a million draws "
               "per second and core");
  options.value("threads", "N", "threads; 0 = one per core", "0");
  options.flag("json", "print JSON");
  options.exits({static_cast<int>(ErrorCode::missing_tool), static_cast<int>(ErrorCode::input),
                 static_cast<int>(ErrorCode::io)});
  if (!options.parse(arguments, console)) return 0;

  const campaign::Query query = query_of(options);
  const sampler::Shard shard = shard_of(options);
  if (options.has("summary")) {
    Progress progress(console, "drawing");
    const report::SampleSummary summary = report::summarise(
        query, shard, threads_of(options),
        [&](std::uint64_t done, std::uint64_t total) { progress.update(done, total); });
    console.out << (options.has("json") ? to_text(to_json(summary)) : in_words(summary));
    return 0;
  }
  const auto source = source_with_progress(query, threads_of(options), shard, console);
  SamplePrinter printer(console.out, options.has("json"));
  std::uint64_t tries = 0;
  source->each_block(0, [&](std::uint64_t first, const campaign::Drawn& block) {
    tries += block.tries;
    for (std::size_t i = 0; i < block.architectures.size(); ++i)
      printer.print(shard.index(first + i), block.architectures[i],
                    block.networks[block.network_of[i]]);
  });
  printer.end();
  if (source->constrained() && source->count() != 0)
    fmt::print(console.err, "{}\n", report::acceptance_text(source->count(), tries));
  return 0;
}

}  // namespace opline::cli
