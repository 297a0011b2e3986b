#include "src/report/sample_summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "src/base/counted.h"
#include "src/base/printable.h"
#include "src/base/units.h"
#include "src/report/campaign_report.h"

namespace opline::report {
namespace {

struct Quantile {
  const char* name;  ///< In text.
  const char* key;   ///< In JSON.
  double share;
};
constexpr std::array<Quantile, 9> kQuantiles = {{{"min", "min", 0},
                                                 {"1 %", "q01", 0.01},
                                                 {"5 %", "q05", 0.05},
                                                 {"25 %", "q25", 0.25},
                                                 {"median", "median", 0.5},
                                                 {"75 %", "q75", 0.75},
                                                 {"95 %", "q95", 0.95},
                                                 {"99 %", "q99", 0.99},
                                                 {"max", "max", 1}}};

std::vector<std::uint64_t> quantiles_of(std::vector<std::uint64_t> values) {
  std::sort(values.begin(), values.end());
  std::vector<std::uint64_t> result;
  result.reserve(kQuantiles.size());
  for (const Quantile& quantile : kQuantiles) {
    result.push_back(
        values[static_cast<std::size_t>(quantile.share * static_cast<double>(values.size() - 1))]);
  }
  return result;
}

Json json_of(const std::vector<std::uint64_t>& quantiles) {
  Json json;
  for (std::size_t i = 0; i < kQuantiles.size(); ++i) json[kQuantiles[i].key] = quantiles[i];
  return json;
}

}  // namespace

SampleSummary summarise(const campaign::Query& query, const sampler::Shard& shard, unsigned threads,
                        const std::function<void(std::uint64_t, std::uint64_t)>& progress) {
  const sampler::Sampler sampler(query.space, query.prior, threads);
  SampleSummary summary;
  summary.space = query.space.name;
  summary.prior = sampler.name();
  summary.seed = query.seed;
  summary.constrained = !query.prior.constraint.is_empty();
  summary.draws = shard.share(query.count);
  if (const auto networks = sampler.networks()) summary.networks = networks->str();
  if (summary.draws == 0) return summary;
  std::vector<std::uint64_t> ops;
  std::vector<std::uint64_t> parameters;
  for (const sampler::Sampler::Counted& one :
       sampler.count_many(query.seed, summary.draws, shard, threads, progress)) {
    summary.tries += one.tries;
    ops.push_back(one.ops.ops());
    parameters.push_back(one.ops.parameters);
  }
  summary.ops = quantiles_of(std::move(ops));
  summary.parameters = quantiles_of(std::move(parameters));
  return summary;
}

std::string in_words(const SampleSummary& summary) {
  std::string text =
      fmt::format("{}, prior {}, seed {}: {}\n", printable(summary.space), printable(summary.prior),
                  summary.seed, counted(summary.draws, "draw"));
  if (!summary.networks.empty())
    text += fmt::format("drawn from {} network{}\n", summary.networks,
                        summary.networks == "1" ? "" : "s");
  if (summary.draws == 0) return text;
  if (summary.constrained) text += acceptance_text(summary.draws, summary.tries) + "\n";
  text += fmt::format("\n{:<11}", "");
  for (const Quantile& quantile : kQuantiles) text += fmt::format("{:>11}", quantile.name);
  text += fmt::format("\n{:<11}", "ops");
  for (const std::uint64_t ops : summary.ops) text += fmt::format("{:>11}", format_ops(ops));
  text += fmt::format("\n{:<11}", "parameters");
  for (const std::uint64_t parameters : summary.parameters)
    text += fmt::format("{:>11}", parameters);
  return text + "\n";
}

Json to_json(const SampleSummary& summary) {
  Json json = {{"space", summary.space}, {"prior", summary.prior}, {"seed", summary.seed}};
  json["networks"] = summary.networks.empty() ? Json(nullptr) : Json(summary.networks);
  json["sampling"] =
      summary.draws == 0 ? Json(nullptr) : acceptance_json(summary.draws, summary.tries);
  json["ops"] = summary.draws == 0 ? Json(nullptr) : json_of(summary.ops);
  json["parameters"] = summary.draws == 0 ? Json(nullptr) : json_of(summary.parameters);
  return json;
}

}  // namespace opline::report
