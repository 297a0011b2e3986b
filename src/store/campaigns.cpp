// Study: campaigns and their draws.
#include <limits>

#include "src/base/error.h"
#include "src/base/printable.h"
#include "src/base/version.h"
#include "src/store/study_impl.h"

namespace opline::store {
namespace {

constexpr std::int64_t kMaxDraws = std::numeric_limits<std::int32_t>::max();

void require_valid(const NewCampaign& campaign) {
  if (campaign.prior.empty())
    throw Error(ErrorCode::input, "a campaign needs the name of its prior");
  if (campaign.seed.has_value() == (campaign.prior == "imported")) {
    throw Error(ErrorCode::input, "a campaign has a seed, unless its prior is `imported`");
  }
  if (campaign.seed &&
      *campaign.seed > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    throw Error(ErrorCode::input, "the seed {} is too large; choose one of 0 ... 2^63 - 1",
                *campaign.seed);
  }
  if (campaign.count < 1 || campaign.count > kMaxDraws) {
    throw Error(ErrorCode::input, "a campaign of {} draws; choose 1 ... {}", campaign.count,
                kMaxDraws);
  }
}

// 0 key, 1 space, 2 prior, 3 seed, 4 count, 5 command, 6 name of the space, 7 draws that are there:
// the position after the last (Study::summary(), which reads them all, finds gaps), 8 created at,
// 9 version, 10 tries, 11 networks of the space
constexpr const char* kCampaigns =
    "SELECT c.key, s.id, c.prior, c.seed, c.count, c.command, s.name, "
    "(SELECT ifnull(max(position) + 1, 0) FROM draws WHERE campaign = c.key), c.created_at, "
    "c.opline_version, c.tries, s.networks FROM campaigns c JOIN spaces s ON s.key = c.space "
    "WHERE ?1 IS NULL OR c.key = ?1 ORDER BY c.key";

struct Extent {
  std::int64_t count = 0;  ///< Asked for.
  std::int64_t draws = 0;  ///< There.
};

Extent extent(Connection& connection, CampaignKey campaign) {
  Statement row = connection.query(kCampaigns);
  row.with(campaign).next();
  return {static_cast<std::int64_t>(row.positive(4)), row.integer(7)};
}

void require_same(Connection& connection, CampaignKey campaign, std::int64_t position,
                  const Draw& draw) {
  Statement row = connection.query(
      "SELECT d.campaign, d.position, d.architecture, n.id FROM draws d "
      "JOIN networks n ON n.key = d.network WHERE d.campaign = ? AND d.position = ?");
  if (!row.with(campaign, position).next()) {
    throw Error(ErrorCode::damaged,
                "{}: the study is damaged (draw {} of campaign {} or its network is missing); go "
                "back to a copy of it",
                connection.path().string(), position, campaign);
  }
  if (row.text(2) == draw.architecture && row.text(3) == draw.network) return;
  throw Error(
      ErrorCode::input,
      "{}: draw {} of campaign {} is `{}` (network {}) in the file and `{}` (network {}) now: "
      "the space or the sampler has changed; start a new study",
      connection.path().string(), position, campaign, printable(row.text(2)), row.text(3),
      printable(draw.architecture), draw.network);
}

std::vector<std::string> setups_of(Connection& connection, CampaignKey campaign) {
  std::vector<std::string> ids;
  Statement rows = connection.query(
      "SELECT s.id FROM campaign_setups a JOIN setups s ON s.key = a.setup WHERE a.campaign = ? "
      "ORDER BY "
      "s.key");
  rows.with(campaign);
  while (rows.next()) ids.push_back(rows.text(0));
  return ids;
}

}  // namespace

CampaignKey Study::Impl::put_campaign(const NewCampaign& campaign, std::string_view now,
                                      std::string_view by) {
  require_valid(campaign);
  require_time(now);
  Statement space = connection.query("SELECT key FROM spaces WHERE id = ?");
  if (!space.with(campaign.space).next()) {
    throw Error(ErrorCode::input, "{}: has no space {}; add it first", connection.path().string(),
                campaign.space);
  }
  Statement find =
      connection.query("SELECT key FROM campaigns WHERE space = ? AND prior = ? AND seed IS ?");
  if (find.with(space.integer(0), campaign.prior, campaign.seed).next()) {
    const CampaignKey key = find.integer(0);
    connection
        .query(
            "UPDATE campaigns SET tries = CASE WHEN count < ?2 OR tries IS NULL AND count = ?2 "
            "THEN ?3 ELSE tries END, count = max(count, ?2) WHERE key = ?1")
        .with(key, campaign.count, campaign.tries)
        .run();
    return key;
  }
  connection
      .query(
          "INSERT INTO campaigns (space, prior, seed, count, command, created_at, "
          "opline_version, tries) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
      .with(space.integer(0), campaign.prior, campaign.seed, campaign.count,
            unless_empty(campaign.command), now, by, campaign.tries)
      .run();
  return connection.database().getLastInsertRowid();
}

CampaignKey Study::add_campaign(const NewCampaign& campaign, std::string_view now) {
  CampaignKey key = 0;
  impl_->connection.write([&] { key = impl_->put_campaign(campaign, now, version()); });
  return key;
}

void Study::ask(CampaignKey campaign, const std::string& setup) {
  impl_->connection.write([&] {
    impl_->require_campaign(campaign);
    impl_->connection
        .query("INSERT INTO campaign_setups (campaign, setup) VALUES (?, ?) ON CONFLICT DO NOTHING")
        .with(campaign, impl_->setup_key(setup))
        .run();
  });
}

std::int64_t Study::add_draws(CampaignKey campaign, std::int64_t first,
                              const std::vector<Draw>& draws) {
  Connection& connection = impl_->connection;
  std::int64_t added = 0;
  connection.write([&] {
    impl_->require_campaign(campaign);
    const Extent there = extent(connection, campaign);
    const auto size = static_cast<std::int64_t>(draws.size());
    if (first < 0 || first > there.draws || first + size > there.count) {
      throw Error(ErrorCode::input,
                  "draws {} ... {} of campaign {}: it has {} of {}, and the next one is {}", first,
                  first + size - 1, campaign, there.draws, there.count, there.draws);
    }
    for (std::int64_t i = 0; i < size; ++i) {
      const Draw& draw = draws[static_cast<std::size_t>(i)];
      if (first + i < there.draws) {
        require_same(connection, campaign, first + i, draw);
        continue;
      }
      if (draw.architecture.empty())
        throw Error(ErrorCode::input, "draw {} has no architecture", first + i);
      connection
          .query(
              "INSERT INTO draws (campaign, position, architecture, network) VALUES (?, ?, ?, ?)")
          .with(campaign, first + i, draw.architecture, impl_->network_key(draw.network))
          .run();
      ++added;
    }
  });
  return added;
}

std::vector<CampaignRow> Study::Impl::read_campaigns() {
  std::vector<CampaignRow> result;
  Statement rows = connection.query(kCampaigns);
  rows.with(std::optional<CampaignKey>());
  while (rows.next()) {
    CampaignRow row;
    row.key = rows.integer(0);
    row.campaign = {rows.text(1),
                    rows.text(2),
                    rows.optional_natural(3),
                    static_cast<std::int64_t>(rows.positive(4)),
                    rows.optional_text(5).value_or(""),
                    rows.optional_positive(10)};
    row.space_name = rows.text(6);
    row.draws = rows.integer(7);
    row.setups = setups_of(connection, row.key);
    row.created_at = rows.text(8);
    row.opline_version = rows.text(9);
    row.space_networks = rows.optional_text(11);
    result.push_back(std::move(row));
  }
  return result;
}

std::vector<CampaignRow> Study::campaigns() {
  return impl_->connection.read([&] { return impl_->read_campaigns(); });
}

std::vector<Draw> Study::draws(CampaignKey campaign) {
  return impl_->connection.read([&] {
    impl_->require_campaign(campaign);
    std::vector<Draw> result;
    Statement rows = impl_->connection.query(
        "SELECT d.campaign, d.position, d.architecture, n.id FROM draws d "
        "JOIN networks n ON n.key = d.network WHERE d.campaign = ? ORDER BY d.position");
    rows.with(campaign);
    while (rows.next()) {
      if (rows.natural(1) != result.size())
        rows.fail(1, fmt::format("draw {} or its network is missing", result.size()));
      result.push_back({rows.text(2), rows.text(3)});
    }
    return result;
  });
}

}  // namespace opline::store
