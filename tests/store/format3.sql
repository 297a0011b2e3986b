-- A study of format 3 as the program of commit 94f2beb wrote it; frozen. tests/store/older_formats_test.cpp.
-- opline run --space tiny --count 4 --seed 74 --boards nucleo-f446re --threads 1 --db study.db
-- opline run --space kws --count 1 --seed 3 --boards nucleo-f446re --threads 1 --db study.db
-- opline fit --db study.db
-- sqlite3 study.db .dump, which leaves out the next two lines
PRAGMA application_id = 1332767854;
PRAGMA user_version = 3;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE study (
  key TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL CHECK (value <> '')
) STRICT, WITHOUT ROWID;
INSERT INTO study VALUES('created_at','2026-11-30T18:08:39Z');
INSERT INTO study VALUES('created_by','opline 0.1.0');
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
INSERT INTO networks VALUES(1,'4bbbb2b91a9835bf4c70a2589000c2b5',replace('input 12x10x3\nconv2d t0 4x3 s1x1 valid -> 9x8x4 relu6\nmax_pool_2d t1 2x2 s2x2 same -> 5x4x4\naverage_pool_2d t2 2x2 s2x2 same -> 3x2x4\nconv2d t3 1x1 s1x1 same -> 3x2x11\naverage_pool_2d t4 3x2 s3x2 valid -> 1x1x11\nfully_connected t5 -> 1x1x5\nsoftmax t6 -> 1x1x5\n','\n',char(10)),21374,10687,263,256,288,800,1552,7);
INSERT INTO networks VALUES(2,'9cb28bbb55b1e35452697366a0f0101f',replace('input 12x10x3\nconv2d t0 4x3 s1x1 valid -> 9x8x8 relu6\nmax_pool_2d t1 2x2 s2x2 same -> 5x4x8\ndepthwise_conv2d t2 3x5 s2x2 same -> 3x2x8 relu6\nconv2d t3 1x1 s1x1 same -> 3x2x12 relu6\nconv2d t4 1x1 s1x1 same -> 3x2x6\naverage_pool_2d t5 3x2 s3x2 valid -> 1x1x6\nfully_connected t6 -> 1x1x5\nsoftmax t7 -> 1x1x5\n','\n',char(10)),44988,22494,645,624,528,1088,1936,8);
INSERT INTO networks VALUES(3,'29cbfabae5dc71b9ba4251c054f9ee30',replace('input 12x10x3\nconv2d t0 4x3 s1x1 valid -> 9x8x4 relu6\nmax_pool_2d t1 2x2 s2x2 same -> 5x4x4\nconv2d t2 3x3 s1x1 same -> 5x4x4\nadd t2 t3 -> 5x4x4 relu\ndepthwise_conv2d t4 3x5 s2x2 same -> 3x2x4 relu6\nconv2d t5 1x1 s1x1 same -> 3x2x8 relu6\nconv2d t6 1x1 s1x1 same -> 3x2x8\naverage_pool_2d t7 3x2 s3x2 valid -> 1x1x8\nfully_connected t8 -> 1x1x5\nsoftmax t9 -> 1x1x5\n','\n',char(10)),28448,14224,517,496,432,800,1840,10);
INSERT INTO networks VALUES(4,'8356656a9d690947b44cbd3ebd59a4be',replace('input 49x10x1\nconv2d t0 10x4 s1x1 same -> 49x10x232 relu\ndepthwise_conv2d t1 3x3 s2x2 same -> 25x5x232 relu\nconv2d t2 1x1 s1x1 same -> 25x5x192 relu\ndepthwise_conv2d t3 3x3 s1x1 same -> 25x5x192 relu\nconv2d t4 1x1 s1x1 same -> 25x5x64 relu\ndepthwise_conv2d t5 3x3 s1x1 same -> 25x5x64 relu\nconv2d t6 1x1 s1x1 same -> 25x5x48 relu\ndepthwise_conv2d t7 3x3 s1x1 same -> 25x5x48 relu\nconv2d t8 1x1 s1x1 same -> 25x5x212 relu\naverage_pool_2d t9 25x5 s25x5 valid -> 1x1x212\nfully_connected t10 -> 1x1x12\nsoftmax t11 -> 1x1x12\n','\n',char(10)),27825488,13912744,88024,86736,15552,142688,143936,12);
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
INSERT INTO layers VALUES(1,0,'conv2d',10368,148,12,10,3,9,8,4,4,3,1,1,'valid','relu6',792);
INSERT INTO layers VALUES(1,1,'max_pool_2d',0,0,9,8,4,5,4,4,2,2,2,2,'same','none',368);
INSERT INTO layers VALUES(1,2,'average_pool_2d',0,0,5,4,4,3,2,4,2,2,2,2,'same','none',104);
INSERT INTO layers VALUES(1,3,'conv2d',264,55,3,2,4,3,2,11,1,1,1,1,'same','none',90);
INSERT INTO layers VALUES(1,4,'average_pool_2d',0,0,3,2,11,1,1,11,3,2,3,2,'valid','none',77);
INSERT INTO layers VALUES(1,5,'fully_connected',55,60,1,1,11,1,1,5,NULL,NULL,NULL,NULL,NULL,'none',16);
INSERT INTO layers VALUES(1,6,'softmax',0,0,1,1,5,1,1,5,NULL,NULL,NULL,NULL,NULL,'none',10);
INSERT INTO layers VALUES(2,0,'conv2d',20736,296,12,10,3,9,8,8,4,3,1,1,'valid','relu6',1080);
INSERT INTO layers VALUES(2,1,'max_pool_2d',0,0,9,8,8,5,4,8,2,2,2,2,'same','none',736);
INSERT INTO layers VALUES(2,2,'depthwise_conv2d',720,128,5,4,8,3,2,8,3,5,2,2,'same','relu6',208);
INSERT INTO layers VALUES(2,3,'conv2d',576,108,3,2,8,3,2,12,1,1,1,1,'same','relu6',120);
INSERT INTO layers VALUES(2,4,'conv2d',432,78,3,2,12,3,2,6,1,1,1,1,'same','none',108);
INSERT INTO layers VALUES(2,5,'average_pool_2d',0,0,3,2,6,1,1,6,3,2,3,2,'valid','none',42);
INSERT INTO layers VALUES(2,6,'fully_connected',30,35,1,1,6,1,1,5,NULL,NULL,NULL,NULL,NULL,'none',11);
INSERT INTO layers VALUES(2,7,'softmax',0,0,1,1,5,1,1,5,NULL,NULL,NULL,NULL,NULL,'none',10);
INSERT INTO layers VALUES(3,0,'conv2d',10368,148,12,10,3,9,8,4,4,3,1,1,'valid','relu6',792);
INSERT INTO layers VALUES(3,1,'max_pool_2d',0,0,9,8,4,5,4,4,2,2,2,2,'same','none',368);
INSERT INTO layers VALUES(3,2,'conv2d',2880,148,5,4,4,5,4,4,3,3,1,1,'same','none',304);
INSERT INTO layers VALUES(3,3,'add',0,0,5,4,4,5,4,4,NULL,NULL,NULL,NULL,NULL,'relu',240);
INSERT INTO layers VALUES(3,4,'depthwise_conv2d',360,64,5,4,4,3,2,4,3,5,2,2,'same','relu6',104);
INSERT INTO layers VALUES(3,5,'conv2d',192,40,3,2,4,3,2,8,1,1,1,1,'same','relu6',72);
INSERT INTO layers VALUES(3,6,'conv2d',384,72,3,2,8,3,2,8,1,1,1,1,'same','none',96);
INSERT INTO layers VALUES(3,7,'average_pool_2d',0,0,3,2,8,1,1,8,3,2,3,2,'valid','none',56);
INSERT INTO layers VALUES(3,8,'fully_connected',40,45,1,1,8,1,1,5,NULL,NULL,NULL,NULL,NULL,'none',13);
INSERT INTO layers VALUES(3,9,'softmax',0,0,1,1,5,1,1,5,NULL,NULL,NULL,NULL,NULL,'none',10);
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
INSERT INTO setups VALUES(1,'1aae9cb0f02267594a4550feb7aa21c0','{"board":"nucleo-f446re","core":"cortex-m4","clock_hz":180000000,"supply_volts":3.3,"runtime":"opline 0.1.0, planner 2","firmware_digest":"efb3eaef1b4953ccdce13d61e11f27f1","compiler":"gcc 12.2.1 20221205","flags":"-mcpu=cortex-m4 -mfpu=fpv4-sp-d16 -mfloat-abi=hard -falign-loops=16 -O2 -mthumb -std=c17 -ffreestanding -fno-common -ffunction-sections -fdata-sections -fno-tree-loop-distribute-patterns","placement":"code and weights in flash, arena and stack in SRAM","runner":"simulated","timing_model":"cortex-m4/3, data 831856f8"}');
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
INSERT INTO campaigns VALUES(1,1,'uniform-decisions',74,4,'opline run --space tiny --count 4 --seed 74 --boards nucleo-f446re --threads 1 --db study.db --quiet','2026-11-30T18:08:39Z','0.1.0',4);
INSERT INTO campaigns VALUES(2,2,'uniform-decisions',3,1,'opline run --space kws --count 1 --seed 3 --boards nucleo-f446re --threads 1 --db study.db --quiet','2026-11-30T18:08:39Z','0.1.0',1);
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
INSERT INTO draws VALUES(1,0,'conv1=4 separable=skip residual=skip down=skip point=11',1);
INSERT INTO draws VALUES(1,1,'conv1=4 separable=skip residual=skip down=skip point=11',1);
INSERT INTO draws VALUES(1,2,'conv1=8 separable=skip residual=skip down=12 point=6',2);
INSERT INTO draws VALUES(1,3,'conv1=4 separable=skip residual=keep down=8 point=8',3);
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
INSERT INTO outcomes VALUES(1,1,1,'measured',NULL,101017,NULL,NULL,'2026-11-30T18:08:39Z','0.1.0');
INSERT INTO outcomes VALUES(2,2,1,'measured',NULL,142360,NULL,NULL,'2026-11-30T18:08:39Z','0.1.0');
INSERT INTO outcomes VALUES(3,3,1,'measured',NULL,127506,NULL,NULL,'2026-11-30T18:08:39Z','0.1.0');
INSERT INTO outcomes VALUES(4,4,1,'does_not_fit','needs 143936 B of SRAM (arena), 128816 B are available',NULL,NULL,NULL,'2026-11-30T18:08:40Z','0.1.0');
CREATE TABLE layer_results (
  outcome INTEGER NOT NULL REFERENCES outcomes (key) ON DELETE CASCADE,
  position INTEGER NOT NULL CHECK (position >= 0),
  cycles INTEGER CHECK (cycles > 0),
  digest INTEGER CHECK (digest BETWEEN 0 AND 4294967295),
  PRIMARY KEY (outcome, position),
  CHECK (cycles IS NOT NULL OR digest IS NOT NULL)
) STRICT, WITHOUT ROWID;
INSERT INTO layer_results VALUES(1,0,83534,4030630672);
INSERT INTO layer_results VALUES(1,1,5796,1227441774);
INSERT INTO layer_results VALUES(1,2,1940,1133011481);
INSERT INTO layer_results VALUES(1,3,5286,1916533092);
INSERT INTO layer_results VALUES(1,4,890,3238373301);
INSERT INTO layer_results VALUES(1,5,885,1721165812);
INSERT INTO layer_results VALUES(1,6,2686,1278902735);
INSERT INTO layer_results VALUES(2,0,112802,3993536892);
INSERT INTO layer_results VALUES(2,1,9143,2978234130);
INSERT INTO layer_results VALUES(2,2,6464,3272582584);
INSERT INTO layer_results VALUES(2,3,6198,341125861);
INSERT INTO layer_results VALUES(2,4,3541,289046384);
INSERT INTO layer_results VALUES(2,5,684,2048606775);
INSERT INTO layer_results VALUES(2,6,846,1288143768);
INSERT INTO layer_results VALUES(2,7,2682,2742506450);
INSERT INTO layer_results VALUES(3,0,83534,4030630672);
INSERT INTO layer_results VALUES(3,1,5791,1227441774);
INSERT INTO layer_results VALUES(3,2,18323,614813234);
INSERT INTO layer_results VALUES(3,3,4481,3963918010);
INSERT INTO layer_results VALUES(3,4,3348,2467770799);
INSERT INTO layer_results VALUES(3,5,3698,1357626277);
INSERT INTO layer_results VALUES(3,6,4163,725674051);
INSERT INTO layer_results VALUES(3,7,734,3336139928);
INSERT INTO layer_results VALUES(3,8,759,3406384917);
INSERT INTO layer_results VALUES(3,9,2675,54767884);
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
INSERT INTO fits VALUES(1,'da1c3b14ad68050eb49cf4985e396f7a','{"space":"tiny","space_id":"00dc6ec82c5764f31b9b77e4ca680737","prior":"uniform-decisions","seed":74,"draws":4,"pending":0}',1,'opline-fit',1,replace('{\n  "format": "opline-fit",\n  "version": 1,\n  "model": "latency = slope * ops + intercept",\n  "space": "tiny",\n  "prior": "uniform-decisions",\n  "seed": 74,\n  "board": "nucleo-f446re",\n  "runner": "simulated",\n  "setup": {\n    "board": "nucleo-f446re",\n    "core": "cortex-m4",\n    "clock_hz": 180000000,\n    "supply_volts": 3.3,\n    "runtime": "opline 0.1.0, planner 2",\n    "firmware_digest": "efb3eaef1b4953ccdce13d61e11f27f1",\n    "compiler": "gcc 12.2.1 20221205",\n    "flags": "-mcpu=cortex-m4 -mfpu=fpv4-sp-d16 -mfloat-abi=hard -falign-loops=16 -O2 -mthumb -std=c17 -ffreestanding -fno-common -ffunction-sections -fdata-sections -fno-tree-loop-distribute-patterns",\n    "placement": "code and weights in flash, arena and stack in SRAM",\n    "runner": "simulated",\n    "timing_model": "cortex-m4/3, data 831856f8"\n  },\n  "drawn": {\n    "draws": 4,\n    "networks": 3\n  },\n  "fitting": {\n    "draws": 4,\n    "networks": 3\n  },\n  "measured": {\n    "draws": 4,\n    "networks": 3\n  },\n  "pending": {\n    "draws": 0,\n    "networks": 0\n  },\n  "rows": 3,\n  "repeat_spread": null,\n  "n": 3,\n  "r_squared": 0.856504218685343,\n  "confidence": 0.95,\n  "whole_enumeration": false,\n  "errors": "hc3",\n  "slope_seconds_per_op": {\n    "estimate": 8.884901001522887e-09,\n    "standard_error": 1.2566936943512404e-08,\n    "interval": [\n      -1.5079317270934317e-07,\n      1.6856297471238894e-07\n    ],\n    "classical": {\n      "standard_error": 3.6366994138086647e-09,\n      "interval": [\n        -3.7323746314256505e-08,\n        5.509354831730228e-08\n      ]\n    },\n    "hc3": {\n      "standard_error": 1.2566936943512404e-08,\n      "interval": [\n        -1.5079317270934317e-07,\n        1.6856297471238894e-07\n      ]\n    }\n  },\n  "intercept_seconds": {\n    "estimate": 0.00040602788238557535,\n    "standard_error": 0.00033511250288503644,\n    "interval": [\n      -0.0038519801889236303,\n      0.004664035953694781\n    ],\n    "classical": {\n      "standard_error": 0.00012043382283615717,\n      "interval": [\n        -0.0011242289277308287,\n        0.0019362846925019795\n      ]\n    },\n    "hc3": {\n      "standard_error": 0.00033511250288503644,\n      "interval": [\n        -0.0038519801889236303,\n        0.004664035953694781\n      ]\n    }\n  },\n  "covariance": {\n    "classical": -4.1797249626954394e-13,\n    "hc3": -4.119184630623864e-12\n  },\n  "mops_per_second": 112.55049435312766,\n  "rmse_seconds": 3.598585220832033e-05,\n  "mape_percent": 5.02183477018835,\n  "ops_min": 21374,\n  "ops_max": 44988,\n  "lack_of_fit": null,\n  "energy": {\n    "origin": "modelled",\n    "by_construction": true,\n    "n": 3,\n    "watts": {\n      "value": 0.1646,\n      "source": "MicroNets (MLSys 2021) table 4, STM32F446RE: (40.68 + 70.56) mJ / (0.250 + 0.426) s of KWS-S and KWS-M"\n    },\n    "r_squared": 0.856504218685343,\n    "slope_joules_per_op": {\n      "estimate": 1.4624547048506672e-09,\n      "standard_error": 2.068517820902142e-09,\n      "interval": [\n        -2.4820556227957886e-08,\n        2.7745465637659218e-08\n      ],\n      "classical": {\n        "standard_error": 5.986007235129062e-10,\n        "interval": [\n          -6.1434886433266206e-09,\n          9.068398053027955e-09\n        ]\n      },\n      "hc3": {\n        "standard_error": 2.068517820902142e-09,\n        "interval": [\n          -2.4820556227957886e-08,\n          2.7745465637659218e-08\n        ]\n      }\n    },\n    "intercept_joules": {\n      "estimate": 6.68321894406657e-05,\n      "standard_error": 5.5159517974877e-05,\n      "interval": [\n        -0.0006340359390968295,\n        0.0007677003179781609\n      ],\n      "classical": {\n        "standard_error": 1.982340723883147e-05,\n        "interval": [\n          -0.0001850480815044944,\n          0.00031871246038582584\n        ]\n      },\n      "hc3": {\n        "standard_error": 5.5159517974877e-05,\n        "interval": [\n          -0.0006340359390968295,\n          0.0007677003179781609\n        ]\n      }\n    }\n  }\n}\n','\n',char(10)),'2026-11-30T18:08:40Z','0.1.0');
CREATE TABLE modelled_power (
  setup INTEGER NOT NULL PRIMARY KEY REFERENCES setups (key),
  watts REAL NOT NULL CHECK (watts > 0 AND watts < 9e999),
  source TEXT NOT NULL CHECK (source <> '')
) STRICT;
INSERT INTO modelled_power VALUES(1,0.16459999999999999631,'MicroNets (MLSys 2021) table 4, STM32F446RE: (40.68 + 70.56) mJ / (0.250 + 0.426) s of KWS-S and KWS-M');
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
