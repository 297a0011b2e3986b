// src/report/html/network_dictionary.h - the networks of a page, each once, compactly.
//
// Networks of one space share their layers and the words of their architectures, so both are kept
// as dictionaries and the networks as columns of numbers into them: 20,000 networks of 20 layers
// take about 3 MB.
#pragma once
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "src/base/json.h"
#include "src/evaluation/series.h"

namespace opline::report::html {

class NetworkDictionary {
 public:
  /// The number of the row's network, which is new or was added before under the same id; without
  /// an id, as in a table, it is new. `layers` may have none: its structure is then not known.
  std::uint64_t add(const evaluation::Row& row, const store::NetworkLayers& layers);

  /// Keys:
  ///   words         of all names; a name is its words joined by blanks
  ///   word_counts   column: words of each network's name
  ///   name_words    column: the names, one after the other, as positions in `words`
  ///   ops           column
  ///   signatures    of all layers: [type, input, output, kernel, stride, padding, activation,
  ///                 macs, parameters, live bytes]; shapes and windows are "49x10x1", null where
  ///                 the layer has none or it is not known
  ///   layer_counts  column: layers of each network, 0 where unknown
  ///   layers        column: the layers, one network after the other, as positions in `signatures`
  /// Names are printable(), at most 400 bytes each.
  [[nodiscard]] Json json() const;

 private:
  std::unordered_map<std::string, std::uint64_t> numbers_;  // of networks, by id
  std::unordered_map<std::string, std::uint64_t> word_numbers_, signature_numbers_;
  Json words_ = Json::array();
  Json signatures_ = Json::array();
  std::vector<std::uint64_t> word_counts_, name_words_, ops_, layer_counts_, layers_;
};

}  // namespace opline::report::html
