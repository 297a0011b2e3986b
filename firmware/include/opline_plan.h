/* firmware/include/opline_plan.h - the plan, the pools and the choice of kernels: their single
 * definition.
 *
 * The host writes a plan (header + layer descriptors), the device executes it. Both include this
 * file (C17 and C++20), so a descriptor, a pool byte and a kernel choice can't mean two things. All
 * integers are little-endian, all structures have the same layout on the 32-bit device and the
 * 64-bit host (static assertions at the end).
 *
 *   flash   [ code | weight pool: int8 | channel pool: struct opline_channel ]
 *         or [ code | a network's own tensors, where the pools were ]
 *   arena   [ plan: header, layers, tables | struct opline_layer_result per layer | activations and
 *             scratch: `activation_bytes` ]
 *
 * A change that a stored plan or image could notice raises OPLINE_PLAN_VERSION. */
#ifndef OPLINE_PLAN_H
#define OPLINE_PLAN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define OPLINE_STATIC_ASSERT static_assert
#else
#define OPLINE_STATIC_ASSERT _Static_assert
#endif

#define OPLINE_PLAN_MAGIC 0x4e4c504fu /* "OPLN" */
#define OPLINE_PLAN_VERSION 3u
#define OPLINE_ALIGNMENT 16u /* of every tensor, in flash and in the arena */
#define OPLINE_MAX_LAYERS 512u
#define OPLINE_MAX_SOFTMAX_CHANNELS 4095 /* softmax sums exp() in Q12.19 */
/* Of the channel pool, the same in every image, so that a plan is the same for every board. Tables
 * follow each other; one that does not fit there starts at the beginning again. A table of a layer
 * is at most the pool: 2048 channels. */
#define OPLINE_CHANNEL_POOL_BYTES 24576u

/* Operations. The values are persisted and frozen. */
enum opline_op {
  /* weights [out_c][kernel_h][kernel_w][in_c / groups], a channel entry per out_c */
  OPLINE_OP_CONV2D = 1,
  /* weights [kernel_h][kernel_w][out_c], an entry per out_c; output channel c reads input channel
     c / (out_c / in_c) */
  OPLINE_OP_DEPTHWISE_CONV2D = 2,
  /* weights [out_c][opline_fan_in()]: of the flattened input, or, where out_h * out_w is above 1,
     of each position. Biases are those of the table; so are multiplier and shift where
     requantize[0].multiplier is 0 (TFLite's scales per channel), else requantize[0] is for all. */
  OPLINE_OP_FULLY_CONNECTED = 3,
  OPLINE_OP_AVERAGE_POOL_2D = 4, /* padding is not counted in the mean */
  OPLINE_OP_MAX_POOL_2D = 5,
  OPLINE_OP_ADD = 6,     /* element by element, as the next binary operations (opline_is_binary) */
  OPLINE_OP_SOFTMAX = 7, /* over in_c, for every position */
  OPLINE_OP_PAD = 8,  /* with the output's zero point: pad_top, pad_left, begin_c; what lies beyond
                         the  end follows */
  OPLINE_OP_MEAN = 9, /* over height and width, requantized; out_h == out_w == 1 */
  OPLINE_OP_CONCATENATION = 10, /* along channels: input has in_c, input2 the other out_c - in_c */
  OPLINE_OP_SUB = 11,           /* input - input2 */
  OPLINE_OP_MUL = 12,
  OPLINE_OP_PRELU = 13, /* input, or where it is negative input * input2 */
  /* Functions of one value, through a table of 256 codes (opline_is_lookup). */
  OPLINE_OP_RELU = 14,
  OPLINE_OP_RELU6 = 15,
  OPLINE_OP_RELU_N1_TO_1 = 16,
  OPLINE_OP_LEAKY_RELU = 17,
  OPLINE_OP_LOGISTIC = 18,
  OPLINE_OP_TANH = 19,
  OPLINE_OP_HARD_SWISH = 20,
  OPLINE_OP_QUANTIZE = 21, /* to another scale and zero point */
  /* Codes are moved as they are. */
  OPLINE_OP_TRANSPOSE = 22,               /* as `axes` says */
  OPLINE_OP_RESIZE_NEAREST_NEIGHBOR = 23, /* rows and columns that a table names */
  OPLINE_OP_SLICE = 24                    /* the same, and out_c channels from begin_c on */
};

/* Two operands, each extent of which is the output's or 1 (then it repeats). */
static inline int opline_is_binary(uint8_t op) {
  return op == OPLINE_OP_ADD || (op >= OPLINE_OP_SUB && op <= OPLINE_OP_PRELU);
}

static inline int opline_is_lookup(uint8_t op) {
  return op >= OPLINE_OP_RELU && op <= OPLINE_OP_QUANTIZE;
}

static inline int opline_is_gather(uint8_t op) {
  return op == OPLINE_OP_RESIZE_NEAREST_NEIGHBOR || op == OPLINE_OP_SLICE;
}
#define OPLINE_KERNEL_S4 64u

/* Implementations. The values are persisted and frozen. */
enum opline_kernel {
  OPLINE_KERNEL_CONV_IM2COL =
      1, /* int16 im2col columns, two columns by two output channels at a time */
  OPLINE_KERNEL_CONV_1X1 = 2, /* no im2col: the input is the matrix */
  OPLINE_KERNEL_DEPTHWISE_GENERAL = 3,
  OPLINE_KERNEL_DEPTHWISE_3X3 = 4,
  OPLINE_KERNEL_FULLY_CONNECTED = 5,
  OPLINE_KERNEL_AVERAGE_POOL = 6,
  OPLINE_KERNEL_MAX_POOL = 7,
  OPLINE_KERNEL_ADD = 8,
  OPLINE_KERNEL_SOFTMAX = 9,
  OPLINE_KERNEL_PAD = 10,
  OPLINE_KERNEL_MEAN = 11,
  OPLINE_KERNEL_CONCATENATION = 12,
  OPLINE_KERNEL_SUB = 13,
  OPLINE_KERNEL_MUL = 14,
  OPLINE_KERNEL_PRELU = 15,
  OPLINE_KERNEL_LOOKUP = 16,
  OPLINE_KERNEL_TRANSPOSE = 17,
  OPLINE_KERNEL_GATHER = 18,
  OPLINE_KERNEL_CONV_GENERAL = 32,  /* dilated or in groups; columns of one group */
  OPLINE_KERNEL_DEPTHWISE_ANY = 33, /* dilated, or several output channels per input channel */
  /* Of codes of four bits: OPLINE_KERNEL_S4 more than the kernel of int8. */
  OPLINE_KERNEL_CONV_IM2COL_S4 = 65, /* columns of int16, weights unpacked in the inner loop */
  OPLINE_KERNEL_CONV_1X1_S4 = 66,    /* weights widened, the input unpacked in the inner loop */
  OPLINE_KERNEL_DEPTHWISE_GENERAL_S4 = 67,
  OPLINE_KERNEL_DEPTHWISE_3X3_S4 = 68,
  OPLINE_KERNEL_FULLY_CONNECTED_S4 = 69,
  OPLINE_KERNEL_AVERAGE_POOL_S4 = 70,
  OPLINE_KERNEL_MAX_POOL_S4 = 71,
  OPLINE_KERNEL_ADD_S4 = 72
};

/* Which operand of a binary operation lies among the weights instead of the activations. */
enum opline_constant {
  OPLINE_CONSTANT_NONE = 0,
  OPLINE_CONSTANT_INPUT = 1,
  OPLINE_CONSTANT_INPUT2 = 2
};

/* Bias and requantisation of one output channel: an entry of a table. `multiplier` in [2^30, 2^31),
 * a positive `shift` is to the left (TFLite's convention). */
struct opline_channel {
  int32_t bias;
  int32_t multiplier;
  int32_t shift;
};

/* A power-of-two and mantissa pair: x * multiplier / 2^31 * 2^shift, rounded as gemmlowp rounds
 * twice. */
struct opline_multiplier {
  int32_t multiplier;
  int32_t shift;
};

/* One layer. Batch is 1; tensors are [h][w][c] of int8, or of codes of four bits, -8..7: two in a
 * byte, each plus 8, the even channel in the low half. A position begins with a byte; where
 * channels are odd, its last half holds the zero point, so that it adds nothing to a sum. Weights
 * of four bits lie likewise, in rows that begin with a byte. Offsets are in bytes. */
struct opline_layer {
  uint8_t op;     /* enum opline_op */
  uint8_t kernel; /* enum opline_kernel; the device refuses what opline_choose_kernel contradicts */
  uint8_t kernel_h, kernel_w; /* 1..255; of convolutions and pools */
  uint8_t stride_h, stride_w; /* 1..255 */
  uint8_t pad_top,
      pad_left; /* what lies beyond the bottom and the right follows from the output's size */
  uint16_t in_h, in_w, in_c;    /* 1..65535 */
  uint16_t out_h, out_w, out_c; /* 1..65535 */
  uint32_t input;               /* in the activations */
  uint32_t input2;              /* of binary operations and concatenation */
  uint32_t output;              /* in the activations */
  uint32_t scratch;             /* in the activations; opline_scratch_bytes() long */
  uint32_t weights;  /* in the weight pool or in the own tensors, a multiple of OPLINE_ALIGNMENT; of
                        binary operations the constant operand */
  uint32_t channels; /* in the channel pool, a multiple of sizeof(struct opline_channel); or in the
                        own tensors, a multiple of OPLINE_ALIGNMENT */
  int32_t shift_offset; /* added to the shift of every channel entry: fits a shared pool to this
                           layer's fan-in; 0 where a network brings its own tables */
  int16_t input_zero_point, input2_zero_point, output_zero_point; /* -128..127 */
  int8_t activation_min, activation_max; /* fused ReLU, ReLU6 or the whole int8 range */
  /* Whole-tensor requantisation. Fully connected: requantize[0], or {0, 0}. Mul: requantize[0].
   * Add, sub: of input, input2, output, after both inputs were shifted left by 20. PReLU: of inputs
   * from 0 on, of the products below. Softmax: requantize[0] scales the difference to the row's
   * maximum into Q5.26. Mean: requantize[0] of the sum, the division included (its multiplier from
   * 2^29). */
  struct opline_multiplier requantize[3];
  int32_t softmax_diff_min;       /* differences below this count as exp() = 0 */
  uint8_t dilation_h, dilation_w; /* 1..255: input rows and columns from a tap to the next; of
                                     convolutions, else 1 */
  uint16_t groups;                /* of conv2d: a divisor of in_c and of out_c; else 1 */
  /* In the plan's tables, a multiple of OPLINE_ALIGNMENT, opline_table_bytes() long. Functions of
   * one value: the output's code for each input code, by its eight bits as a number from 0 to 255.
   * Gathers: the input's row for each of the output's, then the column likewise, 16 bits each. */
  uint32_t table;
  uint16_t in2_h, in2_w, in2_c; /* of a binary operation's second operand; else 0 */
  uint16_t
      begin_c; /* of pad: channels before the first; of slice: the first that is taken; else 0 */
  uint8_t constant; /* enum opline_constant; of binary operations, else 0 */
  /* Of transpose: the input's axis (0 height, 1 width, 2 channels) that becomes the output's height
   * in bits 0-1, width in bits 2-3, channels in bits 4-5; else 0. */
  uint8_t axes;
  /* 8 or 4, of one code. Weights of 4 take inputs and outputs of either; a max pool keeps the bits
   * of its input; an average pool and an addition of 4 may have an output of 8. All else has 8. */
  uint8_t weight_bits, input_bits, output_bits;
  /* With weights of 4 bits a bias is (bias >> bias_shift) + bias_offset: fits a shared pool to sums
   * that are smaller, and to weights whose mean isn't 0; both 0 where a network brings its own
   * tables, and with weights of 8 bits. */
  uint8_t bias_shift; /* 0..31 */
  uint16_t reserved;  /* 0 */
  int32_t bias_offset;
};

/* The first bytes of a plan; `layer_count` layers follow, and from the next multiple of
 * OPLINE_ALIGNMENT on the tables. */
struct opline_plan_header {
  uint32_t magic;            /* OPLINE_PLAN_MAGIC */
  uint32_t version;          /* OPLINE_PLAN_VERSION */
  uint32_t bytes;            /* of header, layers and tables: opline_plan_bytes() */
  uint32_t layer_count;      /* 1..OPLINE_MAX_LAYERS */
  uint32_t activation_bytes; /* of activations and scratch, a multiple of OPLINE_ALIGNMENT */
  uint32_t input;            /* offset of the network's first input in the activations */
  uint32_t input_bytes;      /* of all its inputs and states, which lie one behind the other */
  uint32_t input_seed;       /* of opline_input_byte() */
  uint32_t weight_bytes;     /* of the weight pool that the layers use, alignment included */
  uint32_t
      channel_bytes; /* of the channel pool from its start, to the end of the last table in it */
  uint32_t tensor_bytes; /* 0: offsets refer to the pools. Else the network's own tensors, this many
                            bytes, a multiple of OPLINE_ALIGNMENT, are where the pools were;
                            weight_bytes and channel_bytes are 0 */
  uint32_t table_bytes;  /* of the tables, a multiple of OPLINE_ALIGNMENT */
};

/* What the device keeps of a layer's run. */
struct opline_layer_result {
  uint64_t cycles; /* of the measured run */
  uint32_t digest; /* opline_crc32 of the output tensor, from the unmeasured run before it */
  uint32_t reserved;
};

/* ---- Kernel choice: pure functions of the shape, shared by dispatch, scratch sizes and cost
 * models ---- */

static inline int opline_is_dilated(const struct opline_layer* layer) {
  return layer->dilation_h != 1 || layer->dilation_w != 1;
}

static inline uint8_t opline_choose_int8_kernel(const struct opline_layer* layer) {
  switch (layer->op) {
    case OPLINE_OP_CONV2D:
      if (opline_is_dilated(layer) || layer->groups != 1) return OPLINE_KERNEL_CONV_GENERAL;
      return layer->kernel_h == 1 && layer->kernel_w == 1 && layer->stride_h == 1 &&
                     layer->stride_w == 1
                 ? OPLINE_KERNEL_CONV_1X1
                 : OPLINE_KERNEL_CONV_IM2COL;
    case OPLINE_OP_DEPTHWISE_CONV2D:
      if (opline_is_dilated(layer) || layer->out_c != layer->in_c)
        return OPLINE_KERNEL_DEPTHWISE_ANY;
      return layer->kernel_h == 3 && layer->kernel_w == 3 && layer->pad_top <= 1 &&
                     layer->pad_left <= 1
                 ? OPLINE_KERNEL_DEPTHWISE_3X3
                 : OPLINE_KERNEL_DEPTHWISE_GENERAL;
    case OPLINE_OP_FULLY_CONNECTED:
      return layer->out_h == 1 && layer->out_w == 1 ? OPLINE_KERNEL_FULLY_CONNECTED
                                                    : OPLINE_KERNEL_CONV_1X1;
    case OPLINE_OP_AVERAGE_POOL_2D:
      return OPLINE_KERNEL_AVERAGE_POOL;
    case OPLINE_OP_MAX_POOL_2D:
      return OPLINE_KERNEL_MAX_POOL;
    case OPLINE_OP_ADD:
      return OPLINE_KERNEL_ADD;
    case OPLINE_OP_SOFTMAX:
      return OPLINE_KERNEL_SOFTMAX;
    case OPLINE_OP_PAD:
      return OPLINE_KERNEL_PAD;
    case OPLINE_OP_MEAN:
      return OPLINE_KERNEL_MEAN;
    case OPLINE_OP_CONCATENATION:
      return OPLINE_KERNEL_CONCATENATION;
    case OPLINE_OP_SUB:
      return OPLINE_KERNEL_SUB;
    case OPLINE_OP_MUL:
      return OPLINE_KERNEL_MUL;
    case OPLINE_OP_PRELU:
      return OPLINE_KERNEL_PRELU;
    case OPLINE_OP_TRANSPOSE:
      return OPLINE_KERNEL_TRANSPOSE;
    default:
      return opline_is_lookup(layer->op)   ? OPLINE_KERNEL_LOOKUP
             : opline_is_gather(layer->op) ? OPLINE_KERNEL_GATHER
                                           : 0;
  }
}

static inline uint8_t opline_choose_kernel(const struct opline_layer* layer) {
  const uint8_t kernel = opline_choose_int8_kernel(layer);
  const int has_s4 = kernel != 0 && kernel <= OPLINE_KERNEL_ADD;
  return has_s4 && (layer->weight_bits == 4 || layer->input_bits == 4)
             ? (uint8_t)(kernel + OPLINE_KERNEL_S4)
             : kernel;
}

static inline uint32_t opline_align(uint32_t bytes) {
  return (bytes + OPLINE_ALIGNMENT - 1u) & ~(OPLINE_ALIGNMENT - 1u);
}

/* Bytes of `count` codes that lie together. */
static inline uint32_t opline_code_bytes(uint32_t count, uint32_t bits) {
  return bits == 4 ? count / 2u + count % 2u : count;
}

static inline uint32_t opline_input_bytes(const struct opline_layer* layer) {
  return (uint32_t)layer->in_h * layer->in_w * opline_code_bytes(layer->in_c, layer->input_bits);
}

/* Weights that an output of the layer reads; 0 for operations without weights. Where a position of
 * the input is codes of 4 bits, what fills its last byte has a weight, but in depthwise
 * convolutions. */
static inline uint32_t opline_fan_in(const struct opline_layer* layer) {
  const uint32_t taps = (uint32_t)layer->kernel_h * layer->kernel_w;
  const uint32_t depth = layer->in_c + (layer->input_bits == 4 ? layer->in_c % 2u : 0u);
  switch (layer->op) {
    case OPLINE_OP_CONV2D:
      return layer->groups == 0 ? 0 : taps * (depth / layer->groups);
    case OPLINE_OP_DEPTHWISE_CONV2D:
      return taps;
    case OPLINE_OP_FULLY_CONNECTED:
      return layer->out_h == 1 && layer->out_w == 1 ? layer->in_h * layer->in_w * depth : depth;
    default:
      return 0;
  }
}

/* Scratch that the layer's kernel needs in the arena while it runs. */
static inline uint32_t opline_scratch_bytes(const struct opline_layer* layer) {
  switch (opline_choose_kernel(layer)) {
    case OPLINE_KERNEL_CONV_IM2COL: /* two int16 columns, each padded to whole groups of four taps
                                     */
    case OPLINE_KERNEL_CONV_GENERAL:
      return 2u * 2u * ((opline_fan_in(layer) + 3u) & ~3u);
    case OPLINE_KERNEL_CONV_IM2COL_S4: /* likewise, of groups of eight, and a window as it is stored
                                        */
      return 2u * 2u * ((opline_fan_in(layer) + 7u) & ~7u) +
             opline_align(opline_code_bytes(opline_fan_in(layer), layer->input_bits));
    default:
      return 0;
  }
}

/* Bytes of the second input; 0 for operations with one. */
static inline uint32_t opline_input2_bytes(const struct opline_layer* layer) {
  if (opline_is_binary(layer->op))
    return (uint32_t)layer->in2_h * layer->in2_w *
           opline_code_bytes(layer->in2_c, layer->input_bits);
  return layer->op == OPLINE_OP_CONCATENATION
             ? (uint32_t)layer->in_h * layer->in_w * (uint32_t)(layer->out_c - layer->in_c)
             : 0;
}

static inline uint32_t opline_output_bytes(const struct opline_layer* layer) {
  return (uint32_t)layer->out_h * layer->out_w *
         opline_code_bytes(layer->out_c, layer->output_bits);
}

/* Convolutions and fully connected layers: those with weights and a table of channels. */
static inline int opline_has_channels(uint8_t op) {
  return op >= OPLINE_OP_CONV2D && op <= OPLINE_OP_FULLY_CONNECTED;
}

/* Bytes of the layer's weight tensor or constant operand; 0 where it has none. */
static inline uint32_t opline_weight_bytes(const struct opline_layer* layer) {
  if (layer->constant == OPLINE_CONSTANT_INPUT) return opline_input_bytes(layer);
  if (layer->constant == OPLINE_CONSTANT_INPUT2) return opline_input2_bytes(layer);
  if (layer->op == OPLINE_OP_DEPTHWISE_CONV2D)
    return opline_fan_in(layer) * opline_code_bytes(layer->out_c, layer->weight_bits);
  return layer->out_c * opline_code_bytes(opline_fan_in(layer), layer->weight_bits);
}

/* Bytes of the layer's table of channels; 0 where it has none. */
static inline uint32_t opline_channel_bytes(const struct opline_layer* layer) {
  return opline_has_channels(layer->op) ? layer->out_c * (uint32_t)sizeof(struct opline_channel)
                                        : 0;
}

/* Bytes of the layer's table in the plan; 0 where it has none. */
static inline uint32_t opline_table_bytes(const struct opline_layer* layer) {
  return opline_is_lookup(layer->op)   ? 256u
         : opline_is_gather(layer->op) ? 2u * ((uint32_t)layer->out_h + layer->out_w)
                                       : 0;
}

/* Where the tables of a plan start, from its first byte. */
static inline uint32_t opline_tables_offset(uint32_t layer_count) {
  return opline_align((uint32_t)sizeof(struct opline_plan_header) +
                      layer_count * (uint32_t)sizeof(struct opline_layer));
}

static inline uint32_t opline_plan_bytes(uint32_t layer_count, uint32_t table_bytes) {
  return opline_tables_offset(layer_count) + table_bytes;
}

/* The arena a plan needs: its own bytes, its results, its activations, each part aligned. */
static inline uint32_t opline_arena_bytes(uint32_t plan_bytes, uint32_t layer_count,
                                          uint32_t activation_bytes) {
  return opline_align(plan_bytes) +
         opline_align(layer_count * (uint32_t)sizeof(struct opline_layer_result)) +
         opline_align(activation_bytes);
}

/* ---- Pools and inputs: what the build writes into the image and the host computes with ---- */

/* A 32-bit mixing function (the finaliser of MurmurHash3, public domain, Appleby). */
static inline uint32_t opline_mix(uint32_t x) {
  x ^= x >> 16;
  x *= 0x85ebca6bu;
  x ^= x >> 13;
  x *= 0xc2b2ae35u;
  x ^= x >> 16;
  return x;
}

/* Byte `index` of the weight pool: uniform over [-127, 127], as symmetric int8 weights are. */
static inline int8_t opline_pool_weight(uint32_t index) {
  return (int8_t)((int32_t)(((uint64_t)opline_mix(index + 0x9e3779b9u) * 255u) >> 32) - 127);
}

/* Entry `index` of the channel pool: biases of a few thousand, effective scales spread over [1/4,
 * 1) with 24 significant bits, so that a float32 of a .tflite file holds them. */
static inline struct opline_channel opline_pool_channel(uint32_t index) {
  const uint32_t a = opline_mix(3u * index + 0x7f4a7c15u);
  const uint32_t b = opline_mix(3u * index + 0x7f4a7c16u);
  struct opline_channel channel;
  channel.bias = (int32_t)(a & 0x1fffu) - 0x1000;
  channel.multiplier = (int32_t)(0x40000000u | (b & 0x3fffff80u));
  channel.shift = -(int32_t)(a >> 31);
  return channel;
}

/* Byte `index` of the input that `seed` stands for: uniform over the int8 range. */
static inline int8_t opline_input_byte(uint32_t seed, uint32_t index) {
  return (int8_t)(opline_mix(index ^ opline_mix(seed + 0x632be5abu)) >> 24);
}

OPLINE_STATIC_ASSERT(sizeof(struct opline_channel) == 12, "the pool's stride");
OPLINE_STATIC_ASSERT(sizeof(struct opline_layer) == 112, "the plan's stride");
OPLINE_STATIC_ASSERT(sizeof(struct opline_plan_header) == 48, "the plan's first layer");
OPLINE_STATIC_ASSERT(sizeof(struct opline_layer_result) == 16, "the results' stride");

#endif /* OPLINE_PLAN_H */
