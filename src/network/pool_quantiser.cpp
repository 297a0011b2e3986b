#include "src/network/pool_quantiser.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "firmware/kernels/opline_kernels.h"
#include "src/base/error.h"
#include "src/network/lookup_table.h"
#include "src/network/memory_plan.h"
#include "src/network/op_count.h"
#include "src/network/shared_quantisation.h"

namespace opline::network {
namespace {

constexpr double kWeightDeviation = 73.6;    // of a uniform integer in [-127, 127]
constexpr double kWeightDeviationS4 = 4.61;  // of a uniform integer in [-8, 7], ...
constexpr double kWeightMeanS4 = -0.5;       // ... which has this mean
constexpr double kBiasDeviation = 2365;      // of a bias of the channel pool
constexpr double kBiasShare = 0.25;  // of the deviation of sums, for biases of layers of 4 bits
constexpr double kMeanPoolScale = 0.5625;  // of multiplier / 2^31 * 2^shift over the channel pool
constexpr double kLinearTarget = 40;       // standard deviation aimed at, in steps
constexpr double kReluTarget = 64;         // before the ReLU: the positive half then has about 37
constexpr double kLinearTargetS4 = 3;
constexpr double kReluTargetS4 = 5;
constexpr int kAttempts = 12;  // scales tried for one position in the weight pool
constexpr int kBackSteps = 6;  // times a producer may be asked for a wider or narrower output
constexpr int kOtherWeights = kNudges - 2;  // times a producer may be given other weights
constexpr float kHardSwishRange = 64;  // input scale / output scale at most: below 128 in TFLite
constexpr TensorQuantisation kInput{1.0F / 64, -128};  // inputs are not negative, as pixels are
constexpr int kLinearZeroPoint = 4;
constexpr int kLinearZeroPointS4 = 1;
constexpr int kFiner = 16;  // an average of 8 bits of an input of 4: steps of a sixteenth
constexpr float kRelu6Scale = 1.0F / 64;       // 6 lies beyond the range: it ends where int8 does
constexpr float kReluN1To1Scale = 1.0F / 128;  // likewise 1
constexpr std::array<float, 7> kBetas{1.0F, 0.7F, 1.4F, 0.5F, 2.0F, 0.35F, 2.8F};

/// The power of two nearest to `value` on a logarithmic scale; exact, so the same on every machine.
float power_of_two(double value) {
  const int octaves = std::ilogb(value * value) + 1;
  return std::ldexp(1.0F, octaves >= 0 ? octaves / 2 : -((1 - octaves) / 2));
}

class PoolQuantiser {
 public:
  PoolQuantiser(const Network& network, const Pools& pools, std::uint32_t input_seed)
      : network_(network),
        pools_(pools),
        shared_(network, kInput),
        input_offsets_(input_offsets(network)),
        activations_(0),
        widen_(network.layers().size(), 1.0),
        skipped_(network.layers().size(), 0) {
    result_.layout = executable_layout(network, TensorSource::pools);
    result_.layout.header.input_seed = input_seed;
    activations_.resize(result_.layout.footprint.activation_bytes);
    result_.spread.resize(count());
    result_.digests.resize(count());
    result_.scales.resize(count());
    for (std::size_t i = 0; i < count(); ++i) {
      if (has_one_scale(network.layers()[i])) result_.scales[i].weight = TensorQuantisation{};
    }
    result_.tensors.assign(network.tensor_count(), kInput);
  }

  PoolQuantisation run() {
    int back_steps = 0;
    fill_input();
    for (std::size_t i = 0; i < count();) {
      if (raise_shared_scale(i)) {
        i = 0;
        fill_input();
      }
      place(i);
      if (quantise(i)) {
        lenient_ = false;
        if (const auto producer = producer_to_change(i)) {
          skipped_[*producer] += OPLINE_ALIGNMENT;
          i = *producer;
          rewind_to(i);
          continue;
        }
        const opline_layer& layer = descriptor(i);
        result_.digests[i++] =
            opline_crc32(0, activations_.data() + layer.output, opline_output_bytes(&layer));
        continue;
      }
      const std::size_t producer = producer_of(i);
      if (++back_steps > kBackSteps || producer >= count()) {
        lenient_ = true;  // an output of one value, a mean over raw input: no scale can spread it
        continue;
      }
      widen_[producer] *= too_narrow(i) ? 1.6 : 0.6;
      i = producer;
      rewind_to(i);
    }
    return finish();
  }

 private:
  [[nodiscard]] std::size_t count() const { return network_.layers().size(); }
  [[nodiscard]] TensorId output_of(std::size_t layer) const {
    return network_.output_of(static_cast<LayerId>(layer));
  }
  opline_layer& descriptor(std::size_t i) { return result_.layout.layers[i]; }
  [[nodiscard]] const opline_layer& descriptor(std::size_t i) const {
    return result_.layout.layers[i];
  }
  TensorQuantisation& quantisation(TensorId id) {
    return result_.tensors[static_cast<std::size_t>(id)];
  }

  /// The codes of a tensor, valid until the next call.
  [[nodiscard]] std::span<const std::int8_t> tensor(TensorId id) {
    const auto maker = network_.layer_of(id);
    const std::uint64_t offset =
        maker ? descriptor(static_cast<std::size_t>(*maker)).output
              : result_.layout.header.input + input_offsets_[static_cast<std::size_t>(id)];
    const Shape& shape = network_.shape(id);
    if (network_.bits(id) == 8) return {activations_.data() + offset, shape.elements()};
    unpacked_ = unpack_codes(activations_.data() + offset,
                             shape.elements() / static_cast<std::uint64_t>(shape.c), shape.c);
    return unpacked_;
  }

  [[nodiscard]] bool has_four_bits(std::size_t i) const { return descriptor(i).output_bits == 4; }

  void fill_input() {
    const opline_plan_header& header = result_.layout.header;
    opline_fill_input(header.input_seed, activations_.data() + header.input, header.input_bytes);
  }

  /// Gives layer `i` its weights, right behind those of the layer before it, which may have been
  /// moved.
  void place(std::size_t i) {
    descriptor(i).weights = skipped_[i];
    if (i == 0) return;
    const opline_layer& before = descriptor(i - 1);
    descriptor(i).weights += before.weights + opline_align(opline_weight_bytes(&before));
  }

  /// Prepares to compute layer `target` again. Its inputs may have been overwritten since, so this
  /// starts from the network's input.
  void rewind_to(std::size_t target) {
    fill_input();
    for (std::size_t i = 0; i < target; ++i) execute_layer(i);
  }

  void execute_layer(std::size_t i) {
    const opline_layer& layer = descriptor(i);
    if (std::uint64_t{layer.weights} + opline_weight_bytes(&layer) > pools_.weights.size() ||
        layer.channels / sizeof(opline_channel) +
                opline_channel_bytes(&layer) / sizeof(opline_channel) >
            pools_.channels.size()) {
      throw Error(ErrorCode::input,
                  "the network's weights ({} B) exceed the pools they are taken from ({} B)",
                  result_.layout.footprint.flash_bytes(), pools_.weights.size());
    }
    const opline_pools pools{pools_.weights.data(), pools_.channels.data(),
                             result_.layout.tables.data()};
    opline_run_layer(&layer, &pools, activations_.data());
  }

  /// Runs layer `i` with its present scales; true when the output is spread widely enough.
  bool try_layer(std::size_t i) {
    execute_layer(i);
    const OutputSpread spread = result_.spread[i] = spread_of(tensor(output_of(i)), descriptor(i));
    const double least = has_four_bits(i) ? kMinStandardDeviationS4 : kMinStandardDeviation;
    const bool wide = lenient_ || spread.standard_deviation >= least;
    return wide && too_narrow(i);
  }

  [[nodiscard]] bool too_narrow(std::size_t i) const {
    return result_.spread[i].saturated_share <
           (has_four_bits(i) ? kMaxSaturatedShareS4 : kMaxSaturatedShare);
  }

  /// The standard deviation aimed at, in steps.
  [[nodiscard]] double target(std::size_t i) const {
    const bool relu = is_relu(network_.layers()[i]);
    const double steps = has_four_bits(i) ? (relu ? kReluTargetS4 : kLinearTargetS4)
                                          : (relu ? kReluTarget : kLinearTarget);
    return widen_[i] * steps;
  }

  /// Whether the output is not negative, so that its zero can be the lowest code.
  static bool is_relu(const Layer& layer) {
    return layer.activation == Activation::relu || layer.activation == Activation::relu6 ||
           layer.type == LayerType::relu || layer.type == LayerType::relu6;
  }

  /// Whether the upper limit of the output depends on its scale.
  static bool is_bounded(Activation activation) {
    return activation == Activation::relu6 || activation == Activation::relu_n1_to_1;
  }

  /// Zero points, limits and multipliers by the tensors' present quantisation.
  void set(std::size_t i) {
    const Layer& layer = network_.layers()[i];
    set_scales(layer, result_.tensors, output_of(i), result_.scales[i], descriptor(i));
    try {
      set_table(layer, result_.tensors, output_of(i), result_.scales[i], descriptor(i),
                result_.layout.tables);
    } catch (const Error& error) {
      throw Error(error.code(), "layer {}: {}", i, error.what());
    }
  }

  /// The scale that the output has to have, or 0 where it can be chosen.
  [[nodiscard]] float fixed_scale(std::size_t i) const {
    const TensorQuantisation* required = shared_.required(output_of(i));
    return required != nullptr ? required->scale : 0;
  }

  bool quantise(std::size_t i) {
    const Layer& layer = network_.layers()[i];
    TensorQuantisation& out = quantisation(output_of(i));
    const TensorQuantisation* required = shared_.required(output_of(i));
    const bool relu = is_relu(layer);
    out.zero_point =
        has_four_bits(i) ? (relu ? -8 : kLinearZeroPointS4) : (relu ? -128 : kLinearZeroPoint);
    if (required != nullptr) out.zero_point = required->zero_point;
    const bool done = quantise_type(i, layer);
    shared_.choose(output_of(i), out.scale);
    return done;
  }

  bool quantise_type(std::size_t i, const Layer& layer) {
    switch (layer.type) {
      case LayerType::conv2d:
      case LayerType::depthwise_conv2d:
      case LayerType::fully_connected:
        return quantise_product(i);
      case LayerType::add:
      case LayerType::sub:
      case LayerType::mul:
      case LayerType::prelu:
        return quantise_binary(i, layer);
      case LayerType::mean:
        quantisation(output_of(i)).zero_point = quantisation(layer.inputs[0]).zero_point;
        return choose_scale(i, deviation_of(layer.inputs[0]) / 4);
      case LayerType::softmax:
        return quantise_softmax_layer(i);
      case LayerType::relu:
      case LayerType::relu6:
      case LayerType::relu_n1_to_1:
      case LayerType::leaky_relu:
      case LayerType::logistic:
      case LayerType::tanh:
      case LayerType::hard_swish:
      case LayerType::quantize:
        return quantise_lookup(i, layer);
      case LayerType::average_pool_2d:
      case LayerType::max_pool_2d:
      case LayerType::pad:
      case LayerType::concatenation:
      case LayerType::transpose:
      case LayerType::resize_nearest_neighbor:
      case LayerType::slice:
        quantisation(output_of(i)) = quantisation(layer.inputs[0]);
        if (layer.input_bits != layer.output_bits) {
          quantisation(output_of(i)).scale /= kFiner;
          quantisation(output_of(i)).zero_point *= kFiner;
        }
        set(i);
        return try_layer(i) || lenient_;
    }
    OPLINE_ASSERT(false, "layer type {}", static_cast<int>(layer.type));
    return false;
  }

  /// Convolutions and fully connected layers: chooses the shift (or the tensor's multiplier) from
  /// the spread of the accumulators.
  bool quantise_product(std::size_t i) {
    opline_layer& layer = descriptor(i);
    quantisation(output_of(i)).scale = provisional_scale(i);
    set(i);
    const TensorSums input = sums_of(tensor(network_.layers()[i].inputs[0]));
    const double offset_mean = input.mean() - layer.input_zero_point;
    const double accumulator =
        std::sqrt(taps_of(i) * (input.variance() + offset_mean * offset_mean)) *
        (layer.weight_bits == 4 ? kWeightDeviationS4 : kWeightDeviation);
    if (layer.weight_bits == 4) set_biases(i, accumulator, offset_mean);
    const double scale = target(i) / std::max(accumulator, 1.0);
    bool done = false;
    const int nudges = lenient_ ? 1 : kNudges - static_cast<int>(skipped_[i]) / OPLINE_ALIGNMENT;
    for (int nudge = 0; nudge < nudges && !done; ++nudge) {
      if (nudge != 0) layer.weights += OPLINE_ALIGNMENT;
      done = scale_product(i, scale);
    }
    name_scale(i);
    return done || lenient_;
  }

  [[nodiscard]] double taps_of(std::size_t i) const {
    const Layer& layer = network_.layers()[i];
    return static_cast<double>(count_layer(layer).macs) /
           static_cast<double>(layer.output.elements());
  }

  /// Fits the pool's biases to sums of products of four bits: their size to that of the sums, their
  /// mean to what the weights' mean adds to a sum.
  void set_biases(std::size_t i, double accumulator, double offset_mean) {
    const double octaves = std::log2(kBiasDeviation / std::max(kBiasShare * accumulator, 1.0));
    descriptor(i).bias_shift =
        static_cast<std::uint8_t>(std::clamp(std::round(octaves), 0.0, 31.0));
    descriptor(i).bias_offset =
        static_cast<std::int32_t>(std::round(-kWeightMeanS4 * taps_of(i) * offset_mean));
  }

  /// Tries scales around `scale` for the accumulators.
  bool scale_product(std::size_t i, double scale) {
    const bool whole_tensor = has_one_scale(network_.layers()[i]);
    double octaves = std::log2(scale / (whole_tensor ? 1.0 : kMeanPoolScale));
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
      if (whole_tensor) {
        effective_ = static_cast<float>(std::exp2(octaves));
        descriptor(i).requantize[0] = quantise_multiplier(effective_);
      } else {
        octaves = std::round(octaves);
        descriptor(i).shift_offset = static_cast<std::int32_t>(octaves);
      }
      if (try_layer(i)) return true;
      octaves += (too_narrow(i) ? 1.0 : -1.0) * (whole_tensor ? 0.4 : 1.0);
    }
    return false;
  }

  /// Multipliers are chosen before the output's scale, since the scale of the weights can make any
  /// multiplier consistent with it. Only the limit of ReLU6 depends on the scale.
  [[nodiscard]] float provisional_scale(std::size_t i) const {
    const float fixed = fixed_scale(i);
    const bool symmetric = network_.layers()[i].activation == Activation::relu_n1_to_1;
    return fixed != 0 ? fixed : symmetric ? kReluN1To1Scale : kRelu6Scale;
  }

  /// Chooses the output's scale so that values of different layers have similar size when added.
  void name_scale(std::size_t i) {
    TensorQuantisation& out = quantisation(output_of(i));
    if (fixed_scale(i) == 0 && !is_bounded(network_.layers()[i].activation)) {
      out.scale = power_of_two(1.0 / std::max(result_.spread[i].standard_deviation, 1.0));
    }
    if (!has_one_scale(network_.layers()[i])) return;
    const opline_multiplier tried = descriptor(i).requantize[0];
    result_.scales[i].weight->scale =
        effective_ * out.scale / quantisation(network_.layers()[i].inputs[0]).scale;
    set(i);
    const opline_multiplier& now = descriptor(i).requantize[0];
    OPLINE_ASSERT(now.multiplier == tried.multiplier && now.shift == tried.shift, "layer {}", i);
  }

  /// Standard deviation of a tensor's real values.
  double deviation_of(TensorId id) {
    return std::sqrt(sums_of(tensor(id)).variance()) * double{quantisation(id).scale};
  }
  /// Root mean square of a tensor's real values.
  double size_of(TensorId id) {
    const TensorQuantisation& q = quantisation(id);
    const TensorSums sums = sums_of(tensor(id));
    return std::hypot(std::sqrt(sums.variance()), sums.mean() - q.zero_point) * double{q.scale};
  }

  /// A constant operand is a slice of the weight pool: in sums as large as the other operand, in
  /// products between -1 and 1, as slopes between -1/2 and 1/2.
  bool quantise_binary(std::size_t i, const Layer& layer) {
    const bool is_sum = layer.type == LayerType::add || layer.type == LayerType::sub;
    double spread = deviation_of(layer.inputs[0]);
    if (layer.constant != Constant::none) {
      const float largest = layer.type == LayerType::prelu ? 0.5F : 1.0F;
      const double wanted = is_sum ? std::max(spread, 1e-6) / kWeightDeviation : largest / 128;
      result_.scales[i].weight = TensorQuantisation{power_of_two(wanted), 0};
    }
    const double other = layer.constant == Constant::none
                             ? size_of(layer.inputs[1])
                             : kWeightDeviation * double{result_.scales[i].weight->scale};
    if (is_sum)
      spread = std::hypot(spread,
                          layer.constant == Constant::none ? deviation_of(layer.inputs[1]) : other);
    if (layer.type == LayerType::mul) spread = size_of(layer.inputs[0]) * other;
    return choose_scale(i, spread);
  }

  bool quantise_lookup(std::size_t i, const Layer& layer) {
    const std::optional<TensorQuantisation> fixed = fixed_output(layer.type);
    if (!fixed) return choose_scale(i, deviation_of(layer.inputs[0]));
    quantisation(output_of(i)) = *fixed;
    set(i);
    return try_layer(i) || lenient_;
  }

  /// The smallest scale that the output can have (lookup_table.h).
  [[nodiscard]] float least_scale(std::size_t i) {
    const Layer& layer = network_.layers()[i];
    if (layer.type != LayerType::hard_swish) return 0;
    return quantisation(layer.inputs[0]).scale / kHardSwishRange;
  }

  /// Whether the scale that the output shares was too small and has been raised, which concerns
  /// layers before this one.
  bool raise_shared_scale(std::size_t i) {
    const float fixed = fixed_scale(i), least = least_scale(i);
    return fixed != 0 && fixed < least && shared_.raise(output_of(i), least);
  }

  /// Chooses the output's scale, a power of two, from the expected deviation of its values.
  bool choose_scale(std::size_t i, double deviation) {
    float& scale = quantisation(output_of(i)).scale;
    scale = power_of_two(std::max(deviation, 1e-6) / target(i));
    const float fixed = fixed_scale(i), least = least_scale(i);
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
      scale = fixed != 0 ? fixed : std::max(scale, least);
      set(i);
      if (try_layer(i)) return true;
      if (fixed != 0) break;
      scale *= too_narrow(i) ? 0.5F : 2.0F;
    }
    return lenient_;
  }

  /// Softmax has a fixed output scale of 1/256; its inverse temperature spreads it.
  bool quantise_softmax_layer(std::size_t i) {
    quantisation(output_of(i)) = *fixed_output(LayerType::softmax);
    for (const float beta : kBetas) {
      result_.scales[i].beta = beta;
      set(i);
      if (try_layer(i)) return true;
    }
    return lenient_;
  }

  /// The layer whose scale decides how the input of layer `i` is spread; count() when that is the
  /// network's input.
  [[nodiscard]] std::size_t producer_of(std::size_t i) const {
    auto maker = network_.layer_of(network_.layers()[i].inputs[0]);
    while (maker) {
      const Layer& layer = network_.layers()[static_cast<std::size_t>(*maker)];
      if (!passes_quantisation(layer.type)) return static_cast<std::size_t>(*maker);
      maker = network_.layer_of(layer.inputs[0]);
    }
    return count();
  }

  /// Where every input of a hard_swish is below -3, as of one to three values it may be, its
  /// output is 0 and hides what comes before: the layer that then is given other weights, if one
  /// can be.
  [[nodiscard]] std::optional<std::size_t> producer_to_change(std::size_t i) {
    if (network_.layers()[i].type != LayerType::hard_swish || fixed_scale(i) != 0) return {};
    const int zero = quantisation(output_of(i)).zero_point;
    const std::span<const std::int8_t> codes = tensor(output_of(i));
    if (!std::all_of(codes.begin(), codes.end(), [&](int code) { return code == zero; })) return {};
    const std::size_t producer = producer_of(i);
    if (producer >= count() || opline_weight_bytes(&descriptor(producer)) == 0 ||
        skipped_[producer] >= kOtherWeights * OPLINE_ALIGNMENT)
      return {};
    return producer;
  }

  PoolQuantisation finish() {
    const opline_layer& last = descriptor(count() - 1);
    Layout& layout = result_.layout;
    layout.header.weight_bytes = last.weights + opline_align(opline_weight_bytes(&last));
    layout.footprint.weight_bytes = layout.header.weight_bytes;
    result_.output = outputs_of(network_, layout, activations_);
    return std::move(result_);
  }

  const Network& network_;
  const Pools& pools_;
  SharedQuantisation shared_;
  std::vector<std::uint64_t> input_offsets_;
  PoolQuantisation result_;
  std::vector<std::int8_t> activations_;
  std::vector<std::int8_t> unpacked_;   // of tensor()
  std::vector<double> widen_;           // factor on the spread aimed at, by layer
  std::vector<std::uint32_t> skipped_;  // bytes of the weight pool before a layer's weights
  float effective_ = 1;  // of the current fully connected layer: input x weight / output
  // For the current layer: accept any unsaturated output, and in the end any output.
  bool lenient_ = false;
};

}  // namespace

bool has_one_scale(const Layer& layer) {
  return layer.type == LayerType::fully_connected && layer.output.h == 1 && layer.output.w == 1;
}

PoolQuantisation quantise_from_pools(const Network& network, const Pools& pools,
                                     std::uint32_t input_seed) {
  return PoolQuantiser(network, pools, input_seed).run();
}

}  // namespace opline::network
