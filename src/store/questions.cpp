// Study: listings, measurements and sums.
#include <algorithm>
#include <limits>
#include <map>

#include "src/base/digest.h"
#include "src/base/json.h"
#include "src/store/study_impl.h"

namespace opline::store {
namespace {

using measure::OutcomeKind;

// Measurements under setup ?3 of networks that `chosen` has: those drawn by the campaigns of the
// JSON list ?1, in their first ?2 draws. A network's first draw has the smallest (campaign,
// position).
constexpr const char* kMeasurements = R"sql(
WITH chosen AS (
  SELECT d.network, count(*) AS draws, d.architecture, min((d.campaign << 32) | d.position) AS first
  FROM draws d
  WHERE d.campaign IN (SELECT value FROM json_each(?1)) AND d.position < ?2
  GROUP BY d.network)
SELECT n.id, n.ops, n.macs, n.parameters, n.layer_count, o.cycles, o.seconds, o.joules,
  chosen.draws, chosen.architecture, n.key, o.key, n.activation_bytes
FROM chosen CROSS JOIN outcomes o ON o.setup = ?3 AND o.network = chosen.network
  JOIN networks n ON n.key = o.network
WHERE o.kind = 'measured' ORDER BY chosen.first
)sql";

// The same of every network, whether a campaign drew it or not.
constexpr const char* kAllMeasurements = R"sql(
WITH chosen AS (
  SELECT d.network, count(*) AS draws, d.architecture, min((d.campaign << 32) | d.position) AS first
  FROM draws d GROUP BY d.network)
SELECT n.id, n.ops, n.macs, n.parameters, n.layer_count, o.cycles, o.seconds, o.joules,
  ifnull(chosen.draws, 0), chosen.architecture, n.key, o.key, n.activation_bytes
FROM outcomes o JOIN networks n ON n.key = o.network LEFT JOIN chosen ON chosen.network = o.network
WHERE o.setup = ? AND o.kind = 'measured'
ORDER BY chosen.first NULLS LAST, n.key
)sql";

constexpr const char* kFailures = R"sql(
SELECT n.id, d.architecture, count(*), n.ops, o.kind, o.reason, min(d.position) AS first
FROM draws d JOIN networks n ON n.key = d.network JOIN outcomes o ON o.network = d.network
WHERE d.campaign = ?1 AND o.setup = ?2 AND o.kind <> 'measured'
GROUP BY d.network ORDER BY first
)sql";

struct KeyedSetup {
  std::int64_t key;
  SetupRow row;
};

SetupRow read_setup(const Statement& row) {
  const std::string id = row.text(0);
  const auto parse = [&](const std::string& text) {
    if (digest(text) != id) throw Error(ErrorCode::input, "is not what the id is the digest of");
    return measure::Setup::from_json(parse_json(text, "setup"));
  };
  return {id, row.parsed(1, parse)};
}

std::vector<KeyedSetup> read_setups(Connection& connection, const Selection& selection) {
  std::vector<KeyedSetup> result;
  Statement rows = connection.query("SELECT id, json, key FROM setups ORDER BY key");
  rows.with();
  while (rows.next()) {
    SetupRow setup = read_setup(rows);
    if (selects(selection, setup)) result.push_back({rows.integer(2), std::move(setup)});
  }
  return result;
}

bool asks_for_campaigns(const Selection& selection) {
  return !selection.campaigns.empty() || selection.space || selection.prior || selection.seed ||
         selection.first_draws;
}

/// The keys of the selected campaigns as a JSON list.
std::string campaign_list(const Selection& selection, const std::vector<CampaignRow>& campaigns) {
  Json list = Json::array();
  for (const CampaignRow& campaign : campaigns) {
    if (selects(selection, campaign)) list.push_back(campaign.key);
  }
  return list.dump();
}

MeasurementRow read_measurement(const Statement& row) {
  MeasurementRow result;
  result.network = row.text(0);
  result.ops = row.positive(1);
  result.macs = row.optional_positive(2);
  result.parameters = row.optional_positive(3);
  result.layer_count = row.optional_positive(4);
  result.cycles = row.optional_positive(5);
  result.seconds = row.optional_positive_number(6);
  result.joules = row.optional_positive_number(7);
  if (result.cycles.has_value() == result.seconds.has_value())
    row.fail(5, "expected either cycles or seconds");
  result.draws = row.integer(8);
  result.architecture = row.optional_text(9).value_or("");
  result.activation_bytes = row.optional_positive(12);
  return result;
}

FitRow read_fit(const Statement& row) {
  const auto json = [](const std::string& text) {
    if (!Json::accept(text)) throw Error(ErrorCode::input, "is not JSON");
    return text;
  };
  NewFit fit{row.parsed(1, json), row.optional_text(2), row.text(3),
             static_cast<std::int64_t>(row.positive(4)), row.parsed(5, json)};
  return {row.text(0), std::move(fit), row.text(6), row.text(7)};
}

void add(Count& sum, const Count& part) {
  sum.draws += part.draws;
  sum.networks += part.networks;
}

/// Counts draws, and networks at their first draw; draws come in order of position.
class SummaryOfDraws {
 public:
  explicit SummaryOfDraws(Part part) : part_(part) {}

  /// Columns: 0 campaign, 1 position, 2 network, 3 kind.
  void add(const Statement& row) {
    if (row.integer(1) != next_++)
      row.fail(1, fmt::format("draw {} of the campaign is missing", next_ - 1));
    const std::uint64_t network = row.positive(2);
    if (network >= seen_.size()) seen_.resize(2 * network + 1);
    if (network >= others_.size()) others_.resize(seen_.size());
    const bool is_first = !seen_[network];
    seen_[network] = true;
    if (is_first) others_[network] = !part_.has(row.integer(1));
    if (others_[network]) return;
    Count& count = row.is_null(3) ? pending_ : count_of(row);
    ++count.draws;
    if (is_first) ++count.networks;
  }

  [[nodiscard]] Summary summary() const {
    Summary result;
    result.pending = pending_;
    store::add(result.drawn, pending_);
    for (const auto& [kind, count] : outcomes_) {
      store::add(result.drawn, count);
      if (kind == OutcomeKind::measured) result.measured = count;
      if (kind != OutcomeKind::does_not_fit) store::add(result.fitting, count);
    }
    result.outcomes = outcomes_;
    return result;
  }

 private:
  Count& count_of(const Statement& row) {
    return outcomes_[row.parsed(3, measure::outcome_kind_from_string)];
  }

  Part part_;
  std::int64_t next_ = 0;     ///< Position.
  std::vector<bool> seen_;    ///< By key of the network.
  std::vector<bool> others_;  ///< Networks of other parts.
  Count pending_;
  std::map<OutcomeKind, Count> outcomes_;
};

/// Its name, its id, or "name@1a2b3c4d" with the beginning of the id.
bool names_space(const std::string& text, const CampaignRow& row) {
  const std::string& id = row.campaign.space;
  if (text == row.space_name || text == id) return true;
  const std::string start = row.space_name + "@";
  return text.size() > start.size() && text.starts_with(start) &&
         id.starts_with(text.substr(start.size()));
}

}  // namespace

bool selects(const Selection& selection, const SetupRow& row) {
  const auto has = [](const auto& list, const auto& condition) {
    return list.empty() || std::any_of(list.begin(), list.end(), condition);
  };
  return has(selection.setups, [&](const std::string& id) { return row.id.starts_with(id); }) &&
         has(selection.boards, [&](const std::string& name) { return row.setup.board == name; }) &&
         (!selection.runner || row.setup.runner == *selection.runner);
}

bool selects(const Selection& selection, const CampaignRow& row) {
  const auto& keys = selection.campaigns;
  const NewCampaign& campaign = row.campaign;
  return (keys.empty() || std::find(keys.begin(), keys.end(), row.key) != keys.end()) &&
         (!selection.space || names_space(*selection.space, row)) &&
         (!selection.prior || campaign.prior == *selection.prior) &&
         (!selection.seed || campaign.seed == selection.seed);
}

void Study::Impl::each_measured(
    const Selection& selection,
    const std::function<bool(const SetupRow&, const Statement&, bool)>& take) {
  for (const CampaignKey campaign : selection.campaigns) require_campaign(campaign);
  std::optional<std::string> campaigns;
  if (asks_for_campaigns(selection)) campaigns = campaign_list(selection, read_campaigns());
  for (const KeyedSetup& setup : read_setups(connection, selection)) {
    Statement rows = connection.query(campaigns ? kMeasurements : kAllMeasurements);
    if (campaigns) {
      rows.with(campaigns, selection.first_draws.value_or(std::numeric_limits<std::int64_t>::max()),
                setup.key);
    } else {
      rows.with(setup.key);
    }
    for (bool first = true; rows.next() && take(setup.row, rows, first);) first = false;
  }
}

std::vector<CampaignSetup> Study::series(const Selection& selection) {
  return impl_->connection.read([&] {
    std::map<std::string, SetupRow> setups;
    for (KeyedSetup& setup : read_setups(impl_->connection, selection))
      setups.emplace(setup.row.id, std::move(setup.row));
    std::vector<CampaignSetup> result;
    for (const CampaignRow& campaign : impl_->read_campaigns()) {
      if (!selects(selection, campaign)) continue;
      for (const std::string& id : campaign.setups) {
        if (const auto setup = setups.find(id); setup != setups.end())
          result.push_back({campaign, setup->second});
      }
    }
    return result;
  });
}

std::vector<Series> Study::measurements(const Selection& selection) {
  return impl_->connection.read([&] {
    std::vector<Series> result;
    impl_->each_measured(selection, [&](const SetupRow& setup, const Statement& row, bool first) {
      if (first) result.push_back({setup, {}});
      result.back().rows.push_back(read_measurement(row));
      return true;
    });
    return result;
  });
}

std::vector<LayerSeries> Study::layer_measurements(const Selection& selection, std::size_t most) {
  return impl_->connection.read([&] {
    std::vector<LayerSeries> result;
    impl_->each_measured(selection, [&](const SetupRow& setup, const Statement& row, bool first) {
      if (first) result.push_back({setup, {}});
      result.back().networks.push_back(
          {row.text(0), read_layers(impl_->connection, row.integer(10), row.integer(11))});
      return result.back().networks.size() < most;
    });
    return result;
  });
}

std::vector<FailureRow> Study::failures(CampaignKey campaign, const std::string& setup) {
  return impl_->connection.read([&] {
    impl_->require_campaign(campaign);
    std::vector<FailureRow> result;
    const std::optional<std::int64_t> key = impl_->find_setup(setup);
    if (!key) return result;
    Statement rows = impl_->connection.query(kFailures);
    rows.with(campaign, *key);
    while (rows.next()) {
      result.push_back({rows.text(0), rows.text(1), rows.integer(2), rows.positive(3),
                        rows.parsed(4, measure::outcome_kind_from_string), rows.text(5)});
    }
    return result;
  });
}

Summary Study::summary(CampaignKey campaign, const std::string& setup,
                       std::optional<std::int64_t> first_draws, Part part) {
  return impl_->connection.read([&] {
    impl_->require_campaign(campaign);
    SummaryOfDraws draws(part);
    // In the order of the primary key: a network's first draw comes before its others, and
    // outcomes, which were recorded in about this order, are found close to each other.
    Statement rows = impl_->connection.query(
        "SELECT d.campaign, d.position, d.network, o.kind FROM draws d "
        "LEFT JOIN outcomes o ON o.setup = ? AND o.network = d.network "
        "WHERE d.campaign = ? AND d.position < ? ORDER BY d.position");
    rows.with(impl_->find_setup(setup), campaign,
              first_draws.value_or(std::numeric_limits<std::int64_t>::max()));
    while (rows.next()) draws.add(rows);
    return draws.summary();
  });
}

std::vector<SpaceRow> Study::spaces() {
  return impl_->connection.read([&] {
    std::vector<SpaceRow> result;
    Statement rows =
        impl_->connection.query("SELECT id, name, text, networks FROM spaces ORDER BY key");
    rows.with();
    while (rows.next())
      result.push_back({rows.text(0), rows.text(1), rows.text(2), rows.optional_text(3)});
    return result;
  });
}

std::vector<SetupRow> Study::setups() {
  return impl_->connection.read([&] {
    std::vector<SetupRow> result;
    for (KeyedSetup& setup : read_setups(impl_->connection, {}))
      result.push_back(std::move(setup.row));
    return result;
  });
}

std::vector<FitRow> Study::fits(const std::optional<std::string>& setup) {
  return impl_->connection.read([&] {
    std::vector<FitRow> result;
    Statement rows = impl_->connection.query(
        "SELECT f.id, f.selection, s.id, f.format, f.format_version, f.text, f.created_at, "
        "f.opline_version "
        "FROM fits f LEFT JOIN setups s ON s.key = f.setup WHERE ?1 IS NULL OR s.id = ?1 ORDER BY "
        "f.key");
    rows.with(setup);
    while (rows.next()) result.push_back(read_fit(rows));
    return result;
  });
}

std::optional<FitRow> Study::fit(const std::string& id) {
  return impl_->connection.read([&]() -> std::optional<FitRow> {
    Statement row = impl_->connection.query(
        "SELECT f.id, f.selection, s.id, f.format, f.format_version, f.text, f.created_at, "
        "f.opline_version "
        "FROM fits f LEFT JOIN setups s ON s.key = f.setup WHERE f.id = ?");
    return row.with(id).next() ? std::optional(read_fit(row)) : std::nullopt;
  });
}

}  // namespace opline::store
