// tests/costmodel/example_model.h - a cost model with every kind of model and every key set, of
// figures that are exact in decimal.
#pragma once
#include "src/costmodel/cost_model.h"
#include "src/network/layer_descriptor.h"

namespace opline::costmodel {

inline LinearForm line_form(std::vector<Term> terms) {
  LinearForm form;
  form.terms = std::move(terms);
  const std::size_t size = form.terms.size();
  form.covariance.assign(size * size, 0);
  for (std::size_t i = 0; i < size; ++i) form.covariance[i * size + i] = 0.25;
  return form;
}

inline Model judged(Model model) {
  model.ops = {2451024, 61203456};
  model.held_out = analysis::RelativeErrors{4060, 2.5, 2.25, 5.5, 6.5, 12.5, -0.25};
  model.interval = analysis::PredictionInterval{0.95, {0.0025, 0.025}, {0.00375, 0.03125}};
  analysis::LatencyMargin margin;
  margin.exceeded = 0.01;
  margin.absolute = 0.0078125;
  margin.relative = 0.025;
  margin.reference = 0.25;
  margin.margin = {0.05625, analysis::Interval{0.04, 0.09}};
  model.margin = margin;
  analysis::PredictionVerdict verdict{
      analysis::Ruling::valid_with_margin, {}, {"R^2 is 0.9375 [0.925, 0.945]"}};
  verdict.criteria.push_back({"R^2", 0.9375, analysis::Interval{0.925, 0.945}, 0.95,
                              analysis::Direction::at_least, "", analysis::Standing::missed, ""});
  model.verdict = verdict;
  return model;
}

inline Model example_line() {
  Model model;
  model.line = line_form(
      {{"intercept", "s", {}, 0.0011, 0.0005, analysis::Interval{0.0001, 0.0021}},
       {"ops", "s/op", {}, 13.25e-9, 0.0625e-9, analysis::Interval{13.125e-9, 13.375e-9}}});
  model.fit = FitFigures{812, 0.9825, 0.015, 4.5};
  return judged(model);
}

inline Model example_by_type() {
  Model model;
  model.kind = ModelKind::ops_by_type;
  model.line = line_form({{"intercept", "s", {}, 0.002, {}, {}},
                          {"conv2d", "s/op", {"conv2d"}, 8e-9, {}, {}},
                          {"depthwise_conv2d", "s/op", {"depthwise_conv2d"}, 24e-9, {}, {}}});
  model.fit = FitFigures{812, 0.99, 0.0125, 3.5};
  model.ops_by_type = {{"conv2d", {2000000, 50000000}}, {"depthwise_conv2d", {0, 4000000}}};
  return judged(model);
}

inline KernelForm example_form(const std::string& kernel, const std::string& unit) {
  KernelForm form;
  form.kernel = kernel;
  form.layers = 1234;
  form.signatures = 300;
  form.form = line_form({{"intercept", unit, {}, 0.0001, {}, {}},
                         {"macs", unit + "/mac", {}, 16e-9, {}, {}},
                         {"output_elements", unit + "/element", {}, 32e-9, {}, {}},
                         {"bytes", unit + "/byte", {}, 4e-9, {}, {}}});
  form.macs = {0, 1e7};
  form.output_elements = {1, 100000};
  form.bytes = {100, 200000};
  return form;
}

inline Model example_per_layer(Response of = Response::latency) {
  Model model;
  model.of = of;
  model.kind = ModelKind::per_layer;
  model.by_construction = true;
  model.kernels_known = true;
  for (const char* kernel : {"add", "average_pool", "conv_1x1", "conv_im2col", "depthwise_3x3",
                             "depthwise_general", "fully_connected", "max_pool", "softmax"})
    model.forms.push_back(example_form(kernel, model.unit()));
  model.layers_share = 0.9975;
  return judged(model);
}

/// Forms of all kernels and of all bits of their codes, each with other prices.
inline Model every_kernel(Response of = Response::latency) {
  Model model = example_per_layer(of);
  model.forms.clear();
  for (int kernel = 1; kernel <= OPLINE_KERNEL_ADD_S4; ++kernel) {
    const bool is_gap = kernel > OPLINE_KERNEL_GATHER && kernel < OPLINE_KERNEL_CONV_GENERAL;
    if (is_gap || (kernel > OPLINE_KERNEL_DEPTHWISE_ANY && kernel < OPLINE_KERNEL_CONV_IM2COL_S4))
      continue;
    const std::string name(network::to_string(static_cast<opline_kernel>(kernel)));
    std::vector<std::string> forms{name};
    if (name.ends_with("_s4"))
      for (const char* bits : {"_4_8", "_8_4", "_8_8"}) forms.push_back(name + bits);
    for (std::size_t i = 0; i < forms.size(); ++i) {
      KernelForm form = example_form(forms[i], model.unit());
      const double factor = 1 + 0.125 * kernel + 0.03125 * static_cast<double>(i);
      for (Term& term : form.form.terms) term.estimate *= factor;
      model.forms.push_back(form);
    }
  }
  return model;
}

inline Model example_lookup() {
  Model model = example_per_layer();
  model.kind = ModelKind::lookup;
  model.forms.resize(1);
  model.table = {{"conv2d 25x5x64 -> 25x5x84 1x1 s1x1 same relu", 3, 0.00125, 0.0012, 0.0013}};
  return model;
}

inline CostModel example() {
  CostModel file;
  file.models = {example_line(), example_by_type(), example_per_layer(), example_lookup()};
  file.counts = {1000, 985, 830, 812};
  file.space_name = "kws";
  file.prior = "uniform-decisions";
  file.seed = 1;
  file.setup = {{"runner", "simulated"},
                {"board", "nucleo-f446re"},
                {"clock_hz", 180000000},
                {"runtime", "opline 0.1.0"},
                {"firmware_digest", "00112233445566778899aabbccddeeff"},
                {"compiler", "arm-none-eabi-gcc 12.2.1"},
                {"flags", "-O2"},
                {"placement", "code and weights in flash, arena and stack in SRAM"},
                {"timing_model", "cortex-m4 1"}};
  file.provenance = {"0.1.0", "kws.db", "2026-01-31T12:00:00Z",
                     "opline study --space kws --boards nucleo-f446re",
                     "ffeeddccbbaa99887766554433221100"};
  file.space = SpaceText{"kws", "0123456789abcdef0123456789abcdef", "format = \"opline-space\"\n",
                         Json{{"format", "opline-space-structure"}}};
  return file;
}

}  // namespace opline::costmodel
