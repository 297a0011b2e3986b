#include "src/network/network_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <optional>
#include <string>
#include <vector>

#include "src/base/error.h"
#include "src/base/printable.h"

namespace opline::network {
namespace {

constexpr int kMost = 65535;  // the largest extent

using Words = std::vector<std::string_view>;

Words words_of(std::string_view line) {
  constexpr std::string_view kBlanks = " \t\r";
  Words words;
  for (std::size_t at = line.find_first_not_of(kBlanks); at != line.npos;
       at = line.find_first_not_of(kBlanks, at)) {
    const std::size_t end = std::min(line.find_first_of(kBlanks, at), line.size());
    words.push_back(line.substr(at, end - at));
    at = end;
  }
  return words;
}

/// The words of one line, taken from the left.
class Line {
 public:
  explicit Line(Words words) : words_(std::move(words)) {}

  [[nodiscard]] bool done() const { return next_ == words_.size(); }
  [[nodiscard]] std::string text() const { return fmt::format("{}", fmt::join(words_, " ")); }
  std::string_view take(const char* what) {
    if (done()) throw Error(ErrorCode::input, "ends where {} should follow", what);
    return words_[next_++];
  }
  bool take_if(std::string_view word) {
    if (done() || words_[next_] != word) return false;
    ++next_;
    return true;
  }
  /// Numbers with an `x` between them, behind `prefix`; nothing where the next word is another.
  std::optional<std::vector<int>> numbers_if(std::string_view prefix, std::size_t count) {
    if (done()) return std::nullopt;
    const std::string_view word = words_[next_];
    if (!word.starts_with(prefix)) return std::nullopt;
    const char* at = word.data() + prefix.size();
    const char* const end = word.data() + word.size();
    std::vector<int> numbers(count);
    for (std::size_t i = 0; i < count; ++i) {
      const bool separated = i == 0 || (at != end && *at == 'x');
      if (!separated) return std::nullopt;
      const auto [behind, error] = std::from_chars(i == 0 ? at : at + 1, end, numbers[i]);
      if (error != std::errc{} || numbers[i] < 0 || numbers[i] > kMost) return std::nullopt;
      at = behind;
    }
    if (at != end) return std::nullopt;
    ++next_;
    return numbers;
  }
  std::vector<int> numbers(std::string_view prefix, std::size_t count, const char* what) {
    if (const auto found = numbers_if(prefix, count)) return *found;
    const std::string_view word = take(what);
    throw Error(ErrorCode::input, "has `{}` where {} should stand", printable(word), what);
  }
  /// `key NUMBER`, or `otherwise` without the key.
  int keyed(std::string_view key, const char* what, std::optional<int> otherwise = {}) {
    if (take_if(key)) return numbers("", 1, what)[0];
    if (otherwise) return *otherwise;
    throw Error(ErrorCode::input, "needs `{} N`, {}", key, what);
  }

 private:
  Words words_;
  std::size_t next_ = 0;
};

Shape shape_from(const std::vector<int>& extents) { return {extents[0], extents[1], extents[2]}; }

/// A line as it is read, before the layer is made.
struct Described {
  LayerType type = LayerType::conv2d;
  std::vector<TensorId> inputs;
  Window window;
  int groups = 1;
  int top = 0, left = 0, front = 0;  ///< Of pad.
  Shape output;
  Activation activation = Activation::none;
};

Window read_window(Line& line, Described& layer) {
  Window window;
  const auto kernel = line.numbers("", 2, "a kernel, such as 3x3,");
  const auto stride = line.numbers("s", 2, "a stride, such as s1x1,");
  window.kernel_h = kernel[0];
  window.kernel_w = kernel[1];
  window.stride_h = stride[0];
  window.stride_w = stride[1];
  if (line.take_if("valid")) {
    window.padding = Padding::valid;
  } else if (!line.take_if("same")) {
    throw Error(ErrorCode::input, "needs `same` or `valid` behind the stride");
  }
  if (const auto dilation = line.numbers_if("d", 2)) {
    window.dilation_h = (*dilation)[0];
    window.dilation_w = (*dilation)[1];
  }
  if (const auto groups = line.numbers_if("g", 1)) layer.groups = (*groups)[0];
  return window;
}

Described read_layer(Line& line, int tensors) {
  Described layer;
  layer.type = layer_type_from_string(line.take("a type of layer"));
  while (const auto tensor = line.numbers_if("t", 1)) {
    if ((*tensor)[0] < 0 || (*tensor)[0] >= tensors)
      throw Error(ErrorCode::input, "reads t{}; t0, the input, to t{} are there", (*tensor)[0],
                  tensors - 1);
    layer.inputs.push_back((*tensor)[0]);
  }
  if (slides(layer.type)) layer.window = read_window(line, layer);
  if (layer.type == LayerType::pad) {
    layer.top = line.keyed("top", "the rows before the first");
    layer.left = line.keyed("left", "the columns before the first");
    layer.front = line.keyed("front", "the channels before the first", 0);
  }
  if (!line.take_if("->"))
    throw Error(ErrorCode::input, "needs `-> HEIGHTxWIDTHxCHANNELS`, the shape of its output{}",
                line.done() ? "" : fmt::format(", instead of `{}`", printable(line.take(""))));
  layer.output = shape_from(line.numbers("", 3, "the shape of the output, such as 16x16x8,"));
  if (line.take_if("relu")) layer.activation = Activation::relu;
  if (line.take_if("relu6")) layer.activation = Activation::relu6;
  if (line.take_if("relu_n1_to_1")) layer.activation = Activation::relu_n1_to_1;
  if (!line.done())
    throw Error(ErrorCode::input, "has `{}` behind its end", printable(line.take("")));
  return layer;
}

Pads pads_of(const Described& layer, const Shape& in) {
  const Shape& out = layer.output;
  return {layer.top,   out.h - in.h - layer.top,  layer.left, out.w - in.w - layer.left,
          layer.front, out.c - in.c - layer.front};
}

TensorId append(NetworkBuilder& builder, const Described& layer) {
  const std::size_t inputs =
      layer.type == LayerType::add || layer.type == LayerType::concatenation ? 2 : 1;
  if (layer.inputs.size() != inputs)
    throw Error(ErrorCode::input, "reads {} tensors; a layer of type {} reads {}",
                layer.inputs.size(), to_string(layer.type), inputs);
  const TensorId from = layer.inputs[0];
  const Shape& in = builder.shape(from);
  const Shape& out = layer.output;
  switch (layer.type) {
    case LayerType::conv2d:
      return builder.conv2d(from, out.c, layer.window, layer.activation, layer.groups);
    case LayerType::depthwise_conv2d:
      return builder.depthwise_conv2d(from, layer.window, layer.activation,
                                      std::max(1, out.c / in.c));
    case LayerType::fully_connected:
      return out.h == 1 && out.w == 1
                 ? builder.fully_connected(from, out.c, layer.activation)
                 : builder.fully_connected_per_position(from, out.c, layer.activation);
    case LayerType::average_pool_2d:
      return builder.average_pool_2d(from, layer.window, layer.activation);
    case LayerType::max_pool_2d:
      return builder.max_pool_2d(from, layer.window, layer.activation);
    case LayerType::add:
      return builder.add(from, layer.inputs[1], layer.activation);
    case LayerType::concatenation:
      return builder.concatenation(from, layer.inputs[1]);
    case LayerType::pad:
      return builder.pad(from, pads_of(layer, in));
    case LayerType::mean:
      return builder.mean(from);
    case LayerType::softmax:
      return builder.softmax(from);
    default:
      if (is_lookup(layer.type)) return builder.lookup(layer.type, from);
  }
  throw Error(ErrorCode::input, "a layer of type {} is read from .tflite files only",
              to_string(layer.type));
}

/// `work` with the number of the line in front of its errors.
template <class Work>
auto at_line(std::size_t number, const Work& work) {
  try {
    return work();
  } catch (const Error& error) {
    throw Error(ErrorCode::input, "line {}: {}", number, error.what());
  }
}

struct Numbered {
  std::size_t number;
  std::string text;
};

std::string_view next_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

/// The first line that the network's own text has otherwise.
void require_same(const std::vector<Numbered>& written, const std::string& canonical) {
  std::string_view rest = canonical;
  for (const Numbered& line : written) {
    const std::string_view own = next_line(rest);
    if (line.text != own)
      throw Error(ErrorCode::input, "line {}: `{}` is the layer `{}`", line.number,
                  printable(line.text), own);
  }
}

}  // namespace

Network network_from_text(std::string_view text) {
  std::optional<NetworkBuilder> builder;
  std::vector<Numbered> lines;
  for (std::size_t number = 1; !text.empty(); ++number) {
    Line line(words_of(next_line(text)));
    if (line.done()) continue;
    at_line(number, [&] {
      if (builder) {
        (void)append(*builder, read_layer(line, static_cast<int>(lines.size())));
        return;
      }
      if (!line.take_if("input"))
        throw Error(ErrorCode::input, "a network begins with `input HEIGHTxWIDTHxCHANNELS`");
      builder.emplace(shape_from(line.numbers("", 3, "the input's shape, such as 32x32x3,")));
    });
    lines.push_back({number, line.text()});
  }
  if (!builder) throw Error(ErrorCode::input, "line 1: is empty; a network begins with `input`");
  Network network = std::move(*builder).build();
  require_same(lines, network.canonical_text());
  return network;
}

}  // namespace opline::network
