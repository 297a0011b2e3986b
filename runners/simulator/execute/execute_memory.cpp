// Loads and stores: ARM DDI 0403, A4.6; alignment A3.2.1; exclusives A3.4.
#include <bit>

#include <fmt/format.h>

#include "runners/simulator/execute/execute.h"
#include "runners/simulator/execute/handlers.h"

namespace opline::simulator {

namespace {

/// Adds the penalty of an unaligned access, or sets a fault where CCR.UNALIGN_TRP says so.
Time add_alignment(Cpu* cpu, std::uint32_t address, unsigned size, Time time) {
  if ((address & (size - 1)) == 0) return time;
  if (cpu->unaligned_traps) {
    set_fault(*cpu, StopReason::fault,
              fmt::format("unaligned access of {} bytes at {:#010x}", size, address),
              fault_status::kUnaligned);
    return time;
  }
  return time + unaligned_cycles(*cpu->core, address, size);
}

/// Waits for each flash line that the bytes are in.
Time add_flash_wait(Cpu* cpu, std::uint32_t offset, unsigned size, Time time) {
  const std::uint32_t first = offset >> cpu->flash.line_shift,
                      last = (offset + size - 1) >> cpu->flash.line_shift;
  const Time start = time;
  time += cpu->flash.read(first, cpu->now(time));
  if (last != first) time += cpu->flash.read(last, cpu->now(time));
  cpu->data_waits += time - start;
  return time;
}

}  // namespace

Loaded load_elsewhere(Cpu* cpu, std::uint32_t address, unsigned size, Time time) {
  const Time start = time;
  time = add_alignment(cpu, address, size, time);
  if (cpu->reason != StopReason::running) return {0, start};
  for (const std::uint32_t base : {cpu->flash_base, cpu->flash_alias}) {
    if (address - base >= cpu->flash_bytes) continue;
    time = add_flash_wait(cpu, address - base, size, time);
    break;
  }
  // A device sees the time at which the instruction starts.
  return {cpu->bus->read(address, size, start).value, time};
}

Time store_elsewhere(Cpu* cpu, std::uint32_t address, unsigned size, std::uint32_t value,
                     Time time) {
  const Time start = time;
  time = add_alignment(cpu, address, size, time);
  if (cpu->reason == StopReason::running) cpu->bus->write(address, size, value, start);
  return time;
}

namespace {

/// Writes the base back; false, and nothing changed, when that takes SP off the stack.
inline bool set_base(Cpu* cpu, unsigned rn, std::uint32_t value) {
  if (rn == 13) [[unlikely]] {
    const std::uint32_t before = cpu->r[13];
    cpu->r[13] = value & ~3U;
    if (!stack_below_limit(*cpu)) return true;
    cpu->r[13] = before;
    return false;
  }
  cpu->r[rn] = value;
  return true;
}

template <typename T, Address kAddress>
[[gnu::noinline]] void load_register_slowly(const Op* op, Cpu* cpu, Time start) {
  Time time = start;
  T value{};
  if (!load<T>(cpu, address_for<kAddress>(*op, *cpu), value, time)) [[unlikely]] {
    time = start;
    OPLINE_STOP();
  }
  if constexpr (writes_back(kAddress)) {
    if (!set_base(cpu, op->rn, cpu->r[op->rn] + op->imm)) OPLINE_STOP();
  }
  cpu->r[op->rd] = static_cast<std::uint32_t>(value);
  OPLINE_CONTINUE();
}

template <typename T, Address kAddress>
void load_register(const Op* op, Cpu* cpu, Time time) {
  T value{};
  if (writes_back(kAddress) && op->rn == 13) [[unlikely]]
    return load_register_slowly<T, kAddress>(op, cpu, time);
  if (!load_quickly<T>(cpu, address_for<kAddress>(*op, *cpu), value)) [[unlikely]] {
    return load_register_slowly<T, kAddress>(op, cpu, time);
  }
  if constexpr (writes_back(kAddress)) cpu->r[op->rn] += op->imm;
  cpu->r[op->rd] = static_cast<std::uint32_t>(value);
  OPLINE_CONTINUE();
}

template <typename T, Address kAddress>
[[gnu::noinline]] void store_register_slowly(const Op* op, Cpu* cpu, Time start) {
  Time time = start;
  const std::uint32_t address = address_for<kAddress>(*op, *cpu), value = cpu->r[op->rd];
  if constexpr (writes_back(kAddress)) {  // first, so that a stack overflow stores nothing
    if (!set_base(cpu, op->rn, cpu->r[op->rn] + op->imm)) OPLINE_STOP();
  }
  if (!store<T>(cpu, address, static_cast<T>(value), time)) [[unlikely]] {
    if constexpr (writes_back(kAddress)) cpu->r[op->rn] -= op->imm;
    time = start;
    OPLINE_STOP();
  }
  OPLINE_CONTINUE();
}

template <typename T, Address kAddress>
void store_register(const Op* op, Cpu* cpu, Time time) {
  if (writes_back(kAddress) && op->rn == 13) [[unlikely]]
    return store_register_slowly<T, kAddress>(op, cpu, time);
  if (!store_quickly<T>(cpu, address_for<kAddress>(*op, *cpu), static_cast<T>(cpu->r[op->rd])))
      [[unlikely]] {
    return store_register_slowly<T, kAddress>(op, cpu, time);
  }
  if constexpr (writes_back(kAddress)) cpu->r[op->rn] += op->imm;
  OPLINE_CONTINUE();
}

template <typename T>
Handler load_for(Address address) {
  switch (address) {
    case Address::offset:
      return load_register<T, Address::offset>;
    case Address::pre:
      return load_register<T, Address::pre>;
    case Address::post:
      return load_register<T, Address::post>;
    case Address::reg:
      return load_register<T, Address::reg>;
    case Address::literal:
      return load_register<T, Address::literal>;
  }
  return nullptr;
}

template <typename T>
Handler store_for(Address address) {
  switch (address) {
    case Address::offset:
      return store_register<T, Address::offset>;
    case Address::pre:
      return store_register<T, Address::pre>;
    case Address::post:
      return store_register<T, Address::post>;
    case Address::reg:
      return store_register<T, Address::reg>;
    case Address::literal:
      break;
  }
  return nullptr;
}

template <Address kAddress>
void load_pc(const Op* op, Cpu* cpu, Time start) {
  Time time = start;
  std::uint32_t target = 0;
  if (!load(cpu, address_for<kAddress>(*op, *cpu), target, time) || !interworks(cpu, target)) {
    time = start;
    OPLINE_STOP();
  }
  if constexpr (writes_back(kAddress)) {
    if (!set_base(cpu, op->rn, cpu->r[op->rn] + op->imm)) OPLINE_STOP();
  }
  OPLINE_BRANCH_TO(target & ~1U, time + op->cost);
}

template <Address kAddress>
void load_sp(const Op* op, Cpu* cpu, Time start) {
  Time time = start;
  std::uint32_t value = 0;
  if (!load(cpu, address_for<kAddress>(*op, *cpu), value, time)) {
    time = start;
    OPLINE_STOP();
  }
  const std::uint32_t base = cpu->r[op->rn] + op->imm;
  if (!set_base(cpu, 13, value)) {
    time = start;
    OPLINE_STOP();
  }
  if constexpr (writes_back(kAddress))
    cpu->r[op->rn] = base;  // the decoder refuses SP as base and result
  OPLINE_CONTINUE();
}

/// Multiple and double transfers must be aligned to words.
bool aligned(Cpu* cpu, std::uint32_t address) {
  if ((address & 3) == 0) return true;
  set_fault(*cpu, StopReason::fault,
            fmt::format("unaligned multiple or double access at {:#010x}", address),
            fault_status::kUnaligned);
  return false;
}

template <Address kAddress>
void load_double(const Op* op, Cpu* cpu, Time start) {
  Time time = start;
  const std::uint32_t address = address_for<kAddress>(*op, *cpu);
  std::uint32_t low = 0, high = 0;
  if (!aligned(cpu, address) || !load(cpu, address, low, time) ||
      !load(cpu, address + 4, high, time)) {
    time = start;
    OPLINE_STOP();
  }
  if constexpr (writes_back(kAddress)) {
    if (!set_base(cpu, op->rn, cpu->r[op->rn] + op->imm)) OPLINE_STOP();
  }
  cpu->r[op->rd] = low;
  cpu->r[op->ra] = high;
  OPLINE_CONTINUE();
}

template <Address kAddress>
void store_double(const Op* op, Cpu* cpu, Time start) {
  Time time = start;
  const std::uint32_t address = address_for<kAddress>(*op, *cpu), low = cpu->r[op->rd],
                      high = cpu->r[op->ra];
  if (!aligned(cpu, address)) OPLINE_STOP();
  if constexpr (writes_back(kAddress)) {
    if (!set_base(cpu, op->rn, cpu->r[op->rn] + op->imm)) OPLINE_STOP();
  }
  if (!store(cpu, address, low, time) || !store(cpu, address + 4, high, time)) {
    if constexpr (writes_back(kAddress)) cpu->r[op->rn] -= op->imm;
    time = start;
    OPLINE_STOP();
  }
  OPLINE_CONTINUE();
}

/// Reads the listed registers; they change only when every read succeeds.
inline bool load_list(const Op* op, Cpu* cpu, std::uint32_t& address, Time& time) {
  std::array<std::uint32_t, 16> values;
  unsigned count = 0;
  for (std::uint32_t list = op->imm; list != 0; list &= list - 1, address += 4) {
    if (!load(cpu, address, values[count++], time)) return false;
  }
  count = 0;
  for (std::uint32_t list = op->imm; list != 0; list &= list - 1) {
    cpu->r[static_cast<unsigned>(std::countr_zero(list))] = values[count++];
  }
  return true;
}

void load_multiple(const Op* op, Cpu* cpu, Time start) {
  Time time = start;
  const std::uint32_t bytes = 4 * static_cast<std::uint32_t>(std::popcount(op->imm));
  std::uint32_t address = first_address(*op, *cpu, bytes);
  const std::uint32_t base = base_after(*op, *cpu, bytes);
  if (!aligned(cpu, address) || !load_list(op, cpu, address, time)) {
    time = start;
    OPLINE_STOP();
  }
  if ((op->aux & kWriteBack) != 0 && !set_base(cpu, op->rn, base)) OPLINE_STOP();
  OPLINE_CONTINUE();
}

void load_multiple_pc(const Op* op, Cpu* cpu, Time start) {
  Time time = start;
  const std::uint32_t bytes = 4 * static_cast<std::uint32_t>(std::popcount(op->imm)) + 4;
  std::uint32_t address = first_address(*op, *cpu, bytes), target = 0;
  const std::uint32_t base = base_after(*op, *cpu, bytes);
  // The target is read first, so that a bad one leaves the registers as they were.
  if (!aligned(cpu, address) || !load(cpu, address + bytes - 4, target, time) ||
      !interworks(cpu, target) || !load_list(op, cpu, address, time)) {
    time = start;
    OPLINE_STOP();
  }
  if ((op->aux & kWriteBack) != 0 && !set_base(cpu, op->rn, base)) OPLINE_STOP();
  OPLINE_BRANCH_TO(target & ~1U, time + op->cost);
}

void store_multiple(const Op* op, Cpu* cpu, Time start) {
  Time time = start;
  const std::uint32_t bytes = 4 * static_cast<std::uint32_t>(std::popcount(op->imm));
  std::uint32_t address = first_address(*op, *cpu, bytes);
  const std::uint32_t base_before = cpu->r[op->rn], base = base_after(*op, *cpu, bytes);
  if (!aligned(cpu, address)) OPLINE_STOP();
  if ((op->aux & kWriteBack) != 0 && !set_base(cpu, op->rn, base)) OPLINE_STOP();
  for (std::uint32_t list = op->imm; list != 0; list &= list - 1, address += 4) {
    const auto i = static_cast<unsigned>(std::countr_zero(list));
    if (!store(cpu, address, i == op->rn ? base_before : cpu->r[i], time)) {
      cpu->r[op->rn] = base_before;
      time = start;
      OPLINE_STOP();
    }
  }
  OPLINE_CONTINUE();
}

template <typename T>
void load_exclusive(const Op* op, Cpu* cpu, Time start) {
  Time time = start;
  const std::uint32_t address = cpu->r[op->rn] + op->imm;
  T value{};
  if (address % sizeof(T) != 0)
    set_fault(*cpu, StopReason::fault,
              fmt::format("unaligned exclusive access at {:#010x}", address),
              fault_status::kUnaligned);
  if (cpu->reason != StopReason::running || !load(cpu, address, value, time)) {
    time = start;
    OPLINE_STOP();
  }
  cpu->exclusive = true;
  cpu->r[op->rd] = value;
  OPLINE_CONTINUE();
}

// One core and no exceptions: the local monitor alone decides (A3.4.1), whatever the address.
template <typename T>
void store_exclusive(const Op* op, Cpu* cpu, Time start) {
  Time time = start;
  const std::uint32_t address = cpu->r[op->rn] + op->imm;
  if (address % sizeof(T) != 0)
    set_fault(*cpu, StopReason::fault,
              fmt::format("unaligned exclusive access at {:#010x}", address),
              fault_status::kUnaligned);
  if (cpu->reason != StopReason::running ||
      (cpu->exclusive && !store<T>(cpu, address, static_cast<T>(cpu->r[op->rm]), time))) {
    time = start;
    OPLINE_STOP();
  }
  cpu->r[op->rd] = cpu->exclusive ? 0 : 1;
  cpu->exclusive = false;
  OPLINE_CONTINUE();
}

}  // namespace

Handler load_handler(Width width, Address address) {
  switch (width) {
    case Width::u8:
      return load_for<std::uint8_t>(address);
    case Width::s8:
      return load_for<std::int8_t>(address);
    case Width::u16:
      return load_for<std::uint16_t>(address);
    case Width::s16:
      return load_for<std::int16_t>(address);
    case Width::u32:
      return load_for<std::uint32_t>(address);
  }
  return nullptr;
}

Handler store_handler(Width width, Address address) {
  if (width == Width::u8) return store_for<std::uint8_t>(address);
  if (width == Width::u16) return store_for<std::uint16_t>(address);
  return store_for<std::uint32_t>(address);
}

Handler load_pc_handler(Address address) {
  switch (address) {
    case Address::offset:
      return load_pc<Address::offset>;
    case Address::pre:
      return load_pc<Address::pre>;
    case Address::post:
      return load_pc<Address::post>;
    case Address::reg:
      return load_pc<Address::reg>;
    case Address::literal:
      return load_pc<Address::literal>;
  }
  return nullptr;
}

Handler load_sp_handler(Address address) {
  switch (address) {
    case Address::offset:
      return load_sp<Address::offset>;
    case Address::pre:
      return load_sp<Address::pre>;
    case Address::post:
      return load_sp<Address::post>;
    case Address::reg:
      return load_sp<Address::reg>;
    case Address::literal:
      return load_sp<Address::literal>;
  }
  return nullptr;
}

Handler load_double_handler(Address address) {
  switch (address) {
    case Address::pre:
      return load_double<Address::pre>;
    case Address::post:
      return load_double<Address::post>;
    case Address::literal:
      return load_double<Address::literal>;
    default:
      return load_double<Address::offset>;
  }
}

Handler store_double_handler(Address address) {
  switch (address) {
    case Address::pre:
      return store_double<Address::pre>;
    case Address::post:
      return store_double<Address::post>;
    default:
      return store_double<Address::offset>;
  }
}

Handler load_multiple_handler() { return load_multiple; }
Handler load_multiple_pc_handler() { return load_multiple_pc; }
Handler store_multiple_handler() { return store_multiple; }

Handler load_exclusive_handler(Width width) {
  if (width == Width::u8) return load_exclusive<std::uint8_t>;
  return width == Width::u16 ? load_exclusive<std::uint16_t> : load_exclusive<std::uint32_t>;
}
Handler store_exclusive_handler(Width width) {
  if (width == Width::u8) return store_exclusive<std::uint8_t>;
  return width == Width::u16 ? store_exclusive<std::uint16_t> : store_exclusive<std::uint32_t>;
}
Handler clear_exclusive_handler() {
  return handler([](const Op&, Cpu& cpu) { cpu.exclusive = false; });
}

}  // namespace opline::simulator
