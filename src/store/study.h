// src/store/study.h - the study: one SQLite file that holds spaces, networks, campaigns, outcomes
// and fits.
//
// The schema is documented in docs/formats/study.md; whatever is not offered here can be asked in
// SQL.
//
// What it promises
//   - An outcome is in the file, with all its layers, once record_outcome() has returned, and not
//   at
//     all before: a SIGKILL loses the networks in flight, a power cut no more than that (WAL,
//     synchronous = FULL).
//   - After a kill or a full disk at any moment, from the creation of the file on, it opens again
//   and
//     holds what was committed (tests/store/crash_test.cpp injects both at every write).
//   - (network, setup) is unique: nothing can be measured twice into one study.
//   - A file that is not a study, or that a newer opline wrote, is refused and not touched.
// Who may use it: one thread at a time per Study; one writer per file (a second one waits up to
// `busy_timeout`), any number of readers, also of other processes, who see the last committed
// state. Not across fork().
//
// Times are given by the caller as ISO 8601 UTC, "2026-01-31T12:00:00Z"; the clock is never read
// here. Errors: every function may throw Error{io} (disk full, file locked, read-only),
// Error{input} (an id that is not in the study, a value out of range) or Error{damaged} (the file
// is not as opline wrote it), naming the file and, for damage, the row. A call that throws has
// changed nothing.
#pragma once
#include <chrono>
#include <filesystem>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/store/rows.h"

namespace opline::store {

enum class Mode {
  create,      ///< Creates the file when there is none or an empty one, then as read_write. Needs
               ///< `now`.
  read_write,  ///< The file must exist; an older format is brought up to date.
  write_if_possible,  ///< read_write where permissions allow it, else read_only.
  /// Never changes a byte of the file, but for rolling back what an interrupted writer left in a
  /// journal. An older format is read through a copy in memory.
  read_only,
};

/// How long a call waits for another process that is writing.
inline constexpr std::chrono::milliseconds kBusyTimeout{10'000};

class Study {
 public:
  static Study open(const std::filesystem::path& path, Mode mode, std::string_view now = {},
                    std::chrono::milliseconds busy_timeout = kBusyTimeout);
  Study(Study&&) noexcept;
  Study& operator=(Study&&) noexcept;
  ~Study();

  [[nodiscard]] const std::filesystem::path& path() const;
  [[nodiscard]] std::string created_by() const;  ///< "opline 0.1.0".
  [[nodiscard]] std::string created_at() const;
  /// The host's name; missing where it could not be read, and in files that were created with
  /// format 4 or earlier.
  [[nodiscard]] std::optional<std::string> created_on() const;

  /// Throws Error{io} when path() is no longer the file that was opened: it was deleted, moved or
  /// replaced meanwhile, and what was written is in the other file, or gone. To be called before
  /// work is reported as stored.
  void require_in_place();

  /// Runs `work` in one transaction: everything it adds is there afterwards, or, if it throws,
  /// nothing. Use it around many add_ and record_ calls: a transaction of its own costs each a
  /// flush to disk.
  void transact(const std::function<void()>& work);

  // ---- What is asked for. All idempotent: the same identity gives the same row. ----

  /// Returns the id: digest(meaning), or digest(text) without a meaning. `meaning` is what makes
  /// the space the same one where the text has comments and layout, too; the first text stays.
  /// Throws Error{input} when the id is there under another name.
  /// `networks`: how many distinct ones the space has, a decimal number; a later call may add it.
  std::string add_space(const std::string& name, const std::string& text,
                        const std::string& meaning = {},
                        const std::optional<std::string>& networks = {});
  /// Returns whether it was new. Where one of two records of an id has nothing but ops (a table
  /// named the network), the other's figures and layers are kept. Throws Error{input} when the id
  /// is there with other figures or layers (another opline counted differently), or when `id` is
  /// not the digest of `canonical_text`.
  bool add_network(const NetworkRecord& network);
  /// Returns setup.id().
  std::string add_setup(const measure::Setup& setup);
  /// The campaign with this space, prior and seed; a larger `count` extends it, a smaller one
  /// changes nothing.
  CampaignKey add_campaign(const NewCampaign& campaign, std::string_view now);
  /// Notes that the campaign is to be measured under `setup`.
  void ask(CampaignKey campaign, const std::string& setup);
  /// Puts draws[i] at position `first` + i. Positions that are there must be the same; no gap may
  /// be left and none may lie beyond the campaign's count. Returns how many were new. Throws
  /// Error{input} naming the first draw that differs: then the sampler or the space is another one.
  std::int64_t add_draws(CampaignKey campaign, std::int64_t first, const std::vector<Draw>& draws);

  // ---- What came of it ----

  /// Stores `outcome` with its layers. Returns false, and changes nothing, when the network has an
  /// outcome under this setup. Throws Error{input} when fault(outcome) has something to say or the
  /// number of layers isn't the network's.
  bool record_outcome(const std::string& network, const std::string& setup,
                      const measure::Outcome& outcome, std::string_view finished_at);
  /// Networks of the campaign (of its first `first_draws` draws, of a part) without an outcome
  /// under `setup`, each once, in the order they were first drawn. A setup that is not in the study
  /// has no outcomes.
  [[nodiscard]] std::vector<Pending> pending(CampaignKey campaign, const std::string& setup,
                                             std::optional<std::int64_t> first_draws = {},
                                             Part part = {});
  /// Deletes the campaign's outcomes of these kinds under `setup`, so that they are pending again;
  /// returns how many. Throws Error{usage} for `measured`: a measurement is never thrown away.
  std::int64_t retry(CampaignKey campaign, const std::string& setup,
                     const std::vector<measure::OutcomeKind>& kinds);
  [[nodiscard]] std::optional<OutcomeRow> outcome(const std::string& network,
                                                  const std::string& setup);

  // ---- Questions ----

  /// Every selected campaign with every selected setup that it was asked for under, in the order in
  /// which they came into the file; with or without measurements.
  [[nodiscard]] std::vector<CampaignSetup> series(const Selection& selection);
  /// One series per setup: measurements of different setups never mix. Setups in the order they
  /// came into the file.
  [[nodiscard]] std::vector<Series> measurements(const Selection& selection);
  /// The layers of the first `most` networks of each of these series, in the same order, with their
  /// cycles. O(layers).
  [[nodiscard]] std::vector<LayerSeries> layer_measurements(
      const Selection& selection, std::size_t most = std::numeric_limits<std::size_t>::max());
  /// The campaign's networks with another outcome than a measurement under `setup`, in order of
  /// first draw.
  [[nodiscard]] std::vector<FailureRow> failures(CampaignKey campaign, const std::string& setup);
  /// Of the networks of the part. One pass over the draws, a bit of memory per network of the file.
  [[nodiscard]] Summary summary(CampaignKey campaign, const std::string& setup,
                                std::optional<std::int64_t> first_draws = {}, Part part = {});
  [[nodiscard]] std::vector<SpaceRow> spaces();
  [[nodiscard]] std::vector<SetupRow> setups();
  [[nodiscard]] std::vector<CampaignRow> campaigns();
  [[nodiscard]] std::vector<Draw> draws(CampaignKey campaign);
  [[nodiscard]] std::optional<NetworkRecord> network(const std::string& id);

  // ---- Merging (merge.h has the whole of it) ----

  /// What the study holds, for comparing it with another one. O(rows).
  [[nodiscard]] Content content();
  /// Its networks plus its outcomes: what add_part() reports progress in.
  [[nodiscard]] std::uint64_t size();
  /// Adds the spaces, networks, setups, campaigns with their draws, outcomes, modelled power and
  /// parts of `part`; not its fits, which describe what they were made from. What is there already
  /// is not stored again; `board_lost` gives way to any other outcome. Where both hold different
  /// outcomes of a network under a setup, the one that is there stays and the result names both.
  /// Throws Error{input} where a space, network, draw or power of the same identity differs.
  /// `progress` is called after each network and each outcome.
  PartAdded add_part(Study& part, std::string_view now, const std::function<void()>& progress = {});
  /// What was merged into this study, oldest first.
  [[nodiscard]] std::vector<PartRow> parts();

  // ---- Modelled energy ----

  /// Energy under `setup` is modelled as watts x seconds; a later figure replaces an earlier one.
  void set_modelled_power(const std::string& setup, const ModelledPower& power);
  [[nodiscard]] std::optional<ModelledPower> modelled_power(const std::string& setup);

  // ---- Fits ----

  /// Returns the id; a fit that already exists is not stored again.
  std::string save_fit(const NewFit& fit, std::string_view now);
  /// The same for a result that is worth having even where it cannot be stored: a study that is
  /// read-only, locked by another process (for longer than a moment) or on a full disk is an answer
  /// and not an Error.
  [[nodiscard]] SavedFit try_save_fit(const NewFit& fit, std::string_view now);
  /// Oldest first; those of one setup when it is given.
  [[nodiscard]] std::vector<FitRow> fits(const std::optional<std::string>& setup = {});
  [[nodiscard]] std::optional<FitRow> fit(const std::string& id);

  /// Reads the whole file: SQLite's integrity check, foreign keys, and layers that are missing.
  /// Empty when all is well; else one line per problem.
  [[nodiscard]] std::vector<std::string> check();

 private:
  class Impl;
  explicit Study(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace opline::store
