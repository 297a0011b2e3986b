// Study: listings, measurements and sums.
#include <limits>

#include "src/base/json.h"
#include "src/store/study_impl.h"

namespace opline::store {
namespace {

using measure::OutcomeKind;

// ?1: JSON list of campaigns or NULL, ?2 space, ?3 prior, ?4 first draws, ?5 whether networks of no
// selected campaign count too, ?6 setup. A network's first draw has the smallest (campaign,
// position).
constexpr const char* kMeasurements = R"sql(
WITH chosen AS (
  SELECT d.network, count(*) AS draws, d.architecture, min((d.campaign << 32) | d.position) AS first
  FROM draws d JOIN campaigns c ON c.key = d.campaign JOIN spaces s ON s.key = c.space
  WHERE (?1 IS NULL OR c.key IN (SELECT value FROM json_each(?1))) AND (?2 IS NULL OR ?2 IN (s.id, s.name))
    AND (?3 IS NULL OR c.prior = ?3) AND (?4 IS NULL OR d.position < ?4)
  GROUP BY d.network)
SELECT n.id, n.ops, n.macs, n.parameters, n.layer_count, o.cycles, o.seconds, o.joules,
  ifnull(chosen.draws, 0), chosen.architecture, n.key, o.key, n.activation_bytes
FROM outcomes o JOIN networks n ON n.key = o.network LEFT JOIN chosen ON chosen.network = o.network
WHERE o.setup = ?6 AND o.kind = 'measured' AND (?5 OR chosen.network IS NOT NULL)
ORDER BY chosen.first NULLS LAST, n.key
)sql";

constexpr const char* kFailures = R"sql(
SELECT n.id, d.architecture, count(*), n.ops, o.kind, o.reason, min(d.position) AS first
FROM draws d JOIN networks n ON n.key = d.network JOIN outcomes o ON o.network = d.network
WHERE d.campaign = ?1 AND o.setup = ?2 AND o.kind <> 'measured'
GROUP BY d.network ORDER BY first
)sql";

constexpr const char* kSetups = R"sql(
SELECT id, json, key FROM setups
WHERE (?1 IS NULL OR id IN (SELECT value FROM json_each(?1))) AND (?2 IS NULL OR board = ?2)
  AND (?3 IS NULL OR runner = ?3) ORDER BY key
)sql";

template <typename T>
std::optional<std::string> json_list(const std::vector<T>& values) {
  return values.empty() ? std::nullopt : std::optional(Json(values).dump());
}

struct KeyedSetup {
  std::int64_t key;
  SetupRow row;
};

std::vector<KeyedSetup> read_setups(Connection& connection, const Selection& selection) {
  std::optional<std::string> runner;
  if (selection.runner) runner = measure::to_string(*selection.runner);
  std::vector<KeyedSetup> result;
  Query rows = connection.query(kSetups);
  rows.with(json_list(selection.setups), selection.board, runner);
  while (rows.next()) {
    const Json json =
        parse_json(rows.text(1), connection.path().string() + ": setup " + rows.text(0));
    result.push_back({rows.integer(2), {rows.text(0), measure::Setup::from_json(json)}});
  }
  return result;
}

MeasurementRow read_measurement(const Query& row) {
  MeasurementRow result;
  result.network = row.text(0);
  result.ops = row.natural(1);
  result.macs = row.optional_natural(2);
  result.parameters = row.optional_natural(3);
  result.layer_count = row.optional_natural(4);
  result.cycles = row.optional_natural(5);
  result.seconds = row.optional_number(6);
  result.joules = row.optional_number(7);
  result.draws = row.integer(8);
  result.architecture = row.text(9);
  return result;
}

FitRow read_fit(const Query& row) {
  NewFit fit{row.text(1), row.optional_text(2), row.text(3), row.integer(4), row.text(5)};
  return {row.text(0), std::move(fit), row.text(6), row.text(7)};
}

void add(Count& sum, const Count& part) {
  sum.draws += part.draws;
  sum.networks += part.networks;
}

}  // namespace

void Study::Impl::each_measured(
    const Selection& selection,
    const std::function<void(const SetupRow&, const Query&, bool)>& take) {
  for (const CampaignKey campaign : selection.campaigns) require_campaign(campaign);
  const bool any_network =
      selection.campaigns.empty() && !selection.space && !selection.prior && !selection.first_draws;
  for (const KeyedSetup& setup : read_setups(connection, selection)) {
    Query rows = connection.query(kMeasurements);
    rows.with(json_list(selection.campaigns), selection.space, selection.prior,
              selection.first_draws, static_cast<int>(any_network), setup.key);
    for (bool first = true; rows.next(); first = false) take(setup.row, rows, first);
  }
}

std::vector<Series> Study::measurements(const Selection& selection) {
  return impl_->connection.read([&] {
    std::vector<Series> result;
    impl_->each_measured(selection, [&](const SetupRow& setup, const Query& row, bool first) {
      if (first) result.push_back({setup, {}});
      result.back().rows.push_back(read_measurement(row));
    });
    return result;
  });
}

std::vector<LayerSeries> Study::layer_measurements(const Selection& selection) {
  return impl_->connection.read([&] {
    std::vector<LayerSeries> result;
    impl_->each_measured(selection, [&](const SetupRow& setup, const Query& row, bool first) {
      if (first) result.push_back({setup, {}});
      result.back().networks.push_back(
          {row.text(0), row.optional_natural(12),
           read_layers(impl_->connection, row.integer(10), row.integer(11))});
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
    Query rows = impl_->connection.query(kFailures);
    rows.with(campaign, *key);
    while (rows.next()) {
      result.push_back({rows.text(0), rows.text(1), rows.integer(2), rows.natural(3),
                        measure::outcome_kind_from_string(rows.text(4)), rows.text(5)});
    }
    return result;
  });
}

Summary Study::summary(CampaignKey campaign, const std::string& setup,
                       std::optional<std::int64_t> first_draws) {
  return impl_->connection.read([&] {
    impl_->require_campaign(campaign);
    Summary result;
    Query rows = impl_->connection.query(
        "SELECT o.kind, count(*), count(DISTINCT d.network) FROM draws d "
        "LEFT JOIN outcomes o ON o.setup = ? AND o.network = d.network "
        "WHERE d.campaign = ? AND d.position < ? GROUP BY o.kind");
    rows.with(impl_->find_setup(setup), campaign,
              first_draws.value_or(std::numeric_limits<std::int64_t>::max()));
    while (rows.next()) {
      const Count count{rows.integer(1), rows.integer(2)};
      add(result.drawn, count);
      if (rows.is_null(0)) {
        result.pending = count;
        continue;
      }
      const OutcomeKind kind = measure::outcome_kind_from_string(rows.text(0));
      result.outcomes[kind] = count;
      if (kind == OutcomeKind::measured) result.measured = count;
      if (kind != OutcomeKind::does_not_fit) add(result.fitting, count);
    }
    return result;
  });
}

std::vector<SpaceRow> Study::spaces() {
  return impl_->connection.read([&] {
    std::vector<SpaceRow> result;
    Query rows = impl_->connection.query("SELECT id, name, text FROM spaces ORDER BY key");
    rows.with();
    while (rows.next()) result.push_back({rows.text(0), rows.text(1), rows.text(2)});
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
    Query rows = impl_->connection.query(
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
    Query row = impl_->connection.query(
        "SELECT f.id, f.selection, s.id, f.format, f.format_version, f.text, f.created_at, "
        "f.opline_version "
        "FROM fits f LEFT JOIN setups s ON s.key = f.setup WHERE f.id = ?");
    return row.with(id).next() ? std::optional(read_fit(row)) : std::nullopt;
  });
}

}  // namespace opline::store
