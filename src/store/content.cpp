// Study: what a study holds, as one digest. docs/formats/study.md defines it: the order of the rows
// is that of their ids, since keys differ between files that hold the same.
#include "src/base/digest.h"
#include "src/store/study_impl.h"

namespace opline::store {
namespace {

constexpr const char* kSpaces = "SELECT id, name, networks FROM spaces ORDER BY id";
constexpr const char* kNetworks =
    "SELECT id, canonical_text IS NOT NULL, ops, macs, parameters, weight_bytes, channel_bytes, "
    "activation_bytes, arena_bytes, "
    "layer_count FROM networks ORDER BY id";
constexpr const char* kLayers =
    "SELECT n.id, l.position, l.type, l.macs, l.parameters, l.in_h, l.in_w, l.in_c, l.out_h, "
    "l.out_w, l.out_c, l.kernel_h, l.kernel_w, l.stride_h, l.stride_w, l.padding, l.activation, "
    "l.live_bytes FROM networks n CROSS JOIN layers l ON l.network = n.key "
    "ORDER BY n.id, l.position";
constexpr const char* kSetups = "SELECT id FROM setups ORDER BY id";
constexpr const char* kCampaigns =
    "SELECT s.id, c.prior, c.seed, c.count, c.tries FROM campaigns c JOIN spaces s ON s.key = "
    "c.space ORDER BY s.id, c.prior, c.seed";
constexpr const char* kCampaignSetups =
    "SELECT s.id, c.prior, c.seed, u.id FROM campaign_setups a JOIN campaigns c ON c.key = "
    "a.campaign JOIN spaces s ON s.key = c.space JOIN setups u ON u.key = a.setup "
    "ORDER BY s.id, c.prior, c.seed, u.id";
// CROSS JOIN keeps SQLite to this order of loops, in which nothing has to be sorted.
constexpr const char* kDraws =
    "SELECT d.position, d.architecture, n.id FROM draws d CROSS JOIN networks n ON n.key = "
    "d.network WHERE d.campaign = ? ORDER BY d.position";
constexpr const char* kOutcomes =
    "SELECT s.id, n.id, o.kind, o.cycles, o.seconds, o.joules FROM setups s CROSS JOIN networks n "
    "CROSS JOIN outcomes o ON o.setup = s.key AND o.network = n.key ORDER BY s.id, n.id";
constexpr const char* kLayerResults =
    "SELECT s.id, n.id, r.position, r.cycles, r.digest FROM setups s CROSS JOIN networks n "
    "CROSS JOIN outcomes o ON o.setup = s.key AND o.network = n.key "
    "CROSS JOIN layer_results r ON r.outcome = o.key ORDER BY s.id, n.id, r.position";
constexpr const char* kRepeats =
    "SELECT s.id, n.id, r.position, r.cycles FROM setups s CROSS JOIN networks n "
    "CROSS JOIN outcomes o ON o.setup = s.key AND o.network = n.key "
    "CROSS JOIN repeats r ON r.outcome = o.key ORDER BY s.id, n.id, r.position";
constexpr const char* kPower =
    "SELECT s.id, p.watts, p.source FROM modelled_power p JOIN setups s ON s.key = p.setup "
    "ORDER BY s.id";

/// Adds the rows that are left; returns how many they were.
std::int64_t add_rows(StreamDigest& digest, Statement& rows) {
  std::int64_t count = 0;
  std::string line;
  for (; rows.next(); ++count) {
    line.clear();
    rows.append_row(line);
    digest.add(line);
  }
  return count;
}

std::int64_t add_table(StreamDigest& digest, Connection& connection, const char* name,
                       const char* sql) {
  digest.add(fmt::format("{}\n", name));
  Statement rows = connection.query(sql);
  rows.with();
  return add_rows(digest, rows);
}

std::int64_t digest_draws(StreamDigest& digest, Connection& connection) {
  std::int64_t count = 0;
  Statement campaigns = connection.query(
      "SELECT c.key FROM campaigns c JOIN spaces s ON s.key = c.space ORDER BY s.id, c.prior, "
      "c.seed");
  campaigns.with();
  while (campaigns.next()) {
    digest.add("draws\n");
    Statement draws = connection.query(kDraws);
    draws.with(campaigns.integer(0));
    count += add_rows(digest, draws);
  }
  return count;
}

/// What the outcomes are of; the counts go into `content`.
void add_definitions(StreamDigest& digest, Connection& connection, Content& content) {
  digest.add("opline-content 1\n");
  content.spaces = add_table(digest, connection, "spaces", kSpaces);
  content.networks = add_table(digest, connection, "networks", kNetworks);
  add_table(digest, connection, "layers", kLayers);
  content.setups = add_table(digest, connection, "setups", kSetups);
  add_table(digest, connection, "modelled_power", kPower);
  content.campaigns = add_table(digest, connection, "campaigns", kCampaigns);
  add_table(digest, connection, "campaign_setups", kCampaignSetups);
  content.draws = digest_draws(digest, connection);
}

}  // namespace

std::string Study::Impl::definitions() {
  StreamDigest digest;
  Content counts;
  add_definitions(digest, connection, counts);
  return digest.text();
}

Content Study::Impl::read_content(std::string& definitions) {
  StreamDigest digest;
  Content content;
  add_definitions(digest, connection, content);
  definitions = digest.text();
  content.outcomes = add_table(digest, connection, "outcomes", kOutcomes);
  add_table(digest, connection, "layer_results", kLayerResults);
  add_table(digest, connection, "repeats", kRepeats);
  content.digest = digest.text();
  return content;
}

Content Study::content() {
  return impl_->connection.read([&] {
    std::string definitions;
    return impl_->read_content(definitions);
  });
}

}  // namespace opline::store
