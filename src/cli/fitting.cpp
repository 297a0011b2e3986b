#include "src/cli/fitting.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <functional>
#include <set>

#include "sampler/count/network_set.h"
#include "sampler/draw/prior.h"
#include "src/base/digest.h"
#include "src/base/error.h"

namespace opline::cli {
namespace {

/// Energy is fitted where it was measured for at least three networks of different ops.
void fit_energy(FittedSeries& fitted) {
  std::vector<double> ops;
  std::vector<double> joules;
  for (const store::MeasurementRow& row : fitted.series.rows) {
    if (!row.joules) continue;
    ops.push_back(static_cast<double>(row.ops));
    joules.push_back(*row.joules);
  }
  fitted.with_energy = ops.size();
  const bool spread =
      std::adjacent_find(ops.begin(), ops.end(), std::not_equal_to<>()) != ops.end();
  if (ops.size() >= 3 && spread) fitted.energy = analysis::fit_line(ops, joules);
}

void fit(FittedSeries& fitted) {
  for (const store::MeasurementRow& row : fitted.series.rows) {
    if (const std::optional<double> latency = latency_of(row, fitted.series.setup.setup)) {
      fitted.ops.push_back(static_cast<double>(row.ops));
      fitted.seconds.push_back(*latency);
    }
  }
  try {
    fitted.fit = analysis::fit_line(fitted.ops, fitted.seconds);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::input) throw;
    fitted.why_no_fit = error.what();
  }
}

/// Whether every network of the space was drawn and none is pending, so that nothing is left to
/// sample.
bool whole_enumeration(store::Study& study, const store::CampaignRow& campaign,
                       const store::Summary& summary, std::optional<std::int64_t> first_draws) {
  if (!campaign.campaign.seed || summary.pending.networks != 0) return false;
  for (const store::SpaceRow& space : study.spaces()) {
    if (space.id != campaign.campaign.space) continue;
    try {
      const sampler::NetworkSet set(sampler::parse_space(space.text, space.name + ".toml"));
      if (set.size() > campaign.draws) return false;
      std::set<std::string> drawn;
      std::int64_t position = 0;
      for (const store::Draw& draw : study.draws(campaign.key)) {
        if (position++ < first_draws.value_or(campaign.draws)) drawn.insert(draw.network);
      }
      return set.size() == drawn.size();
    } catch (const Error&) {
      return false;  // a space of another opline: then it is a sample as far as we know
    }
  }
  return false;
}

FittedSeries describe(store::Study& study, const store::CampaignRow& campaign,
                      const store::SetupRow& setup, std::optional<std::int64_t> first_draws) {
  FittedSeries fitted;
  fitted.campaign = campaign;
  fitted.series.setup = setup;
  store::Selection selection;
  selection.campaigns = {campaign.key};
  selection.setups = {setup.id};
  selection.first_draws = first_draws;
  std::vector<store::Series> found = study.measurements(selection);
  if (!found.empty()) fitted.series = std::move(found.front());
  fitted.summary = study.summary(campaign.key, setup.id, first_draws);
  fitted.power = study.modelled_power(setup.id);
  fitted.whole_enumeration = whole_enumeration(study, campaign, fitted.summary, first_draws);
  fit(fitted);
  fit_energy(fitted);
  return fitted;
}

/// The prior in a file's name: nothing for the default; a long one, with a constraint, by its first
/// word and a digest.
std::string stem_of_prior(const std::string& prior) {
  if (prior == sampler::to_string(sampler::Prior::uniform_decisions)) return {};
  const std::size_t end = prior.find(' ');
  if (end == std::string::npos) return "-" + prior;
  return "-" + prior.substr(0, end) + "-" + digest(prior).substr(0, 8);
}

std::string safe_file_name(std::string text) {
  for (char& letter : text) {
    const bool plain =
        std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '-' || letter == '_';
    if (!plain) letter = '_';
  }
  return text;
}

/// Names what could have been selected.
[[noreturn]] void nothing_selected(store::Study& study) {
  std::string campaigns;
  for (const store::CampaignRow& row : study.campaigns())
    campaigns += fmt::format("\n  space {}, prior {}{}", row.space_name, row.campaign.prior,
                             row.campaign.seed ? fmt::format(", seed {}", *row.campaign.seed) : "");
  std::string boards;
  for (const store::SetupRow& row : study.setups())
    boards += fmt::format("\n  board {} ({}), setup {}", row.setup.board,
                          to_string(row.setup.runner), row.id);
  throw Error(ErrorCode::usage, "{}: nothing matches the selection; the study holds{}{}",
              study.path().string(),
              campaigns.empty() ? " no campaign: measure one with opline run" : campaigns, boards);
}

}  // namespace

std::optional<double> latency_of(const store::MeasurementRow& row, const measure::Setup& setup) {
  if (row.seconds) return row.seconds;
  if (row.cycles && setup.clock_hz)
    return static_cast<double>(*row.cycles) / static_cast<double>(*setup.clock_hz);
  return std::nullopt;
}

std::string utc_now() {
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(now));
}

std::string FittedSeries::title() const {
  const measure::Setup& setup = series.setup.setup;
  std::string text =
      fmt::format("{} on {} ({}, {}", campaign.space_name, setup.board, to_string(setup.runner),
                  setup.runtime.empty() ? "runtime unknown" : setup.runtime);
  if (campaign.campaign.seed)
    text += fmt::format(", prior {}, seed {}", campaign.campaign.prior, *campaign.campaign.seed);
  return text + fmt::format(", setup {})", series.setup.id.substr(0, 8));
}

std::string FittedSeries::file_stem() const {
  std::string stem = campaign.space_name + "-" + series.setup.setup.board;
  if (campaign.campaign.seed)
    stem +=
        fmt::format("{}-seed{}", stem_of_prior(campaign.campaign.prior), *campaign.campaign.seed);
  return safe_file_name(stem);
}

std::string FittedSeries::boards_file_stem() const {
  std::string stem = campaign.space_name + "-boards";
  if (campaign.campaign.seed) stem += stem_of_prior(campaign.campaign.prior);
  if (campaign.campaign.seed && *campaign.campaign.seed != 1)
    stem += fmt::format("-seed{}", *campaign.campaign.seed);
  return safe_file_name(stem);
}

void add_selection_options(Options& options) {
  options.value("db", "FILE", "the study file");
  options.value("space", "NAME", "only campaigns of this space");
  options.value("prior", "NAME",
                "only campaigns of this prior (its whole name, as titles show it)");
  options.value("seed", "S", "only campaigns of this seed");
  options.value("boards", "NAME,...", "only these boards");
  options.value("setup", "ID",
                "only the setup whose id begins so (titles show the first eight digits)");
}

namespace {

/// What add_selection_options() asked for.
struct Wanted {
  explicit Wanted(const Options& options) : setup(options.optional_text("setup").value_or("")) {
    if (options.has("space")) space = std::filesystem::path(options.text("space")).stem().string();
    if (options.has("prior")) prior = options.text("prior");
    if (options.has("seed")) seed = options.integer("seed");
    if (options.has("boards")) boards = options.list("boards");
  }
  [[nodiscard]] bool has(const store::CampaignRow& campaign) const {
    return (!space || campaign.space_name == *space) &&
           (!prior || campaign.campaign.prior == *prior) &&
           (!seed || campaign.campaign.seed == seed);
  }
  [[nodiscard]] bool has(const store::SetupRow& row) const {
    const bool named =
        boards.empty() || std::count(boards.begin(), boards.end(), row.setup.board) != 0;
    return named && row.id.starts_with(setup);
  }

  std::optional<std::string> space;
  std::optional<std::string> prior;
  std::optional<std::uint64_t> seed;
  std::vector<std::string> boards;
  std::string setup;
};

void require_boards(const std::vector<std::string>& boards,
                    const std::vector<store::SetupRow>& setups, const Options& options) {
  std::set<std::string> known;
  for (const store::SetupRow& row : setups) known.insert(row.setup.board);
  for (const std::string& board : boards) {
    if (!known.contains(board))
      options.fail(fmt::format("--boards: the study has no '{}'; its boards: {}", board,
                               fmt::join(known, ", ")));
  }
}

}  // namespace

std::vector<FittedSeries> fit_study(store::Study& study, const Options& options) {
  const Wanted wanted(options);
  const std::vector<store::SetupRow> setups = study.setups();
  require_boards(wanted.boards, setups, options);
  std::vector<FittedSeries> all;
  for (const store::CampaignRow& campaign : study.campaigns()) {
    if (!wanted.has(campaign)) continue;
    for (const std::string& id : campaign.setups) {
      const auto setup =
          std::find_if(setups.begin(), setups.end(), [&](const auto& row) { return row.id == id; });
      OPLINE_ASSERT(setup != setups.end(), "setup {} of a campaign is not in the study", id);
      if (wanted.has(*setup)) all.push_back(describe(study, campaign, *setup, std::nullopt));
    }
  }
  if (all.empty()) nothing_selected(study);
  return all;
}

std::vector<FittedSeries> fit_campaign(store::Study& study, store::CampaignKey campaign,
                                       const std::vector<std::string>& setups,
                                       std::optional<std::int64_t> first_draws) {
  const std::vector<store::CampaignRow> campaigns = study.campaigns();
  const auto row = std::find_if(campaigns.begin(), campaigns.end(),
                                [&](const auto& c) { return c.key == campaign; });
  OPLINE_ASSERT(row != campaigns.end(), "campaign {} is not in the study", campaign);
  std::vector<FittedSeries> all;
  for (const store::SetupRow& setup : study.setups()) {
    if (std::count(setups.begin(), setups.end(), setup.id) != 0)
      all.push_back(describe(study, *row, setup, first_draws));
  }
  return all;
}

}  // namespace opline::cli
