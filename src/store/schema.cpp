#include "src/store/schema.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <array>
#include <map>

#include "src/base/printable.h"
#include "src/base/version.h"

namespace opline::store {
namespace {

// Conventions: `key` is a row's number in this file, `id` a digest that is the same in every file.
// A CHECK passes on NULL, so `> 0` reads "above 0, or unknown". `< 9e999` refuses infinity (NaN is
// NULL to SQLite).
constexpr const char* kFormat1 = R"sql(
CREATE TABLE study (
  key TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL CHECK (value <> '')
) STRICT, WITHOUT ROWID;

CREATE TABLE spaces (
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE CHECK (length(id) = 32 AND id NOT GLOB '*[^0-9a-f]*'),
  name TEXT NOT NULL CHECK (name <> ''),
  text TEXT NOT NULL CHECK (text <> '')
) STRICT;

CREATE TABLE networks (
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE CHECK (length(id) = 32 AND id NOT GLOB '*[^0-9a-f]*'),
  canonical_text TEXT CHECK (canonical_text <> ''),
  ops INTEGER NOT NULL CHECK (ops > 0),
  macs INTEGER CHECK (macs > 0 AND ops = 2 * macs),
  parameters INTEGER CHECK (parameters > 0),
  weight_bytes INTEGER CHECK (weight_bytes > 0),
  channel_bytes INTEGER CHECK (channel_bytes > 0),
  activation_bytes INTEGER CHECK (activation_bytes > 0),
  arena_bytes INTEGER CHECK (arena_bytes > 0),
  layer_count INTEGER CHECK (layer_count > 0)
) STRICT;

CREATE TABLE layer_types (
  type TEXT NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;
INSERT INTO layer_types VALUES ('conv2d'), ('depthwise_conv2d'), ('fully_connected'), ('average_pool_2d'),
  ('max_pool_2d'), ('add'), ('softmax');

CREATE TABLE layers (
  network INTEGER NOT NULL REFERENCES networks (key) ON DELETE CASCADE,
  position INTEGER NOT NULL CHECK (position >= 0),
  type TEXT NOT NULL REFERENCES layer_types (type),
  macs INTEGER NOT NULL CHECK (macs >= 0),
  parameters INTEGER NOT NULL CHECK (parameters >= 0),
  in_h INTEGER NOT NULL CHECK (in_h > 0),
  in_w INTEGER NOT NULL CHECK (in_w > 0),
  in_c INTEGER NOT NULL CHECK (in_c > 0),
  out_h INTEGER NOT NULL CHECK (out_h > 0),
  out_w INTEGER NOT NULL CHECK (out_w > 0),
  out_c INTEGER NOT NULL CHECK (out_c > 0),
  kernel_h INTEGER CHECK (kernel_h > 0),
  kernel_w INTEGER CHECK (kernel_w > 0),
  stride_h INTEGER CHECK (stride_h > 0),
  stride_w INTEGER CHECK (stride_w > 0),
  padding TEXT CHECK (padding IN ('same', 'valid')),
  activation TEXT NOT NULL CHECK (activation IN ('none', 'relu', 'relu6')),
  live_bytes INTEGER CHECK (live_bytes > 0),
  PRIMARY KEY (network, position),
  CHECK ((kernel_h IS NULL) = (padding IS NULL) AND (kernel_w IS NULL) = (padding IS NULL)
    AND (stride_h IS NULL) = (padding IS NULL) AND (stride_w IS NULL) = (padding IS NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE setups (
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE CHECK (length(id) = 32 AND id NOT GLOB '*[^0-9a-f]*'),
  json TEXT NOT NULL CHECK (json_valid(json)),
  board TEXT NOT NULL AS (json ->> '$.board') CHECK (board <> ''),
  core TEXT AS (json ->> '$.core') CHECK (core <> ''),
  clock_hz INTEGER AS (json ->> '$.clock_hz') CHECK (clock_hz > 0),
  supply_volts REAL AS (json ->> '$.supply_volts') CHECK (supply_volts > 0),
  runtime TEXT AS (json ->> '$.runtime') CHECK (runtime <> ''),
  firmware_digest TEXT AS (json ->> '$.firmware_digest') CHECK (firmware_digest <> ''),
  compiler TEXT AS (json ->> '$.compiler') CHECK (compiler <> ''),
  flags TEXT AS (json ->> '$.flags') CHECK (flags <> ''),
  placement TEXT AS (json ->> '$.placement') CHECK (placement <> ''),
  runner TEXT NOT NULL AS (json ->> '$.runner') CHECK (runner IN ('simulated', 'attached', 'imported')),
  timing_model TEXT AS (json ->> '$.timing_model') CHECK (timing_model <> '')
) STRICT;

CREATE TABLE campaigns (
  key INTEGER PRIMARY KEY,
  space INTEGER NOT NULL REFERENCES spaces (key),
  prior TEXT NOT NULL CHECK (prior <> ''),
  seed INTEGER CHECK (seed >= 0),
  count INTEGER NOT NULL CHECK (count > 0),
  command TEXT CHECK (command <> ''),
  created_at TEXT NOT NULL CHECK (created_at GLOB
    '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]*Z'),
  opline_version TEXT NOT NULL CHECK (opline_version <> ''),
  CHECK ((seed IS NULL) = (prior = 'imported'))
) STRICT;
CREATE UNIQUE INDEX campaigns_are_unique ON campaigns (space, prior, ifnull(seed, -1));

CREATE TABLE campaign_setups (
  campaign INTEGER NOT NULL REFERENCES campaigns (key),
  setup INTEGER NOT NULL REFERENCES setups (key),
  PRIMARY KEY (campaign, setup)
) STRICT, WITHOUT ROWID;

CREATE TABLE draws (
  campaign INTEGER NOT NULL REFERENCES campaigns (key),
  position INTEGER NOT NULL CHECK (position BETWEEN 0 AND 2147483647),
  architecture TEXT NOT NULL CHECK (architecture <> ''),
  network INTEGER NOT NULL REFERENCES networks (key),
  PRIMARY KEY (campaign, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX draws_by_network ON draws (network);

CREATE TABLE outcomes (
  key INTEGER PRIMARY KEY,
  network INTEGER NOT NULL REFERENCES networks (key),
  setup INTEGER NOT NULL REFERENCES setups (key),
  kind TEXT NOT NULL CHECK (kind IN ('measured', 'does_not_fit', 'timed_out', 'wrong_output',
    'executed_without_timing', 'board_lost', 'crashed')),
  reason TEXT CHECK (reason <> ''),
  cycles INTEGER CHECK (cycles > 0),
  seconds REAL CHECK (seconds > 0 AND seconds < 9e999),
  joules REAL CHECK (joules > 0 AND joules < 9e999),
  finished_at TEXT NOT NULL CHECK (finished_at GLOB
    '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]*Z'),
  opline_version TEXT NOT NULL CHECK (opline_version <> ''),
  UNIQUE (setup, network),
  CHECK (CASE kind
    WHEN 'measured' THEN reason IS NULL AND (cycles IS NULL) <> (seconds IS NULL)
    ELSE reason IS NOT NULL AND cycles IS NULL AND seconds IS NULL AND joules IS NULL END)
) STRICT;
CREATE INDEX outcomes_by_network ON outcomes (network);
CREATE TRIGGER outcomes_never_change BEFORE UPDATE ON outcomes
BEGIN SELECT raise(ABORT, 'an outcome is never changed'); END;
CREATE TRIGGER measured_outcomes_stay BEFORE DELETE ON outcomes WHEN OLD.kind = 'measured'
BEGIN SELECT raise(ABORT, 'a measured outcome is never deleted'); END;

CREATE TABLE layer_results (
  outcome INTEGER NOT NULL REFERENCES outcomes (key) ON DELETE CASCADE,
  position INTEGER NOT NULL CHECK (position >= 0),
  cycles INTEGER CHECK (cycles > 0),
  digest INTEGER CHECK (digest BETWEEN 0 AND 4294967295),
  PRIMARY KEY (outcome, position),
  CHECK (cycles IS NOT NULL OR digest IS NOT NULL)
) STRICT, WITHOUT ROWID;

CREATE TABLE fits (
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE CHECK (length(id) = 32 AND id NOT GLOB '*[^0-9a-f]*'),
  selection TEXT NOT NULL CHECK (json_valid(selection)),
  setup INTEGER REFERENCES setups (key),
  format TEXT NOT NULL CHECK (format <> ''),
  format_version INTEGER NOT NULL CHECK (format_version > 0),
  text TEXT NOT NULL CHECK (json_valid(text)),
  created_at TEXT NOT NULL CHECK (created_at GLOB
    '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]*Z'),
  opline_version TEXT NOT NULL CHECK (opline_version <> '')
) STRICT;

CREATE VIEW measurements AS
SELECT n.id AS network, s.id AS setup, s.board, s.runner, n.ops, n.macs, n.parameters, n.layer_count,
  o.cycles, s.clock_hz, ifnull(o.seconds, CAST(o.cycles AS REAL) / s.clock_hz) AS seconds, o.joules, o.finished_at
FROM outcomes o JOIN networks n ON n.key = o.network JOIN setups s ON s.key = o.setup
WHERE o.kind = 'measured';

CREATE VIEW layer_measurements AS
SELECT n.id AS network, s.id AS setup, s.board, s.runner, l.position, l.type, 2 * l.macs AS ops, l.macs,
  l.parameters, l.in_h, l.in_w, l.in_c, l.out_h, l.out_w, l.out_c, l.kernel_h, l.kernel_w, l.stride_h,
  l.stride_w, l.padding, l.activation, l.live_bytes, r.cycles, s.clock_hz, CAST(r.cycles AS REAL) / s.clock_hz AS seconds
FROM layer_results r JOIN outcomes o ON o.key = r.outcome JOIN networks n ON n.key = o.network
JOIN setups s ON s.key = o.setup JOIN layers l ON l.network = o.network AND l.position = r.position
WHERE o.kind = 'measured' AND r.cycles IS NOT NULL;
)sql";

// Energy that is power times seconds is a model, so it has a table of its own and is never in
// `outcomes`.
constexpr const char* kFormat2 = R"sql(
CREATE TABLE modelled_power (
  setup INTEGER NOT NULL PRIMARY KEY REFERENCES setups (key),
  watts REAL NOT NULL CHECK (watts > 0 AND watts < 9e999),
  source TEXT NOT NULL CHECK (source <> '')
) STRICT;

CREATE VIEW modelled_energy AS
SELECT m.network, m.setup, m.board, m.runner, m.ops, m.seconds, p.watts, p.watts * m.seconds AS joules, p.source
FROM measurements m JOIN setups s ON s.id = m.setup JOIN modelled_power p ON p.setup = s.key;
)sql";

// What the sampler knows when a campaign is entered, and layers that format 1 had no name for.
constexpr const char* kFormat3 = R"sql(
ALTER TABLE spaces ADD COLUMN networks TEXT CHECK (networks NOT GLOB '*[^0-9]*' AND networks GLOB '[1-9]*');
ALTER TABLE campaigns ADD COLUMN tries INTEGER CHECK (tries > 0);
INSERT INTO layer_types VALUES ('pad'), ('mean'), ('concatenation');
)sql";

// Attached boards measure a network several times; `outcomes.cycles` is the median of them.
constexpr const char* kFormat4 = R"sql(
CREATE TABLE repeats (
  outcome INTEGER NOT NULL REFERENCES outcomes (key) ON DELETE CASCADE,
  position INTEGER NOT NULL CHECK (position >= 0),
  cycles INTEGER NOT NULL CHECK (cycles > 0),
  PRIMARY KEY (outcome, position)
) STRICT, WITHOUT ROWID;
)sql";

// Where the rows of a merged study come from. `content` is the digest of content.cpp.
constexpr const char* kFormat5 = R"sql(
CREATE TABLE parts (
  key INTEGER PRIMARY KEY,
  file TEXT NOT NULL CHECK (file <> ''),
  content TEXT NOT NULL CHECK (length(content) = 32 AND content NOT GLOB '*[^0-9a-f]*'),
  host TEXT CHECK (host <> ''),
  created_by TEXT NOT NULL CHECK (created_by <> ''),
  created_at TEXT NOT NULL CHECK (created_at <> ''),
  outcomes INTEGER NOT NULL CHECK (outcomes >= 0),
  added INTEGER NOT NULL CHECK (added BETWEEN 0 AND outcomes),
  merged_by TEXT NOT NULL CHECK (merged_by <> ''),
  merged_at TEXT NOT NULL CHECK (merged_at GLOB
    '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]*Z'),
  UNIQUE (content, file)
) STRICT;
)sql";

// Layers of two operands whose shapes differ, or of which one is a constant ('first', 'second');
// functions of one value; what only moves values.
constexpr const char* kFormat6 = R"sql(
ALTER TABLE layers ADD COLUMN in2_h INTEGER CHECK (in2_h > 0);
ALTER TABLE layers ADD COLUMN in2_w INTEGER CHECK (in2_w > 0);
ALTER TABLE layers ADD COLUMN in2_c INTEGER CHECK (in2_c > 0);
ALTER TABLE layers ADD COLUMN constant TEXT CHECK (constant IN ('first', 'second'));
UPDATE layers SET in2_h = in_h, in2_w = in_w, in2_c = in_c WHERE type = 'add';
INSERT INTO layer_types VALUES ('sub'), ('mul'), ('prelu'), ('relu'), ('relu6'), ('relu_n1_to_1'),
  ('leaky_relu'), ('logistic'), ('tanh'), ('hard_swish'), ('quantize'), ('transpose'),
  ('resize_nearest_neighbor'), ('slice');
)sql";

constexpr std::array<const char*, 6> kMigrations{kFormat1, kFormat2, kFormat3,
                                                 kFormat4, kFormat5, kFormat6};

/// A table, view, index or trigger.
struct Object {
  std::string type;
  std::map<std::string, std::string> columns;  ///< Name to type and constraints.
};
using Schema = std::map<std::string, Object>;

Schema schema_of(SQLite::Database& database) {
  Schema schema;
  SQLite::Statement rows(
      database,
      "SELECT s.name, s.type, c.name, c.type || ' ' || c.\"notnull\" || c.pk || c.hidden "
      "FROM sqlite_schema s LEFT JOIN pragma_table_xinfo(s.name) c "
      "ON s.type IN ('table', 'view') WHERE s.name NOT LIKE 'sqlite_%'");
  while (rows.executeStep()) {
    Object& object = schema[rows.getColumn(0).getString()];
    object.type = rows.getColumn(1).getString();
    if (!rows.isColumnNull(2))
      object.columns[rows.getColumn(2).getString()] = rows.getColumn(3).getString();
  }
  return schema;
}

const Schema& current_schema() {
  static const Schema schema = [] {
    SQLite::Database fresh(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    migrate(fresh, migrations(), "2026-01-01T00:00:00Z");
    return schema_of(fresh);
  }();
  return schema;
}

/// Empty where it cannot be read.
std::string host_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

void sign(SQLite::Database& database, const std::string& now) {
  database.exec("PRAGMA application_id = " + std::to_string(kApplicationId));
  const auto insert = [&](const char* key, const std::string& value) {
    SQLite::Statement statement(database, "INSERT INTO study (key, value) VALUES (?, ?)");
    statement.bind(1, key);
    statement.bind(2, value);
    statement.exec();
  };
  insert("created_by", "opline " + std::string(version()));
  insert("created_at", now);
  if (const std::string host = host_name(); !host.empty()) insert("created_on", host);
}

/// Whether there was a step left to take.
bool migrate_one(SQLite::Database& database, std::span<const char* const> scripts,
                 const std::string& now) {
  SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
  const std::int64_t format = database.execAndGet("PRAGMA user_version").getInt64();
  if (format < 0 || format >= static_cast<std::int64_t>(scripts.size())) return false;
  database.exec(scripts[static_cast<std::size_t>(format)]);
  if (format == 0) sign(database, now);
  database.exec("PRAGMA user_version = " + std::to_string(format + 1));
  SQLite::Statement orphans(database, "PRAGMA foreign_key_check");
  if (orphans.executeStep())
    throw SQLite::Exception("a row refers to another that does not exist", SQLITE_CORRUPT);
  transaction.commit();
  return true;
}

}  // namespace

std::span<const char* const> migrations() { return kMigrations; }

std::int64_t current_format() { return static_cast<std::int64_t>(kMigrations.size()); }

std::optional<std::string> schema_fault(SQLite::Database& database) {
  const Schema& expected = current_schema();
  const Schema found = schema_of(database);
  for (const auto& [name, object] : expected) {
    const auto same = found.find(name);
    if (same == found.end() || same->second.type != object.type)
      return fmt::format("it has no {} `{}`", object.type, name);
    for (const auto& [column, form] : object.columns) {
      const auto there = same->second.columns.find(column);
      if (there == same->second.columns.end())
        return fmt::format("{} `{}` has no column `{}`", object.type, name, column);
      if (there->second != form)
        return fmt::format("column `{}` of `{}` is of another kind", column, name);
    }
  }
  for (const auto& [name, object] : found) {
    if (object.type == "trigger" && !expected.contains(name))
      return fmt::format("it has a trigger `{}` that opline did not make", printable(name));
  }
  return std::nullopt;
}

void migrate(SQLite::Database& database, std::span<const char* const> scripts,
             const std::string& now) {
  const auto format = [&] { return database.execAndGet("PRAGMA user_version").getInt64(); };
  // Looked at before a lock is taken: a file that is up to date can be opened while another process
  // writes.
  while (format() < static_cast<std::int64_t>(scripts.size()) &&
         migrate_one(database, scripts, now)) {
  }
}

}  // namespace opline::store
