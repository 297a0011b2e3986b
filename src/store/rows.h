// src/store/rows.h - what goes into a study and what comes out: plain data.
//
// An id is the digest of what it names (32 lower-case hexadecimal digits) and is the same in every
// study; a CampaignKey is a number within one file. A value that is not known is missing, never 0.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "src/measure/outcome.h"
#include "src/measure/setup.h"
#include "src/network/network.h"

namespace opline::store {

using CampaignKey = std::int64_t;

/// One layer. Of `layer` a study keeps type, window, activation, and the shapes of the first input
/// and of the output; which tensors it reads (`inputs`) and the pads are in the network's canonical
/// text alone: read back they are empty and 0, and comparing two records leaves them out.
struct LayerRecord {
  network::Layer layer{network::LayerType::conv2d, {}, {}, {}, {}, {}};
  std::uint64_t macs = 0;                   ///< 0 where the operation multiplies nothing.
  std::uint64_t parameters = 0;             ///< 0 where it has none.
  std::optional<std::uint64_t> live_bytes;  ///< SRAM in use while the layer runs; above 0.
};
[[nodiscard]] bool operator==(const LayerRecord& a, const LayerRecord& b);

/// A network. Of an imported one often nothing is known but its ops.
struct NetworkRecord {
  /// digest(canonical_text); where that is unknown, a digest of what names the network.
  std::string id;
  std::string canonical_text;         ///< Empty = unknown.
  std::uint64_t ops = 0;              ///< Above 0.
  std::optional<std::uint64_t> macs;  ///< ops / 2.
  std::optional<std::uint64_t> parameters;
  std::optional<std::uint64_t> weight_bytes;      ///< Of the weight pool, in flash.
  std::optional<std::uint64_t> channel_bytes;     ///< Of the channel pool, in flash.
  std::optional<std::uint64_t> activation_bytes;  ///< Peak of activations and scratch, in SRAM.
  std::optional<std::uint64_t> arena_bytes;       ///< Activations, plan and results, in SRAM.
  std::vector<LayerRecord> layers;                ///< In execution order; empty = unknown.
  bool operator==(const NetworkRecord&) const = default;
};

struct SpaceRow {
  std::string id;  ///< Study::add_space.
  std::string name;
  std::string text;                     ///< The space's file as it was read.
  std::optional<std::string> networks;  ///< How many distinct ones it has: a decimal number.
};

struct SetupRow {
  std::string id;
  measure::Setup setup;
};

/// What makes a campaign the same one: space, prior and seed. `count` may grow.
struct NewCampaign {
  std::string space;  ///< Id.
  std::string prior;  ///< "uniform-decisions", ...; "imported" exactly when there is no seed.
  std::optional<std::uint64_t> seed;  ///< 0 ... 2^63 - 1.
  std::int64_t count = 0;             ///< Draws asked for, 1 ... 2^31 - 1.
  std::string command;                ///< As it was typed; empty = unknown. The first one stays.
  /// Draws that the prior's constraint judged to find these `count`, itself included; `count` where
  /// there is no constraint. Acceptance is count / tries.
  std::optional<std::uint64_t> tries{};
};

struct CampaignRow {
  CampaignKey key = 0;
  NewCampaign campaign;
  std::string space_name;
  std::int64_t draws = 0;  ///< In the file so far: at most `campaign.count`.
  std::vector<std::string>
      setups;  ///< Ids that were asked for, in the order they came into the file.
  std::string created_at;
  std::string opline_version;
  std::optional<std::string> space_networks{};  ///< SpaceRow::networks.
};

/// A campaign and one of the setups it is to be measured under: one series of measurements.
struct CampaignSetup {
  CampaignRow campaign;
  SetupRow setup;
};

/// One sample of a campaign. Several may decode to the same network.
struct Draw {
  /// Canonical text of its decisions; of imported rows the user's name for it.
  std::string architecture;
  std::string network;  ///< Id.
};

/// A network that still has no outcome, with the first draw that decodes to it.
struct Pending {
  std::string network;
  std::string architecture;
  std::int64_t position = 0;
};

struct OutcomeRow {
  measure::Outcome outcome;
  std::string finished_at;
  std::string opline_version;
};

/// Which measurements to take. Everything that is set must hold; with nothing set: all of the
/// study. With any of campaigns, space, prior, seed or first_draws set, only networks that such a
/// campaign has drawn.
struct Selection {
  std::vector<CampaignKey> campaigns;  ///< Any of them.
  std::optional<std::string> space;    ///< Name, id, or NAME@ID (the beginning of the id).
  std::optional<std::string> prior;    ///< Its whole name.
  std::optional<std::uint64_t> seed;
  std::optional<std::int64_t> first_draws;  ///< Only the first draws of each campaign, this many.
  std::vector<std::string> setups;          ///< Any of these ids, or beginnings of ids.
  std::vector<std::string> boards;          ///< Any of these names.
  std::optional<measure::Runner> runner;
};

/// Whether the selection takes the setup, or the campaign, by what it says of them.
[[nodiscard]] bool selects(const Selection& selection, const SetupRow& setup);
[[nodiscard]] bool selects(const Selection& selection, const CampaignRow& campaign);

/// One measured network. Raw values; latency is `cycles` / clock of the setup, or `seconds`.
struct MeasurementRow {
  std::string network;
  std::uint64_t ops = 0;
  std::optional<std::uint64_t> macs;
  std::optional<std::uint64_t> parameters;
  std::optional<std::uint64_t> layer_count;
  std::optional<std::uint64_t> cycles;
  std::optional<double> seconds;
  std::optional<double> joules;
  std::int64_t draws = 0;    ///< Times the selected campaigns drew it; 0 = no campaign did.
  std::string architecture;  ///< Of the first of these draws; empty without one.
  std::optional<std::uint64_t> activation_bytes;  ///< NetworkRecord::activation_bytes.
};

/// A network that has an outcome but no measurement.
struct FailureRow {
  std::string network;
  std::string architecture;  ///< Of the campaign's first draw of it.
  std::int64_t draws = 0;    ///< Times the campaign drew it.
  std::uint64_t ops = 0;
  measure::OutcomeKind kind = measure::OutcomeKind::does_not_fit;
  std::string reason;
};

/// Measurements under one setup, in order of first draw (those of no campaign last).
struct Series {
  SetupRow setup;
  std::vector<MeasurementRow> rows;  ///< At least one.
};

/// One layer of a measured network.
struct MeasuredLayer {
  LayerRecord record;
  std::optional<std::uint64_t> cycles;  ///< As the device counted them.
};

/// A measured network with its layers.
struct NetworkLayers {
  std::string network;                ///< Id.
  std::vector<MeasuredLayer> layers;  ///< In execution order; empty = its structure is not known.
};

/// Layers of what was measured under one setup, in the order of Series::rows.
struct LayerSeries {
  SetupRow setup;
  std::vector<NetworkLayers> networks;  ///< At least one.
};

/// The same thing counted twice: as samples of the prior and as different networks.
struct Count {
  std::int64_t draws = 0;
  std::int64_t networks = 0;
  bool operator==(const Count&) const = default;
};

/// One of `of` parts of a campaign's networks: those whose first draw is at a position p with
/// p mod of == number - 1. Every network is in exactly one part.
struct Part {
  std::int64_t number = 1;  ///< 1 .. of.
  std::int64_t of = 1;

  [[nodiscard]] bool has(std::int64_t position) const { return position % of == number - 1; }
};

/// How far a campaign is under one setup. drawn = pending + the sum of `outcomes`.
struct Summary {
  Count drawn;
  Count pending;                                   ///< No outcome yet.
  Count fitting;                                   ///< Have an outcome other than `does_not_fit`.
  Count measured;                                  ///< outcomes[measured].
  std::map<measure::OutcomeKind, Count> outcomes;  ///< Kinds that occur.
};

/// What a study holds, apart from when, where and by which opline it was entered: two studies with
/// the same `digest` hold the same. docs/formats/study.md defines it.
struct Content {
  std::string digest;  ///< 32 hexadecimal digits.
  std::int64_t spaces = 0;
  std::int64_t networks = 0;
  std::int64_t setups = 0;
  std::int64_t campaigns = 0;
  std::int64_t draws = 0;
  std::int64_t outcomes = 0;
  bool operator==(const Content&) const = default;
};

/// A network and a setup with different outcomes in two studies.
struct Conflict {
  std::string network;  ///< Id.
  std::string setup;    ///< Id.
  std::string board;
  std::string there;       ///< What the study has: "1000 cycles".
  std::string here;        ///< What the part has.
  std::string there_file;  ///< merge(): the study, or the earlier part that brought it.
};

/// A study that was merged into another one.
struct PartRow {
  std::string file;                 ///< As it was named.
  std::string content;              ///< Content::digest.
  std::optional<std::string> host;  ///< Study::created_on().
  std::string created_by;           ///< Study::created_by().
  std::string created_at;           ///< Study::created_at().
  std::int64_t outcomes = 0;        ///< In the part.
  std::int64_t added = 0;           ///< Of these, new to the study.
  std::string merged_by;            ///< "opline 0.1.0".
  std::string merged_at;
};

/// What came of one part.
struct PartAdded {
  PartRow row;
  std::vector<Conflict> conflicts;
  std::int64_t fits = 0;  ///< In the part; they are not taken over.
};

/// What a setup's energy is modelled with: watts x seconds. Never a measurement.
struct ModelledPower {
  double watts = 0;    ///< While it computes; above 0.
  std::string source;  ///< Where the figure comes from, or "given by the user".
  bool operator==(const ModelledPower&) const = default;
};

/// A fit as versioned JSON text; its content is defined by the module that made it.
struct NewFit {
  std::string selection;             ///< JSON: which measurements it was made from.
  std::optional<std::string> setup;  ///< Id; missing when the user mixed several.
  std::string format;                ///< "opline-fit".
  std::int64_t format_version = 0;   ///< Above 0.
  std::string text;                  ///< JSON.
};

/// What became of storing a fit.
struct SavedFit {
  std::string id;
  std::string not_stored;  ///< Empty when it was stored; else why not.
};

struct FitRow {
  std::string id;
  NewFit fit;
  std::string created_at;
  std::string opline_version;
};

}  // namespace opline::store
