// tests/report/profile/planted_profile.h - a small profile, made by hand, that adds up.
#pragma once
#include "src/report/profile/profile_view.h"

namespace opline::report {

/// main (100 cycles, 80 instructions) calls a kernel twice (layers 0 and 1: 300 and 600 cycles),
/// and the kernel calls a<b> once in layer 1 (200 cycles).
inline ProfileView planted_profile() {
  using simulator::Cost;
  using simulator::CycleCause;
  const auto cost = [](std::uint64_t instructions, std::uint64_t issue, CycleCause cause,
                       std::uint64_t stalls) {
    Cost one;
    one.instructions = instructions;
    one.by_cause[0] = issue;
    one.by_cause[static_cast<std::size_t>(cause)] += stalls;
    return one;
  };
  const Cost main = cost(80, 80, CycleCause::branch, 20);
  const Cost first = cost(200, 200, CycleCause::fetch, 100);
  const Cost second = cost(300, 300, CycleCause::fetch, 300);
  const Cost inner = cost(150, 150, CycleCause::load_use, 50);
  Cost kernel = first, total = main;
  kernel += second;
  total += kernel;
  total += inner;
  Cost second_layer = second, kernel_calls = kernel;
  second_layer += inner;
  kernel_calls += inner;

  ProfileView view;
  simulator::Profile& profile = view.profile;
  profile.begin = 1000, profile.end = 2200;
  profile.total = total;
  profile.skipped = 3;
  profile.functions = {{"main", 0x08000100, 0, main, total},
                       {"kernel", 0x08000200, 2, kernel, kernel_calls},
                       {"a<b>", 0x08000300, 1, inner, inner}};
  profile.files = {"src/main.c", "src/kernel.h"};
  const simulator::SourcePosition in_main{0, 10}, in_kernel{1, 20}, in_inner{1, 30};
  profile.lines = {{in_kernel, in_main, 1, kernel},
                   {in_inner, std::nullopt, 2, inner},
                   {std::nullopt, std::nullopt, 0, main}};
  profile.instructions = {
      {0x08000100, 0xF000F87E, true, "bl #0x8000200", 0, std::nullopt, std::nullopt, 0, 0, main},
      {0x08000200, 0x6808, false, "ldr r0, [r1]", 1, in_kernel, in_main, 3, 0, kernel},
      {0x08000300, 0xBF00, false, "nop", 2, in_inner, std::nullopt, 0, 0, inner}};
  profile.calls = {{0x08000100, 0, 1, 2, kernel_calls}, {0x08000200, 1, 2, 1, inner}};
  profile.paths = {{0, std::nullopt, std::nullopt, 0, {}},
                   {0, 0, std::nullopt, 1, main},
                   {1, std::nullopt, 0, 1, {}},
                   {2, 1, std::nullopt, 1, first},
                   {1, std::nullopt, 1, 1, {}},
                   {4, 1, std::nullopt, 1, second},
                   {5, 2, std::nullopt, 1, inner}};
  profile.layers = {{"conv2d", 1050, first}, {"softmax", 1400, second_layer}};
  profile.traffic = {{"flash", 730, 1460, 10, 40, 0, 0}, {"sram1", 0, 0, 20, 80, 5, 20}};
  profile.stack = {0x20020000, 0x2001FF00, 1, 2048};
  profile.spans = {
      {0, std::nullopt, 1000, 2200}, {std::nullopt, 0, 1050, 1350}, {1, std::nullopt, 1050, 1350}};
  view.subject = "kws-s";
  view.image = "nucleo-f446re.elf";
  view.window = "the measured run";
  view.board = "nucleo-f446re";
  view.title = "NUCLEO-F446RE";
  view.timing_model = "cortex-m4/9";
  view.clock_hz = 1'000'000;
  view.command = "opline profile --network kws-s --board nucleo-f446re";
  return view;
}

}  // namespace opline::report
