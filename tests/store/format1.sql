-- A study of format 1 as SQL: frozen. tests/store/schema_test.cpp opens it with every later version.
PRAGMA application_id = 1332767854;
PRAGMA user_version = 1;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE study (
  key TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL CHECK (value <> '')
) STRICT, WITHOUT ROWID;
INSERT INTO study VALUES('created_at','2026-01-31T12:00:00Z');
INSERT INTO study VALUES('created_by','opline 0.1.0');
CREATE TABLE spaces (
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE CHECK (length(id) = 32 AND id NOT GLOB '*[^0-9a-f]*'),
  name TEXT NOT NULL CHECK (name <> ''),
  text TEXT NOT NULL CHECK (text <> '')
) STRICT;
INSERT INTO spaces VALUES(1,'9f6586fc65e970f9f8713d3d8c7a9dfd','tiny',replace('name = "tiny"\n','\n',char(10)));
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
INSERT INTO networks VALUES(1,'e111ad32204e88732759b84c7f248f94',replace('input 10 4 1\nconv2d 64\nsoftmax\n','\n',char(10)),11520,5760,704,640,768,4096,5120,2);
INSERT INTO networks VALUES(2,'62d17b287f63f9294429d08c3d7b13c9',replace('input 10 4 1\nconv2d 128\nsoftmax\n','\n',char(10)),23040,11520,704,640,768,4096,5120,2);
CREATE TABLE layer_types (
  type TEXT NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;
INSERT INTO layer_types VALUES('add');
INSERT INTO layer_types VALUES('average_pool_2d');
INSERT INTO layer_types VALUES('conv2d');
INSERT INTO layer_types VALUES('depthwise_conv2d');
INSERT INTO layer_types VALUES('fully_connected');
INSERT INTO layer_types VALUES('max_pool_2d');
INSERT INTO layer_types VALUES('softmax');
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
INSERT INTO layers VALUES(1,0,'conv2d',5760,704,10,4,1,5,2,64,3,3,2,2,'same','relu6',4096);
INSERT INTO layers VALUES(1,1,'softmax',0,0,5,2,64,5,2,64,NULL,NULL,NULL,NULL,NULL,'none',NULL);
INSERT INTO layers VALUES(2,0,'conv2d',11520,704,10,4,1,5,2,64,3,3,2,2,'same','relu6',4096);
INSERT INTO layers VALUES(2,1,'softmax',0,0,5,2,64,5,2,64,NULL,NULL,NULL,NULL,NULL,'none',NULL);
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
INSERT INTO setups VALUES(1,'b3f393796fd5497fe253bddc43e5d268','{"board":"nucleo-f446re","core":"cortex-m4","clock_hz":180000000,"supply_volts":3.3,"runtime":"opline/1","firmware_digest":"e9c754bdc1a6ca9114ecfbe942ed47df","compiler":"arm-none-eabi-gcc 12.2.1","flags":"-O2","placement":"code, weights: flash; arena, stack: sram","runner":"simulated","timing_model":"cortex-m4/1"}');
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
INSERT INTO campaigns VALUES(1,1,'uniform-decisions',1,3,'opline study --space tiny','2026-01-31T12:00:05Z','0.1.0');
CREATE TABLE campaign_setups (
  campaign INTEGER NOT NULL REFERENCES campaigns (key),
  setup INTEGER NOT NULL REFERENCES setups (key),
  PRIMARY KEY (campaign, setup)
) STRICT, WITHOUT ROWID;
INSERT INTO campaign_setups VALUES(1,1);
CREATE TABLE draws (
  campaign INTEGER NOT NULL REFERENCES campaigns (key),
  position INTEGER NOT NULL CHECK (position BETWEEN 0 AND 2147483647),
  architecture TEXT NOT NULL CHECK (architecture <> ''),
  network INTEGER NOT NULL REFERENCES networks (key),
  PRIMARY KEY (campaign, position)
) STRICT, WITHOUT ROWID;
INSERT INTO draws VALUES(1,0,'w=64',1);
INSERT INTO draws VALUES(1,1,'w=128',2);
INSERT INTO draws VALUES(1,2,'w=64 skip',1);
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
INSERT INTO outcomes VALUES(1,1,1,'measured',NULL,45000000,NULL,NULL,'2026-01-31T12:00:05Z','0.1.0');
INSERT INTO outcomes VALUES(2,2,1,'does_not_fit','needs 131072 B of SRAM, 120000 B are there',NULL,NULL,NULL,'2026-01-31T12:00:05Z','0.1.0');
CREATE TABLE layer_results (
  outcome INTEGER NOT NULL REFERENCES outcomes (key) ON DELETE CASCADE,
  position INTEGER NOT NULL CHECK (position >= 0),
  cycles INTEGER CHECK (cycles > 0),
  digest INTEGER CHECK (digest BETWEEN 0 AND 4294967295),
  PRIMARY KEY (outcome, position),
  CHECK (cycles IS NOT NULL OR digest IS NOT NULL)
) STRICT, WITHOUT ROWID;
INSERT INTO layer_results VALUES(1,0,44000000,7);
INSERT INTO layer_results VALUES(1,1,900000,3735928559);
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
INSERT INTO fits VALUES(1,'ba86878045126813d0c47f3b97b5b092','{"campaigns":[1]}',1,'opline-fit',1,'{"r_squared":0.99}','2026-01-31T12:00:05Z','0.1.0');
CREATE UNIQUE INDEX campaigns_are_unique ON campaigns (space, prior, ifnull(seed, -1));
CREATE INDEX draws_by_network ON draws (network);
CREATE INDEX outcomes_by_network ON outcomes (network);
CREATE TRIGGER outcomes_never_change BEFORE UPDATE ON outcomes
BEGIN SELECT raise(ABORT, 'an outcome is never changed'); END;
CREATE TRIGGER measured_outcomes_stay BEFORE DELETE ON outcomes WHEN OLD.kind = 'measured'
BEGIN SELECT raise(ABORT, 'a measured outcome is never deleted'); END;
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
COMMIT;
