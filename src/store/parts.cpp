// Study: what one study takes over from another.
#include <set>

#include "src/base/counted.h"
#include "src/base/error.h"
#include "src/base/printable.h"
#include "src/base/version.h"
#include "src/store/study_impl.h"

namespace opline::store {
namespace {

using measure::Measurement;
using measure::Outcome;
using measure::OutcomeKind;

/// Whether both say the same of the network. The reason of a failure is a text for people.
bool is_same(const Outcome& a, const Outcome& b) {
  if (a.kind != b.kind || a.measurement.has_value() != b.measurement.has_value()) return false;
  if (!a.measurement) return true;
  const Measurement& x = *a.measurement;
  const Measurement& y = *b.measurement;
  return x.cycles == y.cycles && x.seconds == y.seconds && x.joules == y.joules &&
         x.layer_cycles == y.layer_cycles && x.layer_digests == y.layer_digests &&
         x.repeat_cycles == y.repeat_cycles;
}

/// "1000 cycles", "does_not_fit"; `other` is what it differs from.
std::string in_words(const Outcome& outcome, const Outcome& other) {
  if (outcome.kind != OutcomeKind::measured) return std::string(measure::to_string(outcome.kind));
  const Measurement& measured = *outcome.measurement;
  std::string text = measured.cycles ? counted(*measured.cycles, "cycle")
                                     : fmt::format("{} s", measured.seconds.value_or(0));
  if (measured.joules) text += fmt::format(", {} J", *measured.joules);
  if (!other.measurement) return text;
  const Measurement& differs = *other.measurement;
  for (std::size_t i = 0; i < measured.layer_digests.size(); ++i) {
    if (i < differs.layer_digests.size() && measured.layer_digests[i] == differs.layer_digests[i])
      continue;
    return text + fmt::format(", layer {} has the digest {:08x}", i, measured.layer_digests[i]);
  }
  for (std::size_t i = 0; i < measured.layer_cycles.size(); ++i) {
    if (i < differs.layer_cycles.size() && measured.layer_cycles[i] == differs.layer_cycles[i])
      continue;
    return text + fmt::format(", layer {} took {}", i, counted(measured.layer_cycles[i], "cycle"));
  }
  return text;
}

/// The first column of all rows.
std::vector<std::string> ids(Connection& connection, const char* sql, std::int64_t key) {
  std::vector<std::string> result;
  Statement rows = connection.query(sql);
  rows.with(key);
  while (rows.next()) result.push_back(rows.text(0));
  return result;
}

void require_same_networks(const SpaceRow& space, const std::vector<SpaceRow>& there) {
  for (const SpaceRow& one : there) {
    if (one.id == space.id && one.networks && space.networks && one.networks != space.networks) {
      throw Error(ErrorCode::input,
                  "the space `{}` has {} networks here and {} there, from an opline that counted "
                  "differently",
                  printable(space.name), *space.networks, *one.networks);
    }
  }
}

void require_same_tries(const CampaignRow& campaign, const std::vector<CampaignRow>& there) {
  for (const CampaignRow& one : there) {
    const NewCampaign& a = campaign.campaign;
    const NewCampaign& b = one.campaign;
    if (a.space == b.space && a.prior == b.prior && a.seed == b.seed && a.count == b.count &&
        a.tries && b.tries && a.tries != b.tries) {
      throw Error(ErrorCode::input,
                  "{} draws of campaign `{}` took {} tries here and {} there: the sampler or the "
                  "space has changed",
                  a.count, printable(a.prior), *a.tries, *b.tries);
    }
  }
}

void add_power(Study& study, Study& part, const SetupRow& setup) {
  const auto power = part.modelled_power(setup.id);
  if (!power) return;
  const auto there = study.modelled_power(setup.id);
  if (!there) {
    study.set_modelled_power(setup.id, *power);
  } else if (!(*there == *power)) {
    throw Error(ErrorCode::input,
                "energy of {} is modelled with {} W ({}) here and {} W ({}) there; give both the "
                "same power (opline run --active-watts)",
                printable(setup.setup.board), power->watts, printable(power->source), there->watts,
                printable(there->source));
  }
}

}  // namespace

void Study::Impl::add_campaigns(Study& study, Study& part) {
  for (const SpaceRow& space : part.spaces()) {
    require_same_networks(space, study.spaces());
    put_space(space);
  }
  for (const SetupRow& setup : part.setups()) {
    study.add_setup(setup.setup);
    add_power(study, part, setup);
  }
  for (const CampaignRow& campaign : part.campaigns()) {
    require_same_tries(campaign, study.campaigns());
    const CampaignKey key =
        put_campaign(campaign.campaign, campaign.created_at, campaign.opline_version);
    study.add_draws(key, 0, part.draws(campaign.key));
    for (const std::string& setup : campaign.setups) study.ask(key, setup);
  }
}

bool Study::Impl::add_outcome(Study& study, const std::string& network, const SetupRow& setup,
                              const OutcomeRow& row, std::vector<Conflict>& conflicts) {
  if (const auto there = study.outcome(network, setup.id)) {
    const bool lost_there = there->outcome.kind == OutcomeKind::board_lost;
    const bool lost_here = row.outcome.kind == OutcomeKind::board_lost;
    if (lost_there == lost_here && !is_same(there->outcome, row.outcome)) {
      conflicts.push_back({network, setup.id, setup.setup.board,
                           in_words(there->outcome, row.outcome),
                           in_words(row.outcome, there->outcome), ""});
    }
    if (!lost_there || lost_here) return false;
    connection.query("DELETE FROM outcomes WHERE network = ? AND setup = ?")
        .with(network_key(network), setup_key(setup.id))
        .run();
  }
  return put_outcome(network, setup.id, row.outcome, row.finished_at, row.opline_version);
}

void Study::Impl::put_part(const PartRow& part) {
  connection
      .query(
          "INSERT INTO parts (file, content, host, created_by, created_at, outcomes, added, "
          "merged_by, merged_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) "
          "ON CONFLICT (content, file) DO NOTHING")
      .with(part.file, part.content, part.host, part.created_by, part.created_at, part.outcomes,
            part.added, part.merged_by, part.merged_at)
      .run();
}

PartAdded Study::add_part(Study& part, std::string_view now,
                          const std::function<void()>& progress) {
  require_time(now);
  PartAdded added;
  Connection& from = part.impl_->connection;
  const auto advance = [&] {
    if (progress) progress();
  };
  const auto add = [&] {
    std::string definitions;
    const Content content = part.impl_->read_content(definitions);
    added.row = {part.path().string(),
                 content.digest,
                 part.created_on(),
                 part.created_by(),
                 part.created_at(),
                 content.outcomes,
                 0,
                 fmt::format("opline {}", version()),
                 std::string(now)};
    added.fits = static_cast<std::int64_t>(part.fits().size());
    if (definitions == impl_->definitions()) {  // another shard: no need to compare every row
      for (std::int64_t i = 0; i < content.networks; ++i) advance();
    } else {
      for (const std::string& id :
           ids(from, "SELECT id FROM networks WHERE key > ? ORDER BY key", 0)) {
        add_network(*part.network(id));
        advance();
      }
      impl_->add_campaigns(*this, part);
    }
    for (const SetupRow& setup : part.setups()) {
      const std::vector<std::string> networks =
          ids(from,
              "SELECT n.id FROM outcomes o JOIN networks n ON n.key = o.network WHERE "
              "o.setup = ? ORDER BY o.key",
              part.impl_->setup_key(setup.id));
      for (const std::string& network : networks) {
        if (impl_->add_outcome(*this, network, setup, *part.outcome(network, setup.id),
                               added.conflicts))
          ++added.row.added;
        advance();
      }
    }
    for (const PartRow& earlier : part.parts()) impl_->put_part(earlier);
    impl_->put_part(added.row);
  };
  try {
    impl_->connection.write([&] { from.read([&] { return add(), true; }); });
  } catch (const Error& error) {
    if (error.code() != ErrorCode::input) throw;
    throw Error(ErrorCode::input, "{}: cannot be merged into {}: {}", part.path().string(),
                path().string(), error.what());
  }
  return added;
}

std::uint64_t Study::size() {
  return impl_->connection.read([&] {
    Statement row = impl_->connection.query(
        "SELECT (SELECT count(*) FROM networks) + (SELECT count(*) FROM outcomes)");
    row.with().next();
    return row.natural(0);
  });
}

std::vector<PartRow> Study::parts() {
  return impl_->connection.read([&] {
    std::vector<PartRow> result;
    Statement rows = impl_->connection.query(
        "SELECT key, file, content, host, created_by, created_at, outcomes, added, merged_by, "
        "merged_at FROM parts ORDER BY key");
    rows.with();
    while (rows.next()) {
      result.push_back({rows.text(1), rows.text(2), rows.optional_text(3), rows.text(4),
                        rows.text(5), static_cast<std::int64_t>(rows.natural(6)),
                        static_cast<std::int64_t>(rows.natural(7)), rows.text(8), rows.text(9)});
    }
    return result;
  });
}

}  // namespace opline::store
