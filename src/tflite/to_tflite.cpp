#include "src/tflite/to_tflite.h"

#include "src/base/error.h"
#include "src/tflite/file_writer.h"

namespace opline::tflite {

TfliteFile write_tflite(const network::QuantisedNetwork& network, const TfliteOptions& options) {
  OPLINE_ASSERT(network.tensors.size() == network.network.tensor_count() &&
                    network.initial_states.size() == network.network.states().size() &&
                    network.constants.size() == network.network.layers().size(),
                "{} tensors and {} constants for {} layers", network.tensors.size(),
                network.constants.size(), network.network.layers().size());
  return FileWriter(network, options).write();
}

std::vector<std::uint8_t> to_tflite(const network::QuantisedNetwork& network,
                                    const TfliteOptions& options) {
  return write_tflite(network, options).bytes;
}

}  // namespace opline::tflite
