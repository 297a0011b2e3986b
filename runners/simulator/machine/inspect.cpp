// What debuggers see of a machine.
#include "runners/simulator/machine/machine_impl.h"
#include "runners/simulator/trace/traced_code.h"

namespace opline::simulator {

SpecialRegisters Machine::special_registers() const {
  const Cpu& cpu = impl_->cpu;
  constexpr std::uint32_t kThumb = 1U << 24;
  const std::uint8_t it = it_state(cpu);
  const bool on_process_stack = (cpu.control & 2) != 0;
  SpecialRegisters special;
  special.xpsr =
      application_status(cpu) | kThumb | cpu.exception | (it & 3U) << 25 | (it >> 2 & 0x3FU) << 10;
  special.msp = on_process_stack ? cpu.other_sp : cpu.r[13];
  special.psp = on_process_stack ? cpu.r[13] : cpu.other_sp;
  special.primask = cpu.primask;
  special.basepri = cpu.basepri;
  special.faultmask = cpu.faultmask;
  special.control = cpu.control;
  return special;
}

std::optional<MemoryAccess> Machine::next_access() const {
  const Cpu& cpu = impl_->cpu;
  if (!cpu.in_flash(cpu.pc) && !cpu.in_ram(cpu.pc)) return std::nullopt;
  const Op* const op =
      cpu.in_flash(cpu.pc) ? cpu.own_ops + (cpu.pc - cpu.flash_base) / 2 : cpu.scratch.data();
  const TracedCode traced = traced_code(cpu, cpu.pc, *op);
  const DataAccess access = data_access(traced.info, cpu);
  if (access.kind == Access::none) return std::nullopt;
  return MemoryAccess{access.kind == Access::store, access.address, access.bytes};
}

std::optional<std::string> Machine::inspect(std::uint32_t address, std::uint32_t bytes) const {
  Impl& impl = *impl_;
  const Peripherals peripherals = impl.bus.peripherals;
  const SystemControl system = impl.bus.system;
  const auto [reason, why, trap] = std::tuple(impl.cpu.reason, impl.cpu.why, impl.cpu.trap);
  const std::uint32_t size = (address | bytes) % 4 == 0 ? 4 : 1;
  std::string read;
  while (read.size() < bytes) {
    const Read one = impl.bus.read(address + static_cast<std::uint32_t>(read.size()), size, 0);
    if (!one.ok) break;
    for (unsigned i = 0; i < size; ++i) read.push_back(static_cast<char>(one.value >> 8 * i));
  }
  impl.bus.peripherals = peripherals;
  impl.bus.system = system;
  impl.cpu.reason = reason, impl.cpu.why = why, impl.cpu.trap = trap;
  return read.size() == bytes ? std::optional(read) : std::nullopt;
}

}  // namespace opline::simulator
