#include "src/cli/host_run.h"

#include <algorithm>
#include <cmath>
#include <ostream>

#include "src/base/error.h"
#include "src/base/files.h"
#include "src/base/npy.h"
#include "src/base/output.h"
#include "src/base/printable.h"
#include "src/network/host_execution.h"

namespace opline::cli {
namespace {

using Codes = std::vector<std::int8_t>;

/// Codes of float values: TFLite's affine quantisation.
Codes codes_of(const std::vector<float>& values, const network::TensorQuantisation& to) {
  Codes codes;
  for (const float value : values) {
    const double code = std::round(static_cast<double>(value / to.scale)) + to.zero_point;
    codes.push_back(static_cast<std::int8_t>(std::clamp(code, -128.0, 127.0)));
  }
  return codes;
}

std::string name_of(const network::Network& network, std::size_t input) {
  if (input >= network.input_count()) return fmt::format("state {}", input - network.input_count());
  return network.input_count() == 1 ? "the network's input" : fmt::format("input {}", input);
}

/// What the file has for input or state `id`.
Codes read_input(const std::string& path, const network::QuantisedNetwork& network,
                 std::size_t id) {
  const std::string content = read_file(path);
  Codes codes;
  if (is_npy(content)) {
    const NpyArray array = read_npy(content, path);
    const auto* floats = std::get_if<std::vector<float>>(&array.values);
    codes = floats != nullptr ? codes_of(*floats, network.tensors[id])
                              : std::get<std::vector<std::int8_t>>(array.values);
  } else {
    codes.assign(content.begin(), content.end());
  }
  const network::Shape& shape = network.network.inputs()[id];
  if (codes.size() != shape.elements())
    throw Error(ErrorCode::input, "{}: has {} values; {} of {}x{}x{} has {}", printable(path),
                codes.size(), name_of(network.network, id), shape.h, shape.w, shape.c,
                shape.elements());
  return codes;
}

void write_result(const std::string& path, const Codes& output, const network::Shape& shape,
                  std::ostream& out) {
  const auto extent = [](int size) { return static_cast<std::uint64_t>(size); };
  if (path.ends_with(".npy")) {
    write_output(path, write_npy(output, {1, extent(shape.h), extent(shape.w), extent(shape.c)}),
                 out);
    return;
  }
  write_output(path, {reinterpret_cast<const char*>(output.data()), output.size()}, out);
}

/// From `least` to `most` files are expected.
void require_files(const Options& options, const char* option, std::size_t files, std::size_t least,
                   std::size_t states) {
  if (files >= least && files <= least + states) return;
  const std::string and_states = states == 0 ? "" : fmt::format(", and up to {} of states", states);
  options.fail(fmt::format("--{} names {} files; the network has {} {}s{}", option, files, least,
                           option, and_states));
}

std::vector<Codes> read_inputs(const network::QuantisedNetwork& network, const Options& options) {
  const std::vector<std::string> files = input_files(options);
  const network::Network& shapes = network.network;
  require_files(options, "input", files.size(), shapes.input_count(), shapes.states().size());
  std::vector<Codes> inputs;
  for (std::size_t i = 0; i < files.size(); ++i) inputs.push_back(read_input(files[i], network, i));
  for (std::size_t i = files.size(); i < shapes.inputs().size(); ++i)
    inputs.push_back(network.initial_states[i - shapes.input_count()]);
  return inputs;
}

void write_outputs(const network::Network& network, const network::HostRun& run,
                   const Options& options, std::ostream& out) {
  const std::vector<std::string> files = output_files(options);
  const std::size_t outputs = run.outputs.size();
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (i < outputs) {
      write_result(files[i], run.outputs[i], network.shape(network.outputs()[i]), out);
    } else {
      const network::State& state = network.states()[i - outputs];
      write_result(files[i], run.states[i - outputs], network.shape(state.tensor), out);
    }
  }
}

}  // namespace

void add_host_run_options(Options& options) {
  options.value("input", "FILE,...",
                "run the network on the host with this input: a .npy file of int8 or float32, or "
                "int8 bytes; one file for each of several inputs, then for states of a streaming "
                "model, which otherwise start as the file says");
  options.value("output", "FILE,...",
                "with --input: write the network's output, as .npy of int8 where the name ends in "
                ".npy, else as bytes; - is standard output; one file for each of several outputs, "
                "then for new values of states");
}

std::vector<std::string> input_files(const Options& options) {
  return options.has("input") ? options.list("input") : std::vector<std::string>{};
}

std::vector<std::string> output_files(const Options& options) {
  return options.has("output") ? options.list("output") : std::vector<std::string>{};
}

bool writes_to_standard_output(const Options& options) {
  return std::ranges::count(output_files(options), "-") != 0;
}

std::vector<std::uint32_t> run_on_host(const network::QuantisedNetwork& numbers,
                                       const Options& options, std::ostream& out) {
  network::CompiledNetwork compiled = network::compile(numbers);
  if (!options.has("input")) return std::move(compiled.digests);
  const std::vector<Codes> inputs = read_inputs(numbers, options);
  if (options.has("output"))
    require_files(options, "output", output_files(options).size(), numbers.network.outputs().size(),
                  numbers.network.states().size());
  network::HostRun run = network::run_on_host(numbers, compiled, inputs);
  write_outputs(numbers.network, run, options, out);
  return std::move(run.digests);
}

}  // namespace opline::cli
