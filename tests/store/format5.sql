-- A study of format 5 as the program of commit f97c71c wrote it; frozen. tests/store/older_formats_test.cpp.
-- opline run --space tiny --count 4 --seed 175 --boards nucleo-f446re --threads 1 --db study.db
-- opline run --space kws --count 1 --seed 3 --boards nucleo-f446re --threads 1 --db study.db
-- opline fit --db study.db
-- sqlite3 study.db .dump, which leaves out the next two lines
PRAGMA application_id = 1332767854;
PRAGMA user_version = 5;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE study (
  key TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL CHECK (value <> '')
) STRICT, WITHOUT ROWID;
INSERT INTO study VALUES('created_at','2026-11-30T22:30:06Z');
INSERT INTO study VALUES('created_by','opline 0.1.0');
INSERT INTO study VALUES('created_on','host');
CREATE TABLE spaces (
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE CHECK (length(id) = 32 AND id NOT GLOB '*[^0-9a-f]*'),
  name TEXT NOT NULL CHECK (name <> ''),
  text TEXT NOT NULL CHECK (text <> '')
, networks TEXT CHECK (networks NOT GLOB '*[^0-9]*' AND networks GLOB '[1-9]*')) STRICT;
INSERT INTO spaces VALUES(1,'00dc6ec82c5764f31b9b77e4ca680737','tiny',replace('# A space for tests: every layer type that the runtime has, in networks of under a million instructions.\n# All figures are opline''s own. The largest network has 58 884 macs.\n# The format is documented in docs/formats/space.md.\nformat = "opline-space"\nversion = 1\ntitle = "every layer type in networks of under a million instructions, for tests"\ndescription = """\nSmall networks with both paddings, even and odd kernels, square and oblong windows, ReLU, ReLU6 and no activation, and\nwidths on both sides of multiples of four."""\ninput = [12, 10, 3]\n\n[[block]]\nname = "conv1"                            # im2col, VALID, an even kernel: 12x10 -> 9x8\ntype = "conv2d"\nkernel = [4, 3]\npadding = "valid"\nactivation = "relu6"\nwidth = [3, 4, 6, 8]\n\n[[block]]\nname = "shrink"                           # 9x8 -> 5x4; the last window of a column overlaps the border\ntype = "max_pool_2d"\nkernel = 2\nstride = 2\npadding = "same"\n\n[[block]]\nname = "separable"                        # the 3x3 depthwise path\ntype = "depthwise_separable"\nkernel = 3\nactivation = "relu"\nwidth = { from = 4, to = 13, step = 3 }\nskip = "identity"\n\n[[block]]\nname = "residual"                         # conv2d and add; the width that comes in\ntype = "conv2d"\nkernel = 3\nactivation = "relu"\nwidth = "same"\nresidual = true\nskip = "identity"\n\n[[block]]\nname = "down"                             # the general depthwise path; 5x4 -> 3x2, average pooling when skipped\ntype = "depthwise_separable"\nkernel = [3, 5]\nstride = 2\nactivation = "relu6"\nwidth = [5, 8, 12, 17]\nskip = "identity"\n\n[[block]]\nname = "point"                            # 1x1 without an activation\ntype = "conv2d"\nkernel = 1\nactivation = "none"\nwidth = [6, 8, 11, 16]\n\n[[block]]\nname = "pool"\ntype = "average_pool_2d"\nkernel = "global"\n\n[[block]]\nname = "classes"\ntype = "fully_connected"\nwidth = 5\n\n[[block]]\nname = "softmax"\ntype = "softmax"\n','\n',char(10)),'800');
INSERT INTO spaces VALUES(2,'bc9b4291ba73f231e1c5ac894261b9e3','kws',replace('# Keyword spotting, after MicroNets (Banbury et al., MLSys 2021, arXiv:2010.11267v6), section 5.2.\n# Each figure says whose it is: [paper], or [ours] where the paper leaves it open.\n# The format is documented in docs/formats/space.md.\nformat = "opline-space"\nversion = 1\ntitle = "keyword spotting, DS-CNN(L) enlarged by four blocks (MicroNets, MLSys 2021)"\ndescription = """\nDS-CNN(L) has a convolution and five depthwise-separable blocks of 276 channels; the paper''s search space adds four\nmore blocks. Decisions are the width of the convolution and of every block, and for every block whether it is there\n(its parallel skip branch; an average pooling where the block downsamples)."""\ninput = [49, 10, 1]                       # [paper] MFCC: 49 frames of 10 coefficients\n\n[[block]]\nname = "conv1"\ntype = "conv2d"\nkernel = [10, 4]                          # [paper] tables 4 and 5: conv 10x4\nstride = 1                                # [paper]\npadding = "same"                          # [paper] the map stays 49x10 until block 1: 25x5 remain\nactivation = "relu"                       # [paper] as in DS-CNN\nwidth = { from = 28, to = 276, step = 4 } # [paper] multiples of 4 up to 276; [ours] the lower bound: 28, about 10 %\n\n[[block]]\nname = "block"\ntype = "depthwise_separable"\nrepeat = 1                                # block1\nkernel = 3                                # [paper] as in DS-CNN\nstride = 2                                # [paper] the first block downsamples to 25x5\npadding = "same"                          # [paper]\nactivation = "relu"                       # [paper] behind both convolutions\nwidth = { from = 28, to = 276, step = 4 } # as above\nskip = "identity"                         # [paper] parallel skip, average pooling where the block downsamples;\n                                          # [ours] its window: 2x2, stride 2, SAME\n\n[[block]]\nname = "block"\ntype = "depthwise_separable"\nrepeat = 8                                # [paper] 5 blocks of DS-CNN(L) + 4 more - block1\nfirst = 2                                 # block2 ... block9\nkernel = 3\nstride = 1                                # [paper]\npadding = "same"\nactivation = "relu"\nwidth = { from = 28, to = 276, step = 4 }\nskip = "identity"                         # [paper]\n\n[[block]]\nname = "pool"\ntype = "average_pool_2d"\nkernel = "global"                         # [paper] average pooling over 25x5\n\n[[block]]\nname = "classes"\ntype = "fully_connected"\nwidth = 12                                # [paper] 12 classes\nactivation = "none"\n\n[[block]]\nname = "softmax"\ntype = "softmax"                          # [ours] the paper''s tables end with the fully connected layer; 0 macs\n','\n',char(10)),'1016702236781203392');
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
INSERT INTO networks VALUES(1,'634c235caf8536b028886302b314021b',replace('input 12x10x3\nconv2d t0 4x3 s1x1 valid -> 9x8x8 relu6\nmax_pool_2d t1 2x2 s2x2 same -> 5x4x8\nconv2d t2 3x3 s1x1 same -> 5x4x8\nadd t2 t3 -> 5x4x8 relu\naverage_pool_2d t4 2x2 s2x2 same -> 3x2x8\nconv2d t5 1x1 s1x1 same -> 3x2x16\naverage_pool_2d t6 3x2 s3x2 valid -> 1x1x16\nfully_connected t7 -> 1x1x5\nsoftmax t8 -> 1x1x5\n','\n',char(10)),66208,33104,1109,1072,480,1088,2064,9);
INSERT INTO networks VALUES(2,'39fe4e7d154ea3bea0cade56d19bbb6a',replace('input 12x10x3\nconv2d t0 4x3 s1x1 valid -> 9x8x6 relu6\nmax_pool_2d t1 2x2 s2x2 same -> 5x4x6\nconv2d t2 3x3 s1x1 same -> 5x4x6\nadd t2 t3 -> 5x4x6 relu\ndepthwise_conv2d t4 3x5 s2x2 same -> 3x2x6 relu6\nconv2d t5 1x1 s1x1 same -> 3x2x17 relu6\nconv2d t6 1x1 s1x1 same -> 3x2x6\naverage_pool_2d t7 3x2 s3x2 valid -> 1x1x6\nfully_connected t8 -> 1x1x5\nsoftmax t9 -> 1x1x5\n','\n',char(10)),47652,23826,910,912,720,944,2032,10);
INSERT INTO networks VALUES(3,'66cdb638087dab69af93955cab919852',replace('input 12x10x3\nconv2d t0 4x3 s1x1 valid -> 9x8x3 relu6\nmax_pool_2d t1 2x2 s2x2 same -> 5x4x3\naverage_pool_2d t2 2x2 s2x2 same -> 3x2x3\nconv2d t3 1x1 s1x1 same -> 3x2x8\naverage_pool_2d t4 3x2 s3x2 valid -> 1x1x8\nfully_connected t5 -> 1x1x5\nsoftmax t6 -> 1x1x5\n','\n',char(10)),15920,7960,188,192,240,736,1504,7);
INSERT INTO networks VALUES(4,'8356656a9d690947b44cbd3ebd59a4be',replace('input 49x10x1\nconv2d t0 10x4 s1x1 same -> 49x10x232 relu\ndepthwise_conv2d t1 3x3 s2x2 same -> 25x5x232 relu\nconv2d t2 1x1 s1x1 same -> 25x5x192 relu\ndepthwise_conv2d t3 3x3 s1x1 same -> 25x5x192 relu\nconv2d t4 1x1 s1x1 same -> 25x5x64 relu\ndepthwise_conv2d t5 3x3 s1x1 same -> 25x5x64 relu\nconv2d t6 1x1 s1x1 same -> 25x5x48 relu\ndepthwise_conv2d t7 3x3 s1x1 same -> 25x5x48 relu\nconv2d t8 1x1 s1x1 same -> 25x5x212 relu\naverage_pool_2d t9 25x5 s25x5 valid -> 1x1x212\nfully_connected t10 -> 1x1x12\nsoftmax t11 -> 1x1x12\n','\n',char(10)),27825488,13912744,88024,86736,15552,142688,143984,12);
CREATE TABLE layer_types (
  type TEXT NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;
INSERT INTO layer_types VALUES('add');
INSERT INTO layer_types VALUES('average_pool_2d');
INSERT INTO layer_types VALUES('concatenation');
INSERT INTO layer_types VALUES('conv2d');
INSERT INTO layer_types VALUES('depthwise_conv2d');
INSERT INTO layer_types VALUES('fully_connected');
INSERT INTO layer_types VALUES('max_pool_2d');
INSERT INTO layer_types VALUES('mean');
INSERT INTO layer_types VALUES('pad');
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
INSERT INTO layers VALUES(1,0,'conv2d',20736,296,12,10,3,9,8,8,4,3,1,1,'valid','relu6',1080);
INSERT INTO layers VALUES(1,1,'max_pool_2d',0,0,9,8,8,5,4,8,2,2,2,2,'same','none',736);
INSERT INTO layers VALUES(1,2,'conv2d',11520,584,5,4,8,5,4,8,3,3,1,1,'same','none',608);
INSERT INTO layers VALUES(1,3,'add',0,0,5,4,8,5,4,8,NULL,NULL,NULL,NULL,NULL,'relu',480);
INSERT INTO layers VALUES(1,4,'average_pool_2d',0,0,5,4,8,3,2,8,2,2,2,2,'same','none',208);
INSERT INTO layers VALUES(1,5,'conv2d',768,144,3,2,8,3,2,16,1,1,1,1,'same','none',144);
INSERT INTO layers VALUES(1,6,'average_pool_2d',0,0,3,2,16,1,1,16,3,2,3,2,'valid','none',112);
INSERT INTO layers VALUES(1,7,'fully_connected',80,85,1,1,16,1,1,5,NULL,NULL,NULL,NULL,NULL,'none',21);
INSERT INTO layers VALUES(1,8,'softmax',0,0,1,1,5,1,1,5,NULL,NULL,NULL,NULL,NULL,'none',10);
INSERT INTO layers VALUES(2,0,'conv2d',15552,222,12,10,3,9,8,6,4,3,1,1,'valid','relu6',936);
INSERT INTO layers VALUES(2,1,'max_pool_2d',0,0,9,8,6,5,4,6,2,2,2,2,'same','none',552);
INSERT INTO layers VALUES(2,2,'conv2d',6480,330,5,4,6,5,4,6,3,3,1,1,'same','none',464);
INSERT INTO layers VALUES(2,3,'add',0,0,5,4,6,5,4,6,NULL,NULL,NULL,NULL,NULL,'relu',360);
INSERT INTO layers VALUES(2,4,'depthwise_conv2d',540,96,5,4,6,3,2,6,3,5,2,2,'same','relu6',156);
INSERT INTO layers VALUES(2,5,'conv2d',612,119,3,2,6,3,2,17,1,1,1,1,'same','relu6',138);
INSERT INTO layers VALUES(2,6,'conv2d',612,108,3,2,17,3,2,6,1,1,1,1,'same','none',138);
INSERT INTO layers VALUES(2,7,'average_pool_2d',0,0,3,2,6,1,1,6,3,2,3,2,'valid','none',42);
INSERT INTO layers VALUES(2,8,'fully_connected',30,35,1,1,6,1,1,5,NULL,NULL,NULL,NULL,NULL,'none',11);
INSERT INTO layers VALUES(2,9,'softmax',0,0,1,1,5,1,1,5,NULL,NULL,NULL,NULL,NULL,'none',10);
INSERT INTO layers VALUES(3,0,'conv2d',7776,111,12,10,3,9,8,3,4,3,1,1,'valid','relu6',720);
INSERT INTO layers VALUES(3,1,'max_pool_2d',0,0,9,8,3,5,4,3,2,2,2,2,'same','none',276);
INSERT INTO layers VALUES(3,2,'average_pool_2d',0,0,5,4,3,3,2,3,2,2,2,2,'same','none',78);
INSERT INTO layers VALUES(3,3,'conv2d',144,32,3,2,3,3,2,8,1,1,1,1,'same','none',66);
INSERT INTO layers VALUES(3,4,'average_pool_2d',0,0,3,2,8,1,1,8,3,2,3,2,'valid','none',56);
INSERT INTO layers VALUES(3,5,'fully_connected',40,45,1,1,8,1,1,5,NULL,NULL,NULL,NULL,NULL,'none',13);
INSERT INTO layers VALUES(3,6,'softmax',0,0,1,1,5,1,1,5,NULL,NULL,NULL,NULL,NULL,'none',10);
INSERT INTO layers VALUES(4,0,'conv2d',4547200,9512,49,10,1,49,10,232,10,4,1,1,'same','relu',114330);
INSERT INTO layers VALUES(4,1,'depthwise_conv2d',261000,2320,49,10,232,25,5,232,3,3,2,2,'same','relu',142680);
INSERT INTO layers VALUES(4,2,'conv2d',5568000,44736,25,5,232,25,5,192,1,1,1,1,'same','relu',53000);
INSERT INTO layers VALUES(4,3,'depthwise_conv2d',216000,1920,25,5,192,25,5,192,3,3,1,1,'same','relu',48000);
INSERT INTO layers VALUES(4,4,'conv2d',1536000,12352,25,5,192,25,5,64,1,1,1,1,'same','relu',32000);
INSERT INTO layers VALUES(4,5,'depthwise_conv2d',72000,640,25,5,64,25,5,64,3,3,1,1,'same','relu',16000);
INSERT INTO layers VALUES(4,6,'conv2d',384000,3120,25,5,64,25,5,48,1,1,1,1,'same','relu',14000);
INSERT INTO layers VALUES(4,7,'depthwise_conv2d',54000,480,25,5,48,25,5,48,3,3,1,1,'same','relu',12000);
INSERT INTO layers VALUES(4,8,'conv2d',1272000,10388,25,5,48,25,5,212,1,1,1,1,'same','relu',32500);
INSERT INTO layers VALUES(4,9,'average_pool_2d',0,0,25,5,212,1,1,212,25,5,25,5,'valid','none',26712);
INSERT INTO layers VALUES(4,10,'fully_connected',2544,2556,1,1,212,1,1,12,NULL,NULL,NULL,NULL,NULL,'none',224);
INSERT INTO layers VALUES(4,11,'softmax',0,0,1,1,12,1,1,12,NULL,NULL,NULL,NULL,NULL,'none',24);
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
INSERT INTO setups VALUES(1,'5d4aecd1e3c4b846eaca4f34c50efd59','{"board":"nucleo-f446re","core":"cortex-m4","clock_hz":180000000,"supply_volts":3.3,"runtime":"opline 0.1.0, planner 2","firmware_digest":"fea2b4017640f9b24ca77c7f900e4806","compiler":"gcc 12.2.1 20221205","flags":"-mcpu=cortex-m4 -mfpu=fpv4-sp-d16 -mfloat-abi=hard -falign-loops=16 -O2 -mthumb -std=c17 -ffreestanding -fno-common -ffunction-sections -fdata-sections -fno-tree-loop-distribute-patterns","placement":"code and weights in flash, arena and stack in SRAM","runner":"simulated","timing_model":"cortex-m4/3, data 0ba83e11"}');
CREATE TABLE campaigns (
  key INTEGER PRIMARY KEY,
  space INTEGER NOT NULL REFERENCES spaces (key),
  prior TEXT NOT NULL CHECK (prior <> ''),
  seed INTEGER CHECK (seed >= 0),
  count INTEGER NOT NULL CHECK (count > 0),
  command TEXT CHECK (command <> ''),
  created_at TEXT NOT NULL CHECK (created_at GLOB
    '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]*Z'),
  opline_version TEXT NOT NULL CHECK (opline_version <> ''), tries INTEGER CHECK (tries > 0),
  CHECK ((seed IS NULL) = (prior = 'imported'))
) STRICT;
INSERT INTO campaigns VALUES(1,1,'uniform-decisions',175,4,'opline run --space tiny --count 4 --seed 175 --boards nucleo-f446re --threads 1 --db study.db --quiet','2026-11-30T22:30:06Z','0.1.0',4);
INSERT INTO campaigns VALUES(2,2,'uniform-decisions',3,1,'opline run --space kws --count 1 --seed 3 --boards nucleo-f446re --threads 1 --db study.db --quiet','2026-11-30T22:30:08Z','0.1.0',1);
CREATE TABLE campaign_setups (
  campaign INTEGER NOT NULL REFERENCES campaigns (key),
  setup INTEGER NOT NULL REFERENCES setups (key),
  PRIMARY KEY (campaign, setup)
) STRICT, WITHOUT ROWID;
INSERT INTO campaign_setups VALUES(1,1);
INSERT INTO campaign_setups VALUES(2,1);
CREATE TABLE draws (
  campaign INTEGER NOT NULL REFERENCES campaigns (key),
  position INTEGER NOT NULL CHECK (position BETWEEN 0 AND 2147483647),
  architecture TEXT NOT NULL CHECK (architecture <> ''),
  network INTEGER NOT NULL REFERENCES networks (key),
  PRIMARY KEY (campaign, position)
) STRICT, WITHOUT ROWID;
INSERT INTO draws VALUES(1,0,'conv1=8 separable=skip residual=keep down=skip point=16',1);
INSERT INTO draws VALUES(1,1,'conv1=6 separable=skip residual=keep down=17 point=6',2);
INSERT INTO draws VALUES(1,2,'conv1=8 separable=skip residual=keep down=skip point=16',1);
INSERT INTO draws VALUES(1,3,'conv1=3 separable=skip residual=skip down=skip point=8',3);
INSERT INTO draws VALUES(2,0,'conv1=232 block1=192 block2=skip block3=skip block4=64 block5=skip block6=48 block7=212 block8=skip block9=skip',4);
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
INSERT INTO outcomes VALUES(1,1,1,'measured',NULL,184604,NULL,NULL,'2026-11-30T22:30:06Z','0.1.0');
INSERT INTO outcomes VALUES(2,2,1,'measured',NULL,167251,NULL,NULL,'2026-11-30T22:30:06Z','0.1.0');
INSERT INTO outcomes VALUES(3,3,1,'measured',NULL,97762,NULL,NULL,'2026-11-30T22:30:07Z','0.1.0');
INSERT INTO outcomes VALUES(4,4,1,'does_not_fit','needs 143984 B of SRAM (arena), 128816 B are available',NULL,NULL,NULL,'2026-11-30T22:30:09Z','0.1.0');
CREATE TABLE layer_results (
  outcome INTEGER NOT NULL REFERENCES outcomes (key) ON DELETE CASCADE,
  position INTEGER NOT NULL CHECK (position >= 0),
  cycles INTEGER CHECK (cycles > 0),
  digest INTEGER CHECK (digest BETWEEN 0 AND 4294967295),
  PRIMARY KEY (outcome, position),
  CHECK (cycles IS NOT NULL OR digest IS NOT NULL)
) STRICT, WITHOUT ROWID;
INSERT INTO layer_results VALUES(1,0,111815,3993536892);
INSERT INTO layer_results VALUES(1,1,9148,2978234130);
INSERT INTO layer_results VALUES(1,2,39190,2063232247);
INSERT INTO layer_results VALUES(1,3,8726,1621197158);
INSERT INTO layer_results VALUES(1,4,2864,3155766911);
INSERT INTO layer_results VALUES(1,5,8141,1306417031);
INSERT INTO layer_results VALUES(1,6,1082,449512410);
INSERT INTO layer_results VALUES(1,7,952,408465948);
INSERT INTO layer_results VALUES(1,8,2686,2281513786);
INSERT INTO layer_results VALUES(2,0,97420,459393579);
INSERT INTO layer_results VALUES(2,1,8488,3987777659);
INSERT INTO layer_results VALUES(2,2,31013,1707812999);
INSERT INTO layer_results VALUES(2,3,6606,2687829281);
INSERT INTO layer_results VALUES(2,4,5943,980949678);
INSERT INTO layer_results VALUES(2,5,9071,310189267);
INSERT INTO layer_results VALUES(2,6,4460,1401927513);
INSERT INTO layer_results VALUES(2,7,705,3502142238);
INSERT INTO layer_results VALUES(2,8,854,232302537);
INSERT INTO layer_results VALUES(2,9,2691,4235425960);
INSERT INTO layer_results VALUES(3,0,82417,377191378);
INSERT INTO layer_results VALUES(3,1,5658,765609220);
INSERT INTO layer_results VALUES(3,2,1800,3836569543);
INSERT INTO layer_results VALUES(3,3,3720,1736799664);
INSERT INTO layer_results VALUES(3,4,705,2059720764);
INSERT INTO layer_results VALUES(3,5,769,198897528);
INSERT INTO layer_results VALUES(3,6,2693,2582404623);
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
INSERT INTO fits VALUES(1,'b1fe6921f28c0cba7b1f15d3d934d32e','{"space":"tiny","space_id":"00dc6ec82c5764f31b9b77e4ca680737","prior":"uniform-decisions","seed":175,"draws":4,"pending":0}',1,'opline-fit',1,replace('{\n  "format": "opline-fit",\n  "version": 1,\n  "model": "latency = slope * ops + intercept",\n  "space": "tiny",\n  "prior": "uniform-decisions",\n  "seed": 175,\n  "board": "nucleo-f446re",\n  "runner": "simulated",\n  "calibration": "uncalibrated",\n  "setup": {\n    "board": "nucleo-f446re",\n    "core": "cortex-m4",\n    "clock_hz": 180000000,\n    "supply_volts": 3.3,\n    "runtime": "opline 0.1.0, planner 2",\n    "firmware_digest": "fea2b4017640f9b24ca77c7f900e4806",\n    "compiler": "gcc 12.2.1 20221205",\n    "flags": "-mcpu=cortex-m4 -mfpu=fpv4-sp-d16 -mfloat-abi=hard -falign-loops=16 -O2 -mthumb -std=c17 -ffreestanding -fno-common -ffunction-sections -fdata-sections -fno-tree-loop-distribute-patterns",\n    "placement": "code and weights in flash, arena and stack in SRAM",\n    "runner": "simulated",\n    "timing_model": "cortex-m4/3, data 0ba83e11"\n  },\n  "drawn": {\n    "draws": 4,\n    "networks": 3\n  },\n  "fitting": {\n    "draws": 4,\n    "networks": 3\n  },\n  "measured": {\n    "draws": 4,\n    "networks": 3\n  },\n  "pending": {\n    "draws": 0,\n    "networks": 0\n  },\n  "rows": 3,\n  "repeat_spread": null,\n  "n": 3,\n  "r_squared": 0.9666960139629066,\n  "confidence": 0.95,\n  "whole_enumeration": false,\n  "errors": "hc3",\n  "slope_seconds_per_op": {\n    "estimate": 9.871005805551574e-09,\n    "standard_error": 5.215844025171244e-09,\n    "interval": [\n      -5.6402576250227776e-08,\n      7.614458786133092e-08\n    ],\n    "classical": {\n      "standard_error": 1.8321648683382922e-09,\n      "interval": [\n        -1.3408856121981319e-08,\n        3.315086773308447e-08\n      ]\n    },\n    "hc3": {\n      "standard_error": 5.215844025171244e-09,\n      "interval": [\n        -5.6402576250227776e-08,\n        7.614458786133092e-08\n      ]\n    }\n  },\n  "intercept_seconds": {\n    "estimate": 0.00040560436292591296,\n    "standard_error": 0.00028206471327394945,\n    "interval": [\n      -0.003178367632783301,\n      0.003989576358635127\n    ],\n    "classical": {\n      "standard_error": 8.791629179813514e-05,\n      "interval": [\n        -0.000711478040306468,\n        0.001522686766158294\n      ]\n    },\n    "hc3": {\n      "standard_error": 0.00028206471327394945,\n      "interval": [\n        -0.003178367632783301,\n        0.003989576358635127\n      ]\n    }\n  },\n  "covariance": {\n    "classical": -1.4521638381248307e-13,\n    "hc3": -1.4151356400497881e-12\n  },\n  "mops_per_second": 101.30679889151597,\n  "rmse_seconds": 3.80422607084125e-05,\n  "mape_percent": 4.203958832237026,\n  "ops_min": 15920,\n  "ops_max": 66208,\n  "lack_of_fit": null,\n  "energy": {\n    "origin": "modelled",\n    "by_construction": true,\n    "n": 3,\n    "watts": {\n      "value": 0.1646,\n      "source": "MicroNets (MLSys 2021) table 4, STM32F446RE: (40.68 + 70.56) mJ / (0.250 + 0.426) s of KWS-S and KWS-M"\n    },\n    "r_squared": 0.9666960139629066,\n    "slope_joules_per_op": {\n      "estimate": 1.624767555593789e-09,\n      "standard_error": 8.585279265431868e-10,\n      "interval": [\n        -9.283864050787492e-09,\n        1.253339916197507e-08\n      ],\n      "classical": {\n        "standard_error": 3.0157433732848287e-10,\n        "interval": [\n          -2.207097717678125e-09,\n          5.456632828865703e-09\n        ]\n      },\n      "hc3": {\n        "standard_error": 8.585279265431868e-10,\n        "interval": [\n          -9.283864050787492e-09,\n          1.253339916197507e-08\n        ]\n      }\n    },\n    "intercept_joules": {\n      "estimate": 6.676247813760527e-05,\n      "standard_error": 4.642785180489208e-05,\n      "interval": [\n        -0.0005231593123561313,\n        0.0006566842686313418\n      ],\n      "classical": {\n        "standard_error": 1.4471021629973043e-05,\n        "interval": [\n          -0.00011710928543444463,\n          0.0002506342417096552\n        ]\n      },\n      "hc3": {\n        "standard_error": 4.642785180489208e-05,\n        "interval": [\n          -0.0005231593123561313,\n          0.0006566842686313418\n        ]\n      }\n    }\n  }\n}\n','\n',char(10)),'2026-11-30T22:30:10Z','0.1.0');
CREATE TABLE modelled_power (
  setup INTEGER NOT NULL PRIMARY KEY REFERENCES setups (key),
  watts REAL NOT NULL CHECK (watts > 0 AND watts < 9e999),
  source TEXT NOT NULL CHECK (source <> '')
) STRICT;
INSERT INTO modelled_power VALUES(1,0.16459999999999999631,'MicroNets (MLSys 2021) table 4, STM32F446RE: (40.68 + 70.56) mJ / (0.250 + 0.426) s of KWS-S and KWS-M');
CREATE TABLE repeats (
  outcome INTEGER NOT NULL REFERENCES outcomes (key) ON DELETE CASCADE,
  position INTEGER NOT NULL CHECK (position >= 0),
  cycles INTEGER NOT NULL CHECK (cycles > 0),
  PRIMARY KEY (outcome, position)
) STRICT, WITHOUT ROWID;
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
CREATE VIEW modelled_energy AS
SELECT m.network, m.setup, m.board, m.runner, m.ops, m.seconds, p.watts, p.watts * m.seconds AS joules, p.source
FROM measurements m JOIN setups s ON s.id = m.setup JOIN modelled_power p ON p.setup = s.key;
COMMIT;
