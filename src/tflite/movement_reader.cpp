// Operators that move codes as they are: borders, slices, concatenations, other orders of axes,
// other resolutions.
#include <algorithm>
#include <array>

#include "src/tflite/operator_reader.h"

namespace opline::tflite {
namespace {

using network::Range;
using network::Shape;
using network::TensorQuantisation;

constexpr std::size_t kMaxRank = 8;
constexpr std::uint64_t kMostExtent = 65535;         // of a plan
constexpr std::int64_t kMostPadding = 255;           // of height and width
constexpr std::int64_t kMostChannelPadding = 65534;  // of channels

/// From the last dimension backwards.
constexpr std::array kDimensions = {"channels", "width", "height", "batch"};

}  // namespace

void OperatorReader::read_pad(OperatorId id) {
  const Operands operands = this->operands(id, 1);
  const FileTensor source = file_.inputs(id)[0];
  const TensorId input = computed(id, source);
  const std::size_t rank = file_.extents(source).size();
  const std::vector<std::int64_t> pairs = integers(id, file_.inputs(id)[1], 2 * kMaxRank);
  if (pairs.size() != 2 * rank)
    file_.fail_at(id, "has {} paddings for {} dimensions; get the file again", pairs.size(), rank);
  std::array<std::array<int, 2>, 4> borders{};  // as kDimensions
  for (std::size_t i = 0; i < rank; ++i) {
    const std::int64_t most = i == 0                      ? kMostChannelPadding
                              : i < 3 && !(i + 1 == rank) ? kMostPadding
                                                          : 0;  // the first is the batch
    for (std::size_t side = 0; side < 2; ++side) {
      const std::int64_t border = pairs[2 * (rank - 1 - i) + side];
      if (border < 0 || border > most)
        file_.fail_at(id, "pads the {} of {} by {}; 0 to {} are supported",
                      kDimensions[std::min<std::size_t>(i, 3)], file_.name_of_tensor(source),
                      border, most);
      borders[i][side] = static_cast<int>(border);
    }
  }
  push_like_input(operands, builder_.pad(input, {borders[2][0], borders[2][1], borders[1][0],
                                                 borders[1][1], borders[0][0], borders[0][1]}));
}

void OperatorReader::read_transpose(OperatorId id) {
  const Operands operands = this->operands(id, 1);
  const FileTensor source = file_.inputs(id)[0];
  const TensorId input = computed(id, source);
  const std::span<const std::int32_t> extents = file_.extents(source);
  const std::vector<std::int64_t> order = integers(id, file_.inputs(id)[1], 4);
  std::vector<bool> seen(extents.size(), false);
  std::vector<std::size_t> moved;  // dimensions longer than 1, in the new order
  for (const std::int64_t dimension : order) {
    if (order.size() != extents.size() || dimension < 0 ||
        dimension >= static_cast<std::int64_t>(extents.size()) ||
        seen[static_cast<std::size_t>(dimension)])
      file_.fail_at(id, "its permutation is not one of {} dimensions; get the file again",
                    extents.size());
    seen[static_cast<std::size_t>(dimension)] = true;
    if (extents[static_cast<std::size_t>(dimension)] != 1)
      moved.push_back(static_cast<std::size_t>(dimension));
  }
  if (std::is_sorted(moved.begin(), moved.end())) {  // as a RESHAPE
    require_like_input(operands);
    made_[static_cast<std::size_t>(operands.output)] =
        builder_.reshape(input, file_.map(operands.output));
    return;
  }
  if (order[0] != 0)
    file_.fail_at(id, "moves the batch of {}, which is not supported",
                  file_.name_of_tensor(source));
  // Dimension i of a tensor of `rank` is axis i + 3 - rank of its map; the first is the batch.
  network::Axes axes{0, 1, 2};
  const std::size_t first = 4 - extents.size();
  for (std::size_t i = 1; i < order.size(); ++i)
    axes[first + i - 1] = static_cast<int>(first) + static_cast<int>(order[i]) - 1;
  push_like_input(operands, builder_.transpose(input, axes));
}

void OperatorReader::read_resize_nearest_neighbor(OperatorId id) {
  const auto* options = file_.operation(id).builtin_options_as_ResizeNearestNeighborOptions();
  const Operands operands = this->operands(id, 1);
  const TensorId input = computed(id, file_.inputs(id)[0]);
  (void)integers(id, file_.inputs(id)[1],
                 2);  // the output's height and width, as its shape has them
  const Shape out = file_.map(operands.output);
  count_bytes(sizeof(int) * static_cast<std::uint64_t>(out.h + std::int64_t{out.w}));
  network::Resizing resizing;
  if (options != nullptr) resizing = {options->align_corners(), options->half_pixel_centers()};
  push_like_input(operands, builder_.resize_nearest_neighbor(input, out.h, out.w, resizing));
}

void OperatorReader::push_slice(OperatorId id, FileTensor input, FileTensor output,
                                const std::vector<Range>& ranges) {
  const std::span<const std::int32_t> extents = file_.extents(input);
  const TensorId source = computed(id, input);
  const Operands operands{id, output, source};
  std::array<Range, 4> of_axes{};  // batch, height, width, channels
  bool whole = true;
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    of_axes[4 - ranges.size() + i] = ranges[i];
    whole = whole && ranges[i].count == extents[i];
  }
  if (ranges.size() == 1) of_axes[0] = {};
  if (whole) {
    require_like_input(operands);
    made_[static_cast<std::size_t>(output)] = builder_.reshape(source, file_.map(output));
    return;
  }
  count_bytes(sizeof(int) *
              static_cast<std::uint64_t>(of_axes[1].count + std::int64_t{of_axes[2].count}));
  // The batch of a tensor with fewer than four dimensions is the axis before its map's.
  if (ranges.size() > 1) of_axes[4 - ranges.size()] = {};
  TensorId made = builder_.slice(source, of_axes[1], of_axes[2], of_axes[3]);
  // Without a dimension that one element was taken of.
  const Shape shape = file_.map(output);
  if (shape.elements() == builder_.shape(made).elements()) made = builder_.reshape(made, shape);
  push_like_input(operands, made);
}

void OperatorReader::read_slice(OperatorId id) {
  (void)operands(id, 2);
  const FileTensor input = file_.inputs(id)[0];
  const std::span<const std::int32_t> extents = file_.extents(input);
  const std::vector<std::int64_t> begins = integers(id, file_.inputs(id)[1], 4);
  const std::vector<std::int64_t> sizes = integers(id, file_.inputs(id)[2], 4);
  if (begins.size() != extents.size() || sizes.size() != extents.size())
    file_.fail_at(id, "has {} begins and {} sizes for {} dimensions; get the file again",
                  begins.size(), sizes.size(), extents.size());
  std::vector<Range> ranges;
  for (std::size_t i = 0; i < extents.size(); ++i) {
    const std::int64_t size = sizes[i] == -1 ? extents[i] - begins[i] : sizes[i];
    if (begins[i] < 0 || size < 1 || begins[i] > extents[i] || size > extents[i] - begins[i])
      file_.fail_at(id, "takes {} of {} from {} on along dimension {}; get the file again", size,
                    extents[i], begins[i], i);
    ranges.push_back({static_cast<int>(begins[i]), static_cast<int>(size), 1});
  }
  push_slice(id, input, file_.outputs(id)[0], ranges);
}

void OperatorReader::read_strided_slice(OperatorId id) {
  const auto* options = file_.operation(id).builtin_options_as_StridedSliceOptions();
  if (options == nullptr) file_.fail_at(id, "has no options; get the file again");
  (void)operands(id, 3);
  const FileTensor input = file_.inputs(id)[0];
  const std::span<const std::int32_t> extents = file_.extents(input);
  std::array<std::vector<std::int64_t>, 3> numbers;  // begins, ends, steps
  for (std::size_t i = 0; i < 3; ++i) numbers[i] = integers(id, file_.inputs(id)[i + 1], 4);
  if (options->ellipsis_mask() != 0 || options->new_axis_mask() != 0)
    file_.fail_at(id, "has an ellipsis or a new axis, which is not supported");
  std::vector<Range> ranges;
  for (std::size_t i = 0; i < extents.size(); ++i) {
    const auto masked = [i](std::int32_t mask) { return (mask >> i & 1) != 0; };
    if (i >= numbers[0].size() || i >= numbers[1].size() || i >= numbers[2].size()) {
      ranges.push_back({0, extents[i], 1});
      continue;
    }
    const std::int64_t extent = extents[i], step = numbers[2][i];
    if (step < 1 || step > extent)
      file_.fail_at(id, "has a step of {} along dimension {}; 1 to {} are supported", step, i,
                    extent);
    const auto bounded = [extent](std::int64_t at) {
      return std::clamp<std::int64_t>(at < 0 ? at + extent : at, 0, extent);
    };
    const std::int64_t begin = masked(options->begin_mask()) ? 0 : bounded(numbers[0][i]);
    const std::int64_t last = options->offset() ? bounded(std::min(begin + numbers[1][i], extent))
                                                : bounded(numbers[1][i]);
    const std::int64_t end = masked(options->shrink_axis_mask()) ? begin + 1
                             : masked(options->end_mask())       ? extent
                                                                 : last;
    if (begin >= extent || end <= begin)
      file_.fail_at(id, "takes nothing along dimension {}; get the file again", i);
    ranges.push_back({static_cast<int>(begin), static_cast<int>((end - begin + step - 1) / step),
                      static_cast<int>(step)});
  }
  push_slice(id, input, file_.outputs(id)[0], ranges);
}

void OperatorReader::push_parts(OperatorId id, FileTensor input, std::int64_t axis,
                                const std::vector<std::int64_t>& sizes) {
  const std::span<const std::int32_t> extents = file_.extents(input);
  const auto rank = static_cast<std::int64_t>(extents.size());
  const std::int64_t dimension = axis < 0 ? axis + rank : axis;
  if (dimension < 0 || dimension >= rank || sizes.size() != file_.outputs(id).size())
    file_.fail_at(id, "makes {} outputs of {} parts along axis {}; get the file again",
                  file_.outputs(id).size(), sizes.size(), axis);
  std::int64_t begin = 0;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    std::vector<Range> ranges;
    for (const std::int32_t extent : extents) ranges.push_back({0, extent, 1});
    const std::int64_t extent = extents[static_cast<std::size_t>(dimension)];
    if (sizes[i] < 1 || sizes[i] > extent - begin)
      file_.fail_at(id, "its part {} has {} of {} elements; get the file again", i, sizes[i],
                    extent);
    ranges[static_cast<std::size_t>(dimension)] = {static_cast<int>(begin),
                                                   static_cast<int>(sizes[i]), 1};
    push_slice(id, input, file_.outputs(id)[i], ranges);
    begin += sizes[i];
  }
}

void OperatorReader::read_split(OperatorId id) {
  const std::span<const FileTensor> inputs = file_.inputs(id);
  const std::size_t parts = file_.outputs(id).size();
  if (inputs.size() != 2 || parts == 0) file_.fail_at(id, "needs an axis, an input and outputs");
  const std::int64_t axis = integers(id, inputs[0], 1)[0];
  (void)computed(id, inputs[1]);
  const std::span<const std::int32_t> extents = file_.extents(inputs[1]);
  const auto rank = static_cast<std::int64_t>(extents.size());
  const std::int64_t dimension = axis < 0 ? axis + rank : axis;
  const std::int64_t extent =
      dimension >= 0 && dimension < rank ? extents[static_cast<std::size_t>(dimension)] : 0;
  push_parts(id, inputs[1], axis,
             std::vector<std::int64_t>(parts, extent / static_cast<std::int64_t>(parts)));
}

void OperatorReader::read_split_v(OperatorId id) {
  const std::span<const FileTensor> inputs = file_.inputs(id);
  if (inputs.size() != 3) file_.fail_at(id, "needs an input, sizes and an axis");
  (void)computed(id, inputs[0]);
  const std::size_t parts = std::clamp<std::size_t>(file_.outputs(id).size(), 1, OPLINE_MAX_LAYERS);
  std::vector<std::int64_t> sizes = integers(id, inputs[1], parts);
  const std::int64_t axis = integers(id, inputs[2], 1)[0];
  const auto rest = std::find(sizes.begin(), sizes.end(), -1);
  if (rest != sizes.end()) {  // what the others leave
    const std::span<const std::int32_t> extents = file_.extents(inputs[0]);
    const auto rank = static_cast<std::int64_t>(extents.size());
    const std::int64_t dimension = axis < 0 ? axis + rank : axis;
    const std::int64_t extent =
        dimension >= 0 && dimension < rank ? extents[static_cast<std::size_t>(dimension)] : 0;
    *rest = 0;
    std::int64_t others = 0;
    for (const std::int64_t size : sizes) others += std::clamp<std::int64_t>(size, 0, extent);
    *rest = extent - others;
  }
  push_parts(id, inputs[0], axis, sizes);
}

void OperatorReader::read_unpack(OperatorId id) {
  const auto* options = file_.operation(id).builtin_options_as_UnpackOptions();
  const std::span<const FileTensor> inputs = file_.inputs(id);
  if (options == nullptr || inputs.size() != 1 || file_.outputs(id).empty())
    file_.fail_at(id, "needs options, an input and outputs; get the file again");
  (void)computed(id, inputs[0]);
  push_parts(id, inputs[0], options->axis(),
             std::vector<std::int64_t>(file_.outputs(id).size(), 1));
}

/// Tensors are joined as rows: the extents in front of an axis are positions, the others channels,
/// which are then behind one another.
Shape OperatorReader::as_rows(OperatorId id, FileTensor tensor, std::size_t axis) const {
  const std::span<const std::int32_t> extents = file_.extents(tensor);
  const std::uint64_t positions = product(extents.first(axis));
  const std::uint64_t channels = product(extents.subspan(axis));
  if (positions > kMostExtent || channels > kMostExtent)
    file_.fail_at(id,
                  "{}: has {} rows of {} numbers along axis {}; at most {} of each are supported",
                  file_.name_of_tensor(tensor), positions, channels, axis, kMostExtent);
  return {1, static_cast<int>(positions), static_cast<int>(channels)};
}

/// The dimension of the output that `axis` is. Along others, inputs with the output's rank (or one
/// less: without that dimension) must have the output's extents.
std::size_t OperatorReader::joined_axis(OperatorId id, std::int32_t axis, bool is_new) const {
  const std::span<const std::int32_t> joined = file_.extents(file_.outputs(id)[0]);
  const auto rank = static_cast<std::int32_t>(joined.size());
  const std::int32_t dimension = axis < 0 ? axis + rank : axis;
  if (dimension < 0 || dimension >= rank)
    file_.fail_at(id, "is along axis {}, and its output has {} dimensions; get the file again",
                  axis, rank);
  std::vector<std::int32_t> expected(joined.begin(), joined.end());
  if (is_new) expected.erase(expected.begin() + dimension);
  for (const FileTensor input : file_.inputs(id)) {
    const std::span<const std::int32_t> extents = file_.extents(input);
    if (!is_new && extents.size() == joined.size())
      expected[static_cast<std::size_t>(dimension)] = extents[static_cast<std::size_t>(dimension)];
    if (!std::ranges::equal(extents, expected))
      file_.fail_at(id,
                    "{}: its shape differs from the output's along other axes than {}; get the "
                    "file again",
                    file_.name_of_tensor(input), axis);
  }
  return static_cast<std::size_t>(dimension);
}

/// A chain of concatenations of two; each input is seen as `view` of it.
void OperatorReader::push_joined(const Operands& operands,
                                 const std::function<Shape(FileTensor)>& view) {
  const std::span<const FileTensor> inputs = file_.inputs(operands.id);
  const auto seen = [&](FileTensor tensor) {
    const TensorId made = computed(operands.id, tensor);
    require_like_input({operands.id, operands.output, made});
    return builder_.reshape(made, view(tensor));
  };
  TensorId all = seen(inputs[0]);
  for (std::size_t i = 1; i < inputs.size(); ++i) {
    if (i > 1) {  // the intermediate result has no name in the file
      tensors_.push_back(TensorQuantisation(quantisation(operands.input)));
      constants_.emplace_back();
    }
    all = builder_.concatenation(all, seen(inputs[i]));
  }
  const Shape made = file_.map(operands.output);
  if (made.elements() != builder_.shape(all).elements())
    file_.fail_at(
        operands.id, "{}: is {} in the file, but its inputs have {} elements; get the file again",
        file_.name_of_tensor(operands.output), text_of(made), builder_.shape(all).elements());
  all = builder_.reshape(all, made);
  if (inputs.size() > 1) return push_like_input(operands, all);
  made_[static_cast<std::size_t>(operands.output)] = all;
}

void OperatorReader::read_concatenation(OperatorId id) {
  const auto* options = file_.operation(id).builtin_options_as_ConcatenationOptions();
  if (options == nullptr) file_.fail_at(id, "has no options; get the file again");
  const std::size_t inputs = std::max<std::size_t>(file_.inputs(id).size(), 2);
  const Operands operands = this->operands(id, inputs - 1);
  require_idle(id, options->fused_activation_function(), operands.output);
  for (const FileTensor input : file_.inputs(id)) (void)computed(id, input);
  const std::size_t axis = joined_axis(id, options->axis(), false);
  const bool channels = axis + 1 == file_.extents(operands.output).size();
  push_joined(operands, [&](FileTensor tensor) {
    return channels ? file_.map(tensor) : as_rows(id, tensor, axis);
  });
}

void OperatorReader::read_pack(OperatorId id) {
  const auto* options = file_.operation(id).builtin_options_as_PackOptions();
  if (options == nullptr) file_.fail_at(id, "has no options; get the file again");
  const std::size_t inputs = std::max<std::size_t>(file_.inputs(id).size(), 1);
  const Operands operands = this->operands(id, inputs - 1);
  for (const FileTensor input : file_.inputs(id)) (void)computed(id, input);
  const std::size_t axis = joined_axis(id, options->axis(), true);
  push_joined(operands, [&](FileTensor tensor) { return as_rows(id, tensor, axis); });
}

}  // namespace opline::tflite
