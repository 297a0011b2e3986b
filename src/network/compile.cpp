// Quantisation by looking: the host runs each layer, sees how its output is spread and chooses the scale by
// it.
//
// Latency doesn't depend on scales, but a digest of a tensor that is all zeros or all saturated would not see
// an error; so every layer is brought to kMinStandardDeviation and below kMaxSaturatedShare. Sums are
// integers, so the choice is the same on every machine.
#include "src/network/compile.h"

#include <cmath>
#include <cstring>
#include <span>

#include "firmware/kernels/opline_kernels.h"
#include "src/base/error.h"
#include "src/network/quantise.h"

namespace opline::network {
namespace {

constexpr double kWeightDeviation = 73.6;  // of a uniform integer in [-127, 127]
constexpr double kMeanPoolScale = 0.5625;  // of multiplier / 2^31 * 2^shift over the channel pool
constexpr double kLinearTarget = 40;       // standard deviation aimed at, in steps
constexpr double kReluTarget = 64;         // before the ReLU: the positive half then has about 37
constexpr int kAttempts = 12;              // scales tried for one position in the weight pool
constexpr int kNudges = 8;                 // positions in the weight pool tried for one layer
constexpr int kBackSteps = 6;              // times a pool may ask its producer for a wider or narrower output
constexpr std::int16_t kInputZeroPoint = -128;  // inputs are not negative, as pixels are
constexpr std::int16_t kLinearZeroPoint = 4;
constexpr int kAddLeftShift = 20;  // TFLite's

/// Sums over a tensor of int8 values.
struct Moments {
  std::int64_t count = 0;
  std::int64_t sum = 0;
  std::int64_t squares = 0;
  [[nodiscard]] double mean() const { return static_cast<double>(sum) / static_cast<double>(count); }
  [[nodiscard]] double variance() const {
    return static_cast<double>(count * squares - sum * sum) /
           (static_cast<double>(count) * static_cast<double>(count));
  }
};

Moments moments_of(std::span<const std::int8_t> values) {
  Moments moments;
  moments.count = static_cast<std::int64_t>(values.size());
  for (const std::int8_t value : values) {
    moments.sum += value;
    moments.squares += std::int64_t{value} * value;
  }
  return moments;
}

Layout executable_layout(const Network& network) {
  Layout layout = lay_out(network);
  if (layout.refusal) throw Error(ErrorCode::input, "the network can't be executed: {}", *layout.refusal);
  return layout;
}

class Quantiser {
 public:
  Quantiser(const Network& network, const Pools& pools, std::uint32_t input_seed)
      : network_(network),
        pools_(pools),
        layout_(executable_layout(network)),
        activations_(layout_.footprint.activation_bytes) {
    layout_.header.input_seed = input_seed;
    spread_.resize(layout_.layers.size());
    scales_.assign(layout_.layers.size() + 1, 1.0 / 64);
    zero_points_.assign(layout_.layers.size() + 1, kInputZeroPoint);
    widen_.assign(layout_.layers.size(), 1.0);
    digests_.resize(layout_.layers.size());
  }

  CompiledNetwork run() {
    int back_steps = 0;
    for (std::size_t i = 0; i < layout_.layers.size();) {
      place(i);
      if (quantise(i)) {
        const std::span<const std::int8_t> output = tensor(static_cast<TensorId>(i) + 1);
        digests_[i++] = opline_crc32(0, output.data(), output.size());
        lenient_ = false;
        continue;
      }
      const std::size_t producer = producer_of(i);
      if (++back_steps > kBackSteps || producer >= layout_.layers.size()) {
        lenient_ = true;  // an output of one value, a mean over raw input: no scale of ours spreads it
        continue;
      }
      widen_[producer] *= spread_[i].saturated_share < kMaxSaturatedShare ? 1.6 : 0.6;
      i = producer;
      rewind_to(i);
    }
    return finish();
  }

 private:
  std::span<const std::int8_t> tensor(TensorId id) const {
    const std::size_t reader = static_cast<std::size_t>(id);
    const std::uint32_t offset = id == 0 ? layout_.layers[0].input : layout_.layers[reader - 1].output;
    return {activations_.data() + offset, network_.shape(id).elements()};
  }

  /// Gives layer `i` its weights, right behind those of the layer before it, which may have been moved.
  void place(std::size_t i) {
    opline_layer& layer = layout_.layers[i];
    if (i == 0) {
      layer.weights = 0;
      if (!started_)
        opline_fill_input(layout_.header.input_seed, activations_.data() + layer.input,
                          layout_.header.input_bytes);
      started_ = true;
      return;
    }
    const opline_layer& before = layout_.layers[i - 1];
    layer.weights = before.weights + opline_align(opline_weight_bytes(&before));
  }

  /// An earlier layer is computed again: what it reads may have been overwritten since, so start from the
  /// input.
  void rewind_to(std::size_t& target) {
    opline_fill_input(layout_.header.input_seed, activations_.data() + layout_.layers[0].input,
                      layout_.header.input_bytes);
    for (std::size_t i = 0; i < target; ++i) execute_layer(i);
  }

  void execute_layer(std::size_t i) {
    const opline_layer& layer = layout_.layers[i];
    if (std::uint64_t{layer.weights} + opline_weight_bytes(&layer) > pools_.weights.size() ||
        layer.channels / sizeof(opline_channel) + opline_channel_bytes(&layer) / sizeof(opline_channel) >
            pools_.channels.size()) {
      throw Error(ErrorCode::input,
                  "the network's weights ({} B) exceed the pools they are taken from ({} B)",
                  layout_.footprint.flash_bytes(), pools_.weights.size());
    }
    const opline_pools pools{pools_.weights.data(), pools_.channels.data()};
    opline_run_layer(&layer, &pools, activations_.data());
  }

  /// Runs layer `i` with its present scale; whether the output is spread as a digest needs it.
  bool try_layer(std::size_t i) {
    execute_layer(i);
    const opline_layer& layer = layout_.layers[i];
    const std::span<const std::int8_t> output = tensor(static_cast<TensorId>(i) + 1);
    std::size_t saturated = 0;
    // Where zero is -128, that value is a zero (of a ReLU, or passed on by a pool), not the end of the range.
    const bool low_end = layer.output_zero_point != -128;
    for (const std::int8_t value : output) saturated += value == 127 || (low_end && value == -128);
    spread_[i] = {std::sqrt(moments_of(output).variance()),
                  static_cast<double>(saturated) / static_cast<double>(output.size())};
    const bool wide = lenient_ || spread_[i].standard_deviation >= kMinStandardDeviation;
    return wide && spread_[i].saturated_share < kMaxSaturatedShare;
  }

  [[nodiscard]] bool relu(std::size_t i) const { return network_.layers()[i].activation != Activation::none; }

  bool quantise(std::size_t i) {
    const Layer& layer = network_.layers()[i];
    opline_layer& out = layout_.layers[i];
    const auto input = static_cast<std::size_t>(layer.inputs[0]);
    out.input_zero_point = zero_points_[input];
    // A fused ReLU6 ends where int8 does: the output's scale is 6 / 255 of it, as TFLite's converter chooses.
    out.output_zero_point = relu(i) ? std::int16_t{-128} : kLinearZeroPoint;
    out.activation_min = -128;
    out.activation_max = 127;
    bool done = false;
    switch (layer.type) {
      case LayerType::conv2d:
      case LayerType::depthwise_conv2d:
      case LayerType::fully_connected:
        done = quantise_product(i);
        break;
      case LayerType::add:
        done = quantise_add(i);
        break;
      case LayerType::softmax:
        done = quantise_softmax_layer(i);
        break;
      case LayerType::average_pool_2d:
      case LayerType::max_pool_2d:
        out.output_zero_point = zero_points_[input];
        done = try_layer(i) || lenient_;
        scales_[i + 1] = scales_[input];
        break;
    }
    zero_points_[i + 1] = out.output_zero_point;
    return done;
  }

  /// Convolutions and fully connected layers: the shift (or the tensor's multiplier) by the accumulators'
  /// spread.
  bool quantise_product(std::size_t i) {
    opline_layer& layer = layout_.layers[i];
    const bool whole_tensor = layer.op == OPLINE_OP_FULLY_CONNECTED;
    const Moments input = moments_of(tensor(network_.layers()[i].inputs[0]));
    const double offset_mean = input.mean() - layer.input_zero_point;
    const double taps = static_cast<double>(opline_weight_bytes(&layer)) / layer.out_c;
    const double accumulator =
        std::sqrt(taps * (input.variance() + offset_mean * offset_mean)) * kWeightDeviation;
    const double scale = widen_[i] * (relu(i) ? kReluTarget : kLinearTarget) / std::max(accumulator, 1.0);
    for (int nudge = 0; nudge < (lenient_ ? 1 : kNudges); ++nudge) {
      if (nudge != 0) layer.weights += OPLINE_ALIGNMENT;
      double octaves = std::log2(scale / (whole_tensor ? 1.0 : kMeanPoolScale));
      for (int attempt = 0; attempt < kAttempts; ++attempt) {
        if (whole_tensor) {
          layer.requantize[0] = quantise_multiplier(std::exp2(octaves));
        } else {
          octaves = std::round(octaves);
          layer.shift_offset = static_cast<std::int32_t>(octaves);
        }
        if (try_layer(i)) {
          scales_[i + 1] = 1.0 / std::max(spread_[i].standard_deviation, 1.0);
          return true;
        }
        const bool too_narrow = spread_[i].saturated_share < kMaxSaturatedShare;
        octaves += (too_narrow ? 1.0 : -1.0) * (whole_tensor ? 0.4 : 1.0);
      }
    }
    return lenient_;
  }

  bool quantise_add(std::size_t i) {
    opline_layer& layer = layout_.layers[i];
    const std::vector<TensorId>& inputs = network_.layers()[i].inputs;
    const double a = scales_[static_cast<std::size_t>(inputs[0])];
    const double b = scales_[static_cast<std::size_t>(inputs[1])];
    layer.input2_zero_point = zero_points_[static_cast<std::size_t>(inputs[1])];
    const double sum_deviation = std::sqrt(moments_of(tensor(inputs[0])).variance() * a * a +
                                           moments_of(tensor(inputs[1])).variance() * b * b);
    double output_scale =
        std::max(sum_deviation, 1e-6) / (widen_[i] * (relu(i) ? kReluTarget : kLinearTarget));
    const double twice_max = 2 * std::max(a, b);
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
      layer.requantize[0] = quantise_multiplier(a / twice_max);
      layer.requantize[1] = quantise_multiplier(b / twice_max);
      layer.requantize[2] = quantise_multiplier(twice_max / ((1 << kAddLeftShift) * output_scale));
      if (try_layer(i)) {
        scales_[i + 1] = output_scale;
        return true;
      }
      output_scale *= spread_[i].saturated_share < kMaxSaturatedShare ? 0.7 : 1.4;
    }
    return lenient_;
  }

  /// Softmax has a fixed output scale of 1/256; its inverse temperature spreads it.
  bool quantise_softmax_layer(std::size_t i) {
    opline_layer& layer = layout_.layers[i];
    layer.output_zero_point = -128;
    scales_[i + 1] = 1.0 / 256;
    for (const double beta : {1.0, 0.7, 1.4, 0.5, 2.0, 0.35, 2.8}) {
      const SoftmaxScale scale =
          quantise_softmax(scales_[static_cast<std::size_t>(network_.layers()[i].inputs[0])], beta);
      layer.requantize[0] = scale.input;
      layer.softmax_diff_min = scale.diff_min;
      if (try_layer(i)) return true;
    }
    return lenient_;
  }

  /// The layer whose scale decides how layer `i`'s input is spread; past the end when it is the network's
  /// input.
  [[nodiscard]] std::size_t producer_of(std::size_t i) const {
    TensorId tensor = network_.layers()[i].inputs[0];
    while (tensor > 0) {
      const Layer& layer = network_.layers()[static_cast<std::size_t>(tensor) - 1];
      if (layer.type != LayerType::average_pool_2d && layer.type != LayerType::max_pool_2d) {
        return static_cast<std::size_t>(tensor) - 1;
      }
      tensor = layer.inputs[0];
    }
    return layout_.layers.size();
  }

  CompiledNetwork finish() {
    const opline_layer& last = layout_.layers.back();
    layout_.header.weight_bytes = last.weights + opline_align(opline_weight_bytes(&last));
    CompiledNetwork compiled;
    compiled.footprint = layout_.footprint;
    compiled.footprint.weight_bytes = layout_.header.weight_bytes;
    compiled.plan.resize(layout_.header.bytes);
    std::memcpy(compiled.plan.data(), &layout_.header, sizeof(opline_plan_header));
    std::memcpy(compiled.plan.data() + sizeof(opline_plan_header), layout_.layers.data(),
                layout_.layers.size() * sizeof(opline_layer));
    compiled.spread = spread_;
    compiled.digests = digests_;
    const std::span<const std::int8_t> output = tensor(static_cast<TensorId>(layout_.layers.size()));
    compiled.output.assign(output.begin(), output.end());
    return compiled;
  }

  const Network& network_;
  const Pools& pools_;
  Layout layout_;
  std::vector<std::int8_t> activations_;
  std::vector<OutputSpread> spread_;
  std::vector<double> scales_;  // real value of a step, by tensor; a free gauge except around add, softmax
  std::vector<std::int16_t> zero_points_;  // by tensor
  std::vector<double> widen_;              // factor on the spread aimed at, by layer
  std::vector<std::uint32_t> digests_;
  bool lenient_ = false;  // of the layer at hand: any unsaturated output is taken, in the end any output
  bool started_ = false;
};

}  // namespace

CompiledNetwork compile(const Network& network, const Pools& pools, std::uint32_t input_seed) {
  return Quantiser(network, pools, input_seed).run();
}

std::uint64_t weight_bytes_at_most(const Layout& layout) {
  return layout.footprint.weight_bytes + layout.layers.size() * kNudges * OPLINE_ALIGNMENT;
}

std::vector<std::uint32_t> execute(const std::vector<std::uint8_t>& plan, const Pools& pools) {
  opline_plan_header header{};
  OPLINE_ASSERT(plan.size() >= sizeof header, "a plan of {} bytes", plan.size());
  std::memcpy(&header, plan.data(), sizeof header);
  OPLINE_ASSERT(plan.size() == sizeof header + header.layer_count * sizeof(opline_layer),
                "a plan of {} bytes", plan.size());
  std::vector<opline_layer> layers(header.layer_count);
  std::memcpy(layers.data(), plan.data() + sizeof header, layers.size() * sizeof(opline_layer));
  std::vector<std::int8_t> activations(header.activation_bytes);
  opline_fill_input(header.input_seed, activations.data() + layers[0].input, header.input_bytes);
  const opline_pools host_pools{pools.weights.data(), pools.channels.data()};
  std::vector<std::uint32_t> digests;
  for (const opline_layer& layer : layers) {
    opline_run_layer(&layer, &host_pools, activations.data());
    digests.push_back(opline_crc32(0, activations.data() + layer.output, opline_output_bytes(&layer)));
  }
  return digests;
}

}  // namespace opline::network
