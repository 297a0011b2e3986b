// src/store/study_impl.h - what the parts of Study share.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "src/store/connection.h"
#include "src/store/study.h"

namespace opline::store {

class Study::Impl {
 public:
  Impl(const std::filesystem::path& path, Mode mode, std::string_view now,
       std::chrono::milliseconds timeout)
      : connection(path, mode, now, timeout) {}

  // Each throws Error{input} when the study has no such row.
  std::int64_t network_key(const std::string& id);
  std::int64_t setup_key(const std::string& id);
  void require_campaign(CampaignKey campaign);
  /// For questions: a setup that is not in the study has no outcomes.
  std::optional<std::int64_t> find_setup(const std::string& id);
  std::vector<CampaignRow> read_campaigns();

  // What add_space(), add_campaign() and record_outcome() store, in a transaction of the caller's.
  // `by`: the version of the opline that did it.
  void put_space(const SpaceRow& space);
  CampaignKey put_campaign(const NewCampaign& campaign, std::string_view now, std::string_view by);
  bool put_outcome(const std::string& network, const std::string& setup,
                   const measure::Outcome& outcome, std::string_view finished_at,
                   std::string_view by);

  /// The digest of what the outcomes are of: the tables that come first in content().
  std::string definitions();
  Content read_content(std::string& definitions);

  // Parts of add_part(), in its transaction.
  void add_campaigns(Study& study, Study& part);
  /// Whether it was stored; notes a conflict.
  bool add_outcome(Study& study, const std::string& network, const SetupRow& setup,
                   const OutcomeRow& row, std::vector<Conflict>& conflicts);
  void put_part(const PartRow& part);

  /// Calls `take` with every measured network of the selection, setup by setup, in order of first
  /// draw: columns as kMeasurements (questions.cpp) has them; `first` of its setup. Goes on to the
  /// next setup where `take` returns false.
  void each_measured(
      const Selection& selection,
      const std::function<bool(const SetupRow& setup, const Statement& row, bool first)>& take);

  Connection connection;
};

/// A network's layers in order, with their cycles in `outcome`; without an outcome no cycles are
/// known.
[[nodiscard]] std::vector<MeasuredLayer> read_layers(Connection& connection, std::int64_t network,
                                                     std::optional<std::int64_t> outcome);

}  // namespace opline::store
