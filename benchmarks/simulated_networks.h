// benchmarks/simulated_networks.h - the part of simulator_benchmark that executes a network.
#pragma once

namespace opline::simulator {

/// KWS-S by opline's images on both cores: translated, interpreted, and by QEMU (bare: without
/// time, and without the caches that the simulator has), where it is installed.
void add_networks();

}  // namespace opline::simulator
