/* firmware/kernels/check_plan.c - refuses every plan that could leave its memory.
 *
 * Sizes are computed in 64 bits before anything is compared, because a hostile descriptor makes the
 * 32-bit helpers of opline_plan.h wrap: width * height * channels alone reaches 2^48. */
#include "firmware/kernels/opline_kernels.h"

struct range {
  uint64_t start, bytes;
};

static int overlaps(struct range a, struct range b) {
  return a.bytes != 0 && b.bytes != 0 && a.start < b.start + b.bytes && b.start < a.start + a.bytes;
}

static uint64_t product(uint64_t a, uint64_t b, uint64_t c) { return a * b * c; }

/* Of a tensor of h * w positions. */
static uint64_t tensor_bytes(uint64_t h, uint64_t w, uint32_t c, uint32_t bits) {
  return product(h, w, opline_code_bytes(c, bits));
}

static uint64_t input_bytes_of(const struct opline_layer* l) {
  return tensor_bytes(l->in_h, l->in_w, l->in_c, l->input_bits);
}

/* ---- Header ---- */

static const char* check_lengths(const struct opline_plan_header* h, size_t bytes) {
  if (h->magic != OPLINE_PLAN_MAGIC) return "magic: expected OPLN";
  if (h->version != OPLINE_PLAN_VERSION) return "version: expected 3";
  if (h->layer_count == 0 || h->layer_count > OPLINE_MAX_LAYERS)
    return "layer_count: expected 1..512";
  if (h->table_bytes % OPLINE_ALIGNMENT != 0) return "table_bytes: expected a multiple of 16";
  if (h->bytes < h->table_bytes ||
      h->bytes - h->table_bytes != opline_tables_offset(h->layer_count))
    return "bytes: expected header, layers and tables";
  if (h->bytes != bytes) return "bytes: differs from what was received";
  return NULL;
}

static const char* check_memory(const struct opline_plan_header* h,
                                const struct opline_limits* limits) {
  if (h->activation_bytes % OPLINE_ALIGNMENT != 0)
    return "activation_bytes: expected a multiple of 16";
  if (h->activation_bytes > INT32_MAX - 0x10000) return "activation_bytes: beyond 2 GiB";
  if (h->input % OPLINE_ALIGNMENT != 0) return "input: expected a multiple of 16";
  if (h->input_bytes == 0 || h->input + (uint64_t)h->input_bytes > h->activation_bytes)
    return "input_bytes: expected 1 or more, within activation_bytes";
  if (opline_arena_bytes(h->bytes, h->layer_count, h->activation_bytes) > limits->arena_bytes) {
    return "activation_bytes: plan, results and activations exceed the arena";
  }
  if (h->tensor_bytes != 0) {
    if (h->tensor_bytes % OPLINE_ALIGNMENT != 0) return "tensor_bytes: expected a multiple of 16";
    if (h->tensor_bytes > limits->tensor_bytes)
      return "tensor_bytes: exceeds the flash reserved for tensors";
    if (h->weight_bytes != 0 || h->channel_bytes != 0) {
      return "weight_bytes, channel_bytes: expected 0 with own tensors";
    }
    return h->tensor_bytes > INT32_MAX ? "tensor_bytes: beyond 2 GiB" : NULL;
  }
  if (h->weight_bytes > limits->weight_pool_bytes || h->weight_bytes > INT32_MAX) {
    return "weight_bytes: exceeds the weight pool";
  }
  if (h->channel_bytes > limits->channel_pool_bytes || h->channel_bytes > INT32_MAX) {
    return "channel_bytes: exceeds the channel pool";
  }
  return NULL;
}

/* ---- Shapes ---- */

/* One axis of a window that reaches over `reach` positions: the last one starts inside the input,
 * the first one ends inside, and no window that fits wholly is left out. SAME, VALID and explicit
 * padding up to reach - 1 on either side satisfy this. */
static int axis_is_consistent(uint32_t in, uint32_t out, uint32_t reach, uint32_t stride,
                              uint32_t pad) {
  if (reach == 0 || stride == 0 || pad >= reach) return 0;
  if ((uint64_t)(out - 1) * stride >= (uint64_t)in + pad) return 0;
  return in + pad < reach || out >= (in + pad - reach) / stride + 1;
}

/* Positions from the first tap of a window to its last; 0 without taps. */
static uint32_t reach_of(uint32_t kernel, uint32_t dilation) {
  return kernel == 0 ? 0 : (kernel - 1) * dilation + 1;
}

static const char* check_window(const struct opline_layer* l) {
  if (!axis_is_consistent(l->in_h, l->out_h, reach_of(l->kernel_h, l->dilation_h), l->stride_h,
                          l->pad_top)) {
    return "out_h: does not follow from in_h, kernel_h, stride_h, dilation_h and pad_top";
  }
  if (!axis_is_consistent(l->in_w, l->out_w, reach_of(l->kernel_w, l->dilation_w), l->stride_w,
                          l->pad_left)) {
    return "out_w: does not follow from in_w, kernel_w, stride_w, dilation_w and pad_left";
  }
  return NULL;
}

/* Dilation and groups, of the operations that have them. */
static const char* check_variant(const struct opline_layer* l) {
  const int convolves = l->op == OPLINE_OP_CONV2D || l->op == OPLINE_OP_DEPTHWISE_CONV2D;
  if (l->dilation_h == 0 || l->dilation_w == 0) return "dilation: expected 1..255";
  if (l->groups == 0) return "groups: expected 1 or more";
  if (!convolves && opline_is_dilated(l)) return "dilation: expected 1 for this operation";
  if (l->op != OPLINE_OP_CONV2D && l->groups != 1) return "groups: expected 1 for this operation";
  if (l->in_c % l->groups != 0 || l->out_c % l->groups != 0)
    return "groups: expected a divisor of in_c and out_c";
  return NULL;
}

static int repeats_into(uint32_t extent, uint32_t output) {
  return extent == output || extent == 1;
}

static const char* check_operands(const struct opline_layer* l) {
  if (!repeats_into(l->in_h, l->out_h) || !repeats_into(l->in_w, l->out_w) ||
      !repeats_into(l->in_c, l->out_c))
    return "input shape: expected extents of the output or 1";
  if (!repeats_into(l->in2_h, l->out_h) || !repeats_into(l->in2_w, l->out_w) ||
      !repeats_into(l->in2_c, l->out_c))
    return "second input's shape: expected extents of the output or 1";
  return l->constant <= OPLINE_CONSTANT_INPUT2 ? NULL : "constant: expected 0..2";
}

/* What the operation has no use for. */
static const char* check_unused(const struct opline_layer* l) {
  if (l->reserved != 0) return "reserved: expected 0";
  if (l->axes != 0 && l->op != OPLINE_OP_TRANSPOSE) return "axes: expected 0";
  if (!opline_is_binary(l->op) &&
      (l->constant != 0 || l->in2_h != 0 || l->in2_w != 0 || l->in2_c != 0))
    return "constant, in2_h, in2_w, in2_c: expected 0";
  const int begins = l->op == OPLINE_OP_PAD || l->op == OPLINE_OP_SLICE;
  return begins || l->begin_c == 0 ? NULL : "begin_c: expected 0";
}

/* Axes 0, 1 and 2, each once, and the extents that follow. */
static const char* check_axes(const struct opline_layer* l) {
  const uint32_t extents[4] = {l->in_h, l->in_w, l->in_c, 0};
  const uint32_t h = l->axes & 3, w = (l->axes >> 2) & 3, c = (l->axes >> 4) & 3;
  if (l->axes > 0x3f || (1u << h | 1u << w | 1u << c) != 7u)
    return "axes: expected each of 0, 1, 2 once";
  return l->out_h == extents[h] && l->out_w == extents[w] && l->out_c == extents[c]
             ? NULL
             : "output shape: does not follow from the axes";
}

static const char* check_pad(const struct opline_layer* l) {
  if ((uint32_t)l->begin_c + l->in_c > l->out_c) return "out_c: expected in_c and begin_c or more";
  if ((uint32_t)l->pad_top + l->in_h > l->out_h) return "out_h: expected in_h and pad_top or more";
  if ((uint32_t)l->pad_left + l->in_w > l->out_w)
    return "out_w: expected in_w and pad_left or more";
  return NULL;
}

static const char* check_extents(const struct opline_layer* l) {
  if (l->in_h == 0 || l->in_w == 0 || l->in_c == 0) return "input shape: expected 1..65535";
  if (l->out_h == 0 || l->out_w == 0 || l->out_c == 0) return "output shape: expected 1..65535";
  const char* error = check_unused(l);
  return error == NULL ? check_variant(l) : error;
}

/* opline_fan_in() without wrapping; groups are good. */
static uint64_t fan_in(const struct opline_layer* l) {
  switch (l->op) {
    case OPLINE_OP_CONV2D:
      return product(l->kernel_h, l->kernel_w, l->in_c / l->groups);
    case OPLINE_OP_DEPTHWISE_CONV2D:
      return product(l->kernel_h, l->kernel_w, 1);
    case OPLINE_OP_FULLY_CONNECTED:
      return l->out_h == 1 && l->out_w == 1 ? product(l->in_h, l->in_w, l->in_c) : l->in_c;
    default:
      return 0;
  }
}

static const char* check_shape(const struct opline_layer* l) {
  if (opline_is_binary(l->op)) return check_operands(l);
  switch (l->op) {
    case OPLINE_OP_CONV2D:
      if (fan_in(l) > OPLINE_MAX_TAPS) return "taps: more than 65535 per output";
      return check_window(l);
    case OPLINE_OP_DEPTHWISE_CONV2D:
      if (l->out_c % l->in_c != 0) return "out_c: expected a multiple of in_c";
      return check_window(l);
    case OPLINE_OP_AVERAGE_POOL_2D:
    case OPLINE_OP_MAX_POOL_2D:
      if (l->in_c != l->out_c) return "out_c: expected in_c";
      return check_window(l);
    case OPLINE_OP_FULLY_CONNECTED:
      if (fan_in(l) > OPLINE_MAX_TAPS) return "taps: more than 65535 per output";
      if (l->out_h == 1 && l->out_w == 1) return NULL;
      return l->out_h == l->in_h && l->out_w == l->in_w ? NULL
                                                        : "out_h, out_w: expected 1 or the input's";
    case OPLINE_OP_PAD:
      return check_pad(l);
    case OPLINE_OP_TRANSPOSE:
      return check_axes(l);
    case OPLINE_OP_RESIZE_NEAREST_NEIGHBOR:
      return l->in_c == l->out_c ? NULL : "out_c: expected in_c";
    case OPLINE_OP_SLICE:
      return (uint32_t)l->begin_c + l->out_c <= l->in_c
                 ? NULL
                 : "out_c: expected channels of the input from begin_c on";
    case OPLINE_OP_MEAN:
      if (l->in_c != l->out_c) return "out_c: expected in_c";
      if (product(l->in_h, l->in_w, 1) > OPLINE_MAX_TAPS) return "taps: more than 65535 per output";
      return l->out_h == 1 && l->out_w == 1 ? NULL : "out_h, out_w: expected 1";
    case OPLINE_OP_CONCATENATION:
      if (l->in_h != l->out_h || l->in_w != l->out_w) return "output shape: expected the input's";
      return l->in_c < l->out_c ? NULL : "out_c: expected more than in_c";
    default:
      if (l->in_h != l->out_h || l->in_w != l->out_w || l->in_c != l->out_c)
        return "output shape: expected the input's";
      return l->op == OPLINE_OP_SOFTMAX && l->in_c > OPLINE_MAX_SOFTMAX_CHANNELS
                 ? "in_c: softmax takes up to 4095"
                 : NULL;
  }
}

/* ---- Bits ---- */

/* The variants that have kernels of four bits. */
static int has_simple_weights(const struct opline_layer* l) {
  if (opline_is_dilated(l) || l->groups != 1) return 0;
  if (l->op == OPLINE_OP_DEPTHWISE_CONV2D) return l->out_c == l->in_c;
  return l->op != OPLINE_OP_FULLY_CONNECTED || (l->out_h == 1 && l->out_w == 1);
}

/* Of two tensors of the output's shape. */
static int is_plain_add(const struct opline_layer* l) {
  return l->op == OPLINE_OP_ADD && l->constant == OPLINE_CONSTANT_NONE && l->in_h == l->out_h &&
         l->in_w == l->out_w && l->in_c == l->out_c && l->in2_h == l->out_h &&
         l->in2_w == l->out_w && l->in2_c == l->out_c;
}

static int is_bits(uint8_t bits) { return bits == 8 || bits == 4; }

static const char* check_bits(const struct opline_layer* l) {
  if (!is_bits(l->weight_bits) || !is_bits(l->input_bits) || !is_bits(l->output_bits))
    return "weight_bits, input_bits, output_bits: expected 8 or 4";
  if (l->weight_bits == 4 && !opline_has_channels(l->op))
    return "weight_bits: expected 8 without weights";
  if (l->weight_bits == 4 && !has_simple_weights(l))
    return "weight_bits: expected 8 with dilation, groups, a depth multiplier or per position";
  if (l->weight_bits == 8 && (l->bias_shift != 0 || l->bias_offset != 0))
    return "bias_shift, bias_offset: expected 0 with weights of 8 bits";
  if (l->bias_shift > 31) return "bias_shift: expected 0..31";
  if (l->weight_bits == 4 || (l->input_bits == 8 && l->output_bits == 8)) return NULL;
  const int widens = l->op == OPLINE_OP_AVERAGE_POOL_2D || is_plain_add(l);
  if (!widens && l->op != OPLINE_OP_MAX_POOL_2D)
    return "input_bits, output_bits: expected 8 of this operation";
  if (l->input_bits == 8) return "output_bits: expected 8 with an input of 8 bits";
  return widens || l->output_bits == 4 ? NULL : "output_bits: expected those of the input";
}

/* ---- Numbers ---- */

static int is_code(int32_t value, int32_t bits) {
  return value >= -(1 << (bits - 1)) && value < 1 << (bits - 1);
}

static int is_shift(int64_t shift) { return shift >= -31 && shift <= 30; }

static int is_multiplier(int32_t multiplier, int64_t shift) {
  return multiplier >= 0x40000000 && is_shift(shift);
}

/* Whether the multipliers of a layer with weights are those of its table. */
static int scales_by_channel(const struct opline_layer* l) {
  return l->op != OPLINE_OP_FULLY_CONNECTED ||
         (l->requantize[0].multiplier == 0 && l->requantize[0].shift == 0);
}

static uint32_t multiplier_count(const struct opline_layer* l) {
  switch (l->op) {
    case OPLINE_OP_FULLY_CONNECTED:
      return scales_by_channel(l) ? 0 : 1;
    case OPLINE_OP_ADD:
    case OPLINE_OP_SUB:
      return 3;
    case OPLINE_OP_PRELU:
      return 2;
    case OPLINE_OP_SOFTMAX:
    case OPLINE_OP_MUL:
      return 1;
    default:
      return 0;
  }
}

/* The division by the count of positions leaves half of the usual range. */
static const char* check_mean(const struct opline_multiplier* m) {
  return m->multiplier >= 0x20000000 && is_shift(m->shift)
             ? NULL
             : "requantize: expected a multiplier of 2^29 or more and a shift of -31..30";
}

/* The largest difference that counts must survive the shift to the left. */
static const char* check_softmax(const struct opline_layer* l) {
  const int32_t shift = l->requantize[0].shift > 0 ? l->requantize[0].shift : 0;
  const int64_t reach = l->softmax_diff_min < -255 ? 255 : -(int64_t)l->softmax_diff_min;
  if (l->softmax_diff_min > 0) return "softmax_diff_min: expected 0 or less";
  return (reach << shift) > INT32_MAX ? "softmax_diff_min: overflows with requantize[0].shift"
                                      : NULL;
}

static const char* check_codes(const struct opline_layer* l) {
  if (!is_code(l->input_zero_point, l->input_bits))
    return "input_zero_point: expected -128..127, of 4 bits -8..7";
  if (!is_code(l->input2_zero_point, l->input_bits))
    return "input2_zero_point: expected -128..127, of 4 bits -8..7";
  if (!is_code(l->output_zero_point, l->output_bits))
    return "output_zero_point: expected -128..127, of 4 bits -8..7";
  if (l->activation_min > l->activation_max) return "activation_min: exceeds activation_max";
  return is_code(l->activation_min, l->output_bits) && is_code(l->activation_max, l->output_bits)
             ? NULL
             : "activation_min, activation_max: expected -8..7 of 4 bits";
}

static const char* check_numbers(const struct opline_layer* l) {
  const char* error = check_codes(l);
  if (error != NULL) return error;
  if (l->shift_offset < -62 || l->shift_offset > 62) return "shift_offset: expected -62..62";
  for (uint32_t i = 0; i < multiplier_count(l); ++i) {
    if (!is_multiplier(l->requantize[i].multiplier, l->requantize[i].shift)) {
      return "requantize: expected a multiplier of 2^30 or more and a shift of -31..30";
    }
  }
  if (l->kernel == OPLINE_KERNEL_CONV_1X1 && !scales_by_channel(l))
    return "requantize: expected 0 where each position is connected";
  if (l->op == OPLINE_OP_MEAN) return check_mean(&l->requantize[0]);
  return l->op == OPLINE_OP_SOFTMAX ? check_softmax(l) : NULL;
}

/* ---- Memory ---- */

/* What the layer reads of the activations: nothing of an operand that is constant. */
static struct range input_of(const struct opline_layer* l) {
  const struct range input = {l->input,
                              l->constant == OPLINE_CONSTANT_INPUT ? 0 : input_bytes_of(l)};
  return input;
}

static struct range input2_of(const struct opline_layer* l) {
  struct range input2 = {l->input2, 0};
  if (l->op == OPLINE_OP_CONCATENATION) {
    input2.bytes = product(l->in_h, l->in_w, l->out_c - l->in_c);
  } else if (l->constant != OPLINE_CONSTANT_INPUT2) {
    input2.bytes = tensor_bytes(l->in2_h, l->in2_w, l->in2_c, l->input_bits);
  }
  return input2;
}

/* Element-wise operations may write where they read, if they read each element once. */
static int may_be(const struct opline_layer* l, struct range output, struct range input) {
  const int element_wise =
      opline_is_binary(l->op) || opline_is_lookup(l->op) || l->op == OPLINE_OP_SOFTMAX;
  return element_wise && output.start == input.start && output.bytes == input.bytes;
}

static const char* check_tensors(const struct opline_layer* l, const struct opline_plan_header* h) {
  const struct range input = input_of(l), input2 = input2_of(l);
  const struct range output = {l->output,
                               tensor_bytes(l->out_h, l->out_w, l->out_c, l->output_bits)};
  const struct range scratch = {l->scratch, opline_scratch_bytes(l)};
  const struct range all[4] = {input, input2, output, scratch};
  for (int i = 0; i < 4; ++i) {
    if (all[i].bytes == 0) continue;
    if (all[i].start % OPLINE_ALIGNMENT != 0) return "tensor offset: expected a multiple of 16";
    if (all[i].start + all[i].bytes > h->activation_bytes)
      return "tensor: exceeds activation_bytes";
  }
  if (overlaps(scratch, input) || overlaps(scratch, output))
    return "scratch: overlaps a tensor of its layer";
  if (overlaps(output, input) && !may_be(l, output, input)) return "output: overlaps the input";
  if (overlaps(output, input2) && !may_be(l, output, input2))
    return "output: overlaps the second input";
  return NULL;
}

/* The rows and columns of a gather lie in its input. */
static const char* check_indices(const struct opline_layer* l, const uint16_t* indices) {
  for (uint32_t i = 0; i < (uint32_t)l->out_h + l->out_w; ++i) {
    if (indices[i] >= (i < l->out_h ? l->in_h : l->in_w)) return "table: exceeds the input";
  }
  return NULL;
}

static const char* check_table(const struct opline_layer* l, const struct opline_plan_header* h) {
  const uint32_t bytes = opline_table_bytes(l);
  if (bytes == 0) return NULL;
  if (l->table % OPLINE_ALIGNMENT != 0) return "table: expected a multiple of 16";
  if (l->table + (uint64_t)bytes > h->table_bytes) return "table: exceeds table_bytes";
  const uint8_t* tables = (const uint8_t*)h + opline_tables_offset(h->layer_count);
  return opline_is_gather(l->op) ? check_indices(l, (const void*)(tables + l->table)) : NULL;
}

/* `tables` is what l->channels is an offset in. */
static const char* check_channels(const struct opline_layer* l, const void* tables) {
  if (tables == NULL || !scales_by_channel(l)) return NULL; /* only biases are used */
  const struct opline_channel* channel = (const void*)((const uint8_t*)tables + l->channels);
  for (uint32_t i = 0; i < l->out_c; ++i, ++channel) {
    if (!is_multiplier(channel->multiplier, (int64_t)channel->shift + l->shift_offset)) {
      return "channel: expected a multiplier of 2^30 or more and a shift of -31..30 with "
             "shift_offset";
    }
  }
  return NULL;
}

/* `weight_end`: the first byte behind the weights that are used. */
static const char* check_own(const struct opline_layer* l, const struct opline_plan_header* h,
                             const struct opline_limits* limits, uint64_t weight_end) {
  if (weight_end + 3 > h->tensor_bytes)
    return "weights: exceed tensor_bytes, less the 3 bytes that may be read behind";
  if (l->channels % OPLINE_ALIGNMENT != 0) return "channels: expected a multiple of 16";
  if (l->channels + (uint64_t)l->out_c * sizeof(struct opline_channel) > h->tensor_bytes) {
    return "channels: exceed tensor_bytes";
  }
  return check_channels(l, limits->tensors);
}

static const char* check_operand(const struct opline_layer* l, const struct opline_plan_header* h) {
  const uint64_t bytes = l->constant == OPLINE_CONSTANT_INPUT
                             ? product(l->in_h, l->in_w, l->in_c)
                             : product(l->in2_h, l->in2_w, l->in2_c);
  if (l->weights % OPLINE_ALIGNMENT != 0) return "weights: expected a multiple of 16";
  if (l->weights + bytes > (h->tensor_bytes != 0 ? h->tensor_bytes : h->weight_bytes))
    return "weights: exceed weight_bytes or tensor_bytes";
  return NULL;
}

/* The weights of a row are few enough for 32 bits: check_shape. */
static uint64_t weight_bytes_of(const struct opline_layer* l) {
  return l->op == OPLINE_OP_DEPTHWISE_CONV2D
             ? fan_in(l) * opline_code_bytes(l->out_c, l->weight_bits)
             : (uint64_t)l->out_c * opline_code_bytes(opline_fan_in(l), l->weight_bits);
}

static const char* check_constants(const struct opline_layer* l, const struct opline_plan_header* h,
                                   const struct opline_limits* limits) {
  if (l->constant != OPLINE_CONSTANT_NONE) return check_operand(l, h);
  if (!opline_has_channels(l->op)) return NULL;
  if (l->weights % OPLINE_ALIGNMENT != 0) return "weights: expected a multiple of 16";
  const uint64_t weight_end = l->weights + weight_bytes_of(l);
  if (h->tensor_bytes != 0) return check_own(l, h, limits, weight_end);
  if (weight_end > h->weight_bytes) return "weights: exceed weight_bytes";
  if (l->channels % sizeof(struct opline_channel) != 0)
    return "channels: expected a multiple of 12";
  if (l->channels + (uint64_t)l->out_c * sizeof(struct opline_channel) > h->channel_bytes) {
    return "channels: exceed channel_bytes";
  }
  return check_channels(l, limits->channels);
}

static const char* check_layer(const struct opline_layer* l, const struct opline_plan_header* h,
                               const struct opline_limits* limits) {
  if (l->op < OPLINE_OP_CONV2D || l->op > OPLINE_OP_SLICE) return "op: expected 1..24";
  if (l->kernel != opline_choose_kernel(l)) return "kernel: differs from opline_choose_kernel";
  const char* error = check_extents(l);
  if (error == NULL) error = check_shape(l);
  if (error == NULL) error = check_bits(l);
  if (error == NULL) error = check_numbers(l);
  if (error == NULL) error = check_tensors(l, h);
  if (error == NULL) error = check_table(l, h);
  if (error == NULL) error = check_constants(l, h, limits);
  return error;
}

struct opline_plan_error opline_check_plan(const void* plan, size_t bytes,
                                           const struct opline_limits* limits) {
  const struct opline_plan_header* header = plan;
  struct opline_plan_error error = {NULL, -1};
  if (bytes < sizeof *header) {
    error.text = "bytes: shorter than a header";
    return error;
  }
  error.text = check_lengths(header, bytes);
  if (error.text == NULL) error.text = check_memory(header, limits);
  if (error.text != NULL) return error;

  const struct opline_layer* layers = (const struct opline_layer*)(header + 1);
  for (uint32_t i = 0; i < header->layer_count && error.text == NULL; ++i) {
    error.text = check_layer(&layers[i], header, limits);
    error.layer = (int32_t)i;
  }
  return error;
}
