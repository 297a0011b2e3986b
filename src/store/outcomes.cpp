// Study: outcomes, and what is still to be measured.
#include <algorithm>
#include <limits>

#include "src/base/error.h"
#include "src/base/version.h"
#include "src/store/study_impl.h"

namespace opline::store {
namespace {

using measure::Measurement;
using measure::Outcome;
using measure::OutcomeKind;

void require_recordable(Connection& connection, std::int64_t network, const std::string& id,
                        const Outcome& outcome) {
  if (const auto trouble = measure::fault(outcome)) {
    throw Error(ErrorCode::input, "outcome of network {}: {}", id, *trouble);
  }
  if (!outcome.measurement) return;
  const std::size_t layers =
      std::max(outcome.measurement->layer_cycles.size(), outcome.measurement->layer_digests.size());
  Statement row = connection.query("SELECT layer_count FROM networks WHERE key = ?");
  row.with(network).next();
  const auto expected = row.optional_natural(0);
  if (layers > 0 && expected && *expected != layers) {
    throw Error(ErrorCode::input, "outcome of network {}: results of {} layers, but it has {}", id,
                layers, *expected);
  }
}

void insert_layers(Connection& connection, std::int64_t outcome, const Measurement& measurement) {
  const auto& cycles = measurement.layer_cycles;
  const auto& digests = measurement.layer_digests;
  for (std::size_t i = 0; i < std::max(cycles.size(), digests.size()); ++i) {
    std::optional<std::uint64_t> layer_cycles;
    std::optional<std::uint64_t> layer_digest;
    if (i < cycles.size()) layer_cycles = cycles[i];
    if (i < digests.size()) layer_digest = digests[i];
    connection
        .query("INSERT INTO layer_results (outcome, position, cycles, digest) VALUES (?, ?, ?, ?)")
        .with(outcome, static_cast<std::int64_t>(i), layer_cycles, layer_digest)
        .run();
  }
}

void insert_repeats(Connection& connection, std::int64_t outcome, const Measurement& measurement) {
  std::int64_t position = 0;
  for (const std::uint64_t cycles : measurement.repeat_cycles) {
    connection.query("INSERT INTO repeats (outcome, position, cycles) VALUES (?, ?, ?)")
        .with(outcome, position++, std::optional(cycles))
        .run();
  }
}

void read_repeats(Connection& connection, std::int64_t outcome, Measurement& measurement) {
  Statement rows =
      connection.query("SELECT cycles FROM repeats WHERE outcome = ? ORDER BY position");
  rows.with(outcome);
  while (rows.next()) measurement.repeat_cycles.push_back(rows.optional_positive(0).value_or(0));
}

void read_layers(Connection& connection, std::int64_t outcome, Measurement& measurement) {
  Statement rows = connection.query(
      "SELECT position, cycles, digest FROM layer_results WHERE outcome = ? ORDER BY position");
  rows.with(outcome);
  for (std::uint64_t position = 0; rows.next(); ++position) {
    if (rows.natural(0) != position)
      rows.fail(0, fmt::format("layer {} of the outcome is missing", position));
    if (const auto cycles = rows.optional_positive(1)) measurement.layer_cycles.push_back(*cycles);
    if (const auto value = rows.optional_natural(2)) {
      if (*value > std::numeric_limits<std::uint32_t>::max()) rows.fail(2, "is not a CRC-32");
      measurement.layer_digests.push_back(static_cast<std::uint32_t>(*value));
    }
  }
}

}  // namespace

bool Study::Impl::put_outcome(const std::string& network, const std::string& setup,
                              const Outcome& outcome, std::string_view finished_at,
                              std::string_view by) {
  require_time(finished_at);
  const std::int64_t key_of_network = network_key(network);
  const std::int64_t key_of_setup = setup_key(setup);
  require_recordable(connection, key_of_network, network, outcome);
  const Measurement measurement = outcome.measurement.value_or(Measurement{});
  const int rows =
      connection
          .query(
              "INSERT INTO outcomes (network, setup, kind, reason, cycles, seconds, joules, "
              "finished_at, opline_version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) "
              "ON CONFLICT (setup, network) DO NOTHING")
          .with(key_of_network, key_of_setup, measure::to_string(outcome.kind),
                unless_empty(outcome.reason), measurement.cycles, measurement.seconds,
                measurement.joules, finished_at, by)
          .run();
  if (rows != 1) return false;
  const std::int64_t key = connection.database().getLastInsertRowid();
  insert_layers(connection, key, measurement);
  insert_repeats(connection, key, measurement);
  return true;
}

bool Study::record_outcome(const std::string& network, const std::string& setup,
                           const Outcome& outcome, std::string_view finished_at) {
  bool recorded = false;
  impl_->connection.write(
      [&] { recorded = impl_->put_outcome(network, setup, outcome, finished_at, version()); });
  return recorded;
}

std::vector<Pending> Study::pending(CampaignKey campaign, const std::string& setup,
                                    std::optional<std::int64_t> first_draws, Part part) {
  return impl_->connection.read([&] {
    impl_->require_campaign(campaign);
    std::vector<Pending> result;
    // With a single min() the other columns come from the row that has it
    // (sqlite.org/lang_select.html, section 2.5).
    Statement rows = impl_->connection.query(
        "SELECT n.id, d.architecture, min(d.position) AS first FROM draws d JOIN networks n ON "
        "n.key = "
        "d.network "
        "WHERE d.campaign = ? AND d.position < ? "
        "AND NOT EXISTS (SELECT 1 FROM outcomes o WHERE o.setup = ? AND o.network = d.network) "
        "GROUP BY d.network HAVING first % ? = ? - 1 ORDER BY first");
    rows.with(campaign, first_draws.value_or(std::numeric_limits<std::int64_t>::max()),
              impl_->find_setup(setup), part.of, part.number);
    while (rows.next()) result.push_back({rows.text(0), rows.text(1), rows.integer(2)});
    return result;
  });
}

std::int64_t Study::retry(CampaignKey campaign, const std::string& setup,
                          const std::vector<OutcomeKind>& kinds) {
  if (std::find(kinds.begin(), kinds.end(), OutcomeKind::measured) != kinds.end()) {
    throw Error(ErrorCode::usage,
                "a measurement is never thrown away; retry names kinds of failure");
  }
  std::int64_t deleted = 0;
  impl_->connection.write([&] {
    impl_->require_campaign(campaign);
    const std::int64_t setup_key = impl_->setup_key(setup);
    for (const OutcomeKind kind : kinds) {
      deleted += impl_->connection
                     .query(
                         "DELETE FROM outcomes WHERE setup = ? AND kind = ? AND network IN "
                         "(SELECT network FROM draws WHERE campaign = ?)")
                     .with(setup_key, measure::to_string(kind), campaign)
                     .run();
    }
  });
  return deleted;
}

std::optional<OutcomeRow> Study::outcome(const std::string& network, const std::string& setup) {
  std::optional<OutcomeRow> result;
  impl_->connection.read([&] {
    Statement row = impl_->connection.query(
        "SELECT n.id AS network, o.kind, o.reason, o.cycles, o.seconds, o.joules, o.finished_at, "
        "o.opline_version, o.key "
        "FROM outcomes o JOIN networks n ON n.key = o.network JOIN setups s ON s.key = o.setup "
        "WHERE n.id = ? AND s.id = ?");
    if (!row.with(network, setup).next()) return false;
    Measurement measurement{row.optional_positive(3),
                            {},
                            {},
                            row.optional_positive_number(4),
                            row.optional_positive_number(5)};
    read_layers(impl_->connection, row.integer(8), measurement);
    read_repeats(impl_->connection, row.integer(8), measurement);
    Outcome& outcome = result.emplace().outcome;
    outcome.kind = row.parsed(1, measure::outcome_kind_from_string);
    outcome.reason = row.optional_text(2).value_or("");
    if (outcome.kind == OutcomeKind::measured || !measurement.layer_digests.empty()) {
      outcome.measurement = std::move(measurement);
    }
    if (const auto trouble = measure::fault(outcome)) row.fail(1, *trouble);
    result->finished_at = row.text(6);
    result->opline_version = row.text(7);
    return true;
  });
  return result;
}

}  // namespace opline::store
