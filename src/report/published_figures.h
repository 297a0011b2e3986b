// src/report/published_figures.h - latency and energy that others published about a network, beside
// those of the simulated boards.
//
//   published on nucleo-f446re: 250 ms, 2.09 x the simulated 119 ms; 40.68 mJ; TensorFlow Lite
//   Micro with CMSIS-NN, 2020; MicroNets (MLSys 2021), tables 4 and 5
#pragma once
#include <iosfwd>
#include <vector>

#include "sampler/space/known_network.h"
#include "src/base/json.h"
#include "src/report/board_runs.h"

namespace opline::report {

/// One line for each published run; of `runs` those that were measured are set against it.
void print(const sampler::PublishedFigures& published, const std::vector<BoardRun>& runs,
           std::ostream& out);

/// Keys: source, url and note (null without), ops, parameters, flash_bytes, sram_bytes (null where
/// unknown), runs (board, seconds, joules, runtime, source).
[[nodiscard]] Json to_json(const sampler::PublishedFigures& published);

}  // namespace opline::report
