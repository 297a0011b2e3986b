#include "src/report/html/network_dictionary.h"

#include <fmt/format.h>

#include "src/base/printable.h"
#include "src/report/html/typed_column.h"

namespace opline::report::html {
namespace {

constexpr std::size_t kLongestName = 400;

std::string text_of(const network::Shape& shape) {
  return fmt::format("{}x{}x{}", shape.h, shape.w, shape.c);
}

Json unless_zero(std::uint64_t value) { return value == 0 ? Json(nullptr) : Json(value); }

Json signature_of(const store::LayerRecord& record) {
  const network::Layer& layer = record.layer;
  Json kernel;
  Json stride;
  Json padding;
  if (network::slides(layer.type)) {
    kernel = fmt::format("{}x{}", layer.window.kernel_h, layer.window.kernel_w);
    stride = fmt::format("{}x{}", layer.window.stride_h, layer.window.stride_w);
    padding = network::to_string(layer.window.padding);
  }
  return Json::array({network::to_string(layer.type), text_of(layer.input), text_of(layer.output),
                      kernel, stride, padding, network::to_string(layer.activation),
                      unless_zero(record.macs), unless_zero(record.parameters),
                      json_or_null(record.live_bytes)});
}

/// The position of `value` in `values`, where `numbers` has it by `key`.
std::uint64_t position_of(const std::string& key, Json value, Json& values,
                          std::unordered_map<std::string, std::uint64_t>& numbers) {
  const auto [found, is_new] = numbers.emplace(key, values.size());
  if (is_new) values.push_back(std::move(value));
  return found->second;
}

}  // namespace

std::uint64_t NetworkDictionary::add(const evaluation::Row& row,
                                     const store::NetworkLayers& layers) {
  const std::uint64_t number = ops_.size();
  if (!row.network.empty()) {  // rows of a table have no id
    const auto [found, is_new] = numbers_.emplace(row.network, number);
    if (!is_new) return found->second;
  }
  const std::string name = printable(name_of(row), kLongestName);
  std::uint64_t words = 0;
  for (std::size_t start = 0; start <= name.size(); ++words) {
    const std::size_t end = std::min(name.find(' ', start), name.size());
    const std::string word = name.substr(start, end - start);
    name_words_.push_back(position_of(word, word, words_, word_numbers_));
    start = end + 1;
  }
  word_counts_.push_back(words);
  ops_.push_back(row.ops);
  layer_counts_.push_back(layers.layers.size());
  for (const store::MeasuredLayer& layer : layers.layers) {
    Json signature = signature_of(layer.record);
    const std::string key = signature.dump();
    layers_.push_back(position_of(key, std::move(signature), signatures_, signature_numbers_));
  }
  return number;
}

Json NetworkDictionary::json() const {
  return {{"words", words_},
          {"word_counts", typed_column(word_counts_)},
          {"name_words", typed_column(name_words_)},
          {"ops", typed_column(ops_)},
          {"signatures", signatures_},
          {"layer_counts", typed_column(layer_counts_)},
          {"layers", typed_column(layers_)}};
}

}  // namespace opline::report::html
