#include "runners/simulator/machine/semihosting.h"

#include <array>
#include <cstring>
#include <string_view>

#include <fmt/format.h>

#include "runners/simulator/machine/bus.h"

namespace opline::simulator {
namespace {

// Chapter 6.
constexpr std::uint32_t kOpen = 0x01, kClose = 0x02, kWriteCharacter = 0x03, kWriteText = 0x04,
                        kWrite = 0x05, kRead = 0x06, kReadCharacter = 0x07, kIsError = 0x08,
                        kIsTerminal = 0x09, kSeek = 0x0A, kLength = 0x0C, kClock = 0x10,
                        kTime = 0x11, kErrno = 0x13, kCommandLine = 0x15, kHeapInfo = 0x16,
                        kExit = 0x18, kExitExtended = 0x20, kElapsed = 0x30, kTickFrequency = 0x31;
constexpr std::uint32_t kApplicationExit = 0x20026;  // ADP_Stopped_ApplicationExit (6.7)
constexpr std::uint32_t kFailed = 0xFFFFFFFF;
constexpr std::uint32_t kInput = 1, kOutput = 2, kErrors = 3, kFeatures = 4;  // handles
/// Magic, SH_EXT_EXIT_EXTENDED and SH_EXT_STDOUT_STDERR.
constexpr std::string_view kFeatureBytes = "SHFB\x03";
// Errors of the C library that programs print (newlib's numbers).
constexpr std::uint32_t kNoEntry = 2, kBadHandle = 9, kBadAddress = 14;
constexpr std::uint64_t kReferenceHz = 16'000'000;  // RM0390 6.2.2: HSI, where no clock is running

/// Bytes of memory, where all of them are memory.
std::optional<std::string_view> memory_at(const Cpu& cpu, std::uint32_t address,
                                          std::uint32_t bytes) {
  const auto in = [&](const std::uint8_t* from, std::uint32_t base,
                      std::uint32_t size) -> std::optional<std::string_view> {
    const std::uint32_t offset = address - base;
    if (offset > size || bytes > size - offset) return std::nullopt;
    return std::string_view(reinterpret_cast<const char*>(from) + offset, bytes);
  };
  if (const auto flash = in(cpu.flash_data, cpu.flash_base, cpu.flash_bytes)) return flash;
  if (const auto itcm = in(cpu.itcm, cpu.itcm_base, cpu.itcm_bytes); itcm && cpu.itcm_bytes != 0)
    return itcm;
  return in(cpu.sram, cpu.sram_base, cpu.sram_bytes);
}

std::optional<std::uint32_t> word_at(const Cpu& cpu, std::uint32_t address) {
  const auto bytes = memory_at(cpu, address, 4);
  if (!bytes) return std::nullopt;
  std::uint32_t word = 0;
  std::memcpy(&word, bytes->data(), 4);
  return word;
}

bool is_console(std::uint32_t handle) { return handle >= kInput && handle <= kErrors; }

}  // namespace

std::uint32_t Semihosting::fail(std::uint32_t error) {
  error_ = error;
  return kFailed;
}

std::uint32_t Semihosting::open(std::uint32_t block, const Cpu& cpu) {
  const auto name = word_at(cpu, block), mode = word_at(cpu, block + 4),
             length = word_at(cpu, block + 8);
  const auto text = name && mode && length ? memory_at(cpu, *name, *length) : std::nullopt;
  if (!text) return fail(kBadAddress);
  if (*text == ":semihosting-features" && *mode < 2) {
    features_position_ = 0;
    return kFeatures;
  }
  if (*text != ":tt") return fail(kNoEntry);
  return *mode < 4 ? kInput : *mode < 8 ? kOutput : kErrors;  // r, w, a
}

/// Returns how many bytes were not read: all at the end of the console's input.
std::uint32_t Semihosting::read_features(std::uint32_t block, Cpu& cpu) {
  const std::uint32_t to = word_at(cpu, block + 4).value_or(0),
                      bytes = word_at(cpu, block + 8).value_or(0);
  if (word_at(cpu, block) != kFeatures) return bytes;
  std::uint32_t done = 0;
  for (; done < bytes && features_position_ < kFeatureBytes.size(); ++done, ++features_position_) {
    const auto byte = static_cast<unsigned char>(kFeatureBytes[features_position_]);
    if (!cpu.in_ram(to + done) || !cpu.bus->write(to + done, 1, byte, 0)) break;
  }
  return bytes - done;
}

std::uint32_t Semihosting::seek(std::uint32_t block, const Cpu& cpu) {
  const auto position = word_at(cpu, block + 4);
  if (word_at(cpu, block) != kFeatures || !position || *position > kFeatureBytes.size())
    return fail(kBadHandle);
  features_position_ = *position;
  return 0;
}

/// Returns how many bytes were not written.
std::uint32_t Semihosting::write(std::uint32_t block, const Cpu& cpu) {
  const auto handle = word_at(cpu, block), from = word_at(cpu, block + 4),
             bytes = word_at(cpu, block + 8);
  if (!handle || !from || !bytes) return fail(kBadAddress);
  const auto text = memory_at(cpu, *from, *bytes);
  if ((*handle != kOutput && *handle != kErrors) || !text) {
    fail(text ? kBadHandle : kBadAddress);
    return *bytes;
  }
  output += *text;
  return 0;
}

std::uint32_t Semihosting::write_text(std::uint32_t address, const Cpu& cpu) {
  for (;; ++address) {
    const auto byte = memory_at(cpu, address, 1);
    if (!byte) return fail(kBadAddress);
    if ((*byte)[0] == '\0' || output.size() > kMostUnreadOutput) return 0;
    output += *byte;
  }
}

std::uint32_t Semihosting::store_words(std::uint32_t address, std::uint32_t count,
                                       std::uint64_t value, Cpu& cpu) {
  if (!memory_at(cpu, address, 4 * count) || !cpu.in_ram(address)) return fail(kBadAddress);
  for (std::uint32_t i = 0; i < count; ++i)
    cpu.bus->write(address + 4 * i, 4, i < 2 ? static_cast<std::uint32_t>(value >> 32 * i) : 0, 0);
  return 0;
}

std::uint32_t Semihosting::execute(std::uint32_t operation, std::uint32_t parameter, Cpu& cpu,
                                   const Bus& bus) {
  const std::uint32_t first = word_at(cpu, parameter).value_or(0);
  const std::uint64_t hz = bus.peripherals.core_clock_hz().value_or(kReferenceHz);
  switch (operation) {
    case kOpen:
      return open(parameter, cpu);
    case kClose:
      return is_console(first) || first == kFeatures ? 0 : fail(kBadHandle);
    case kWriteCharacter:
      if (const auto byte = memory_at(cpu, parameter, 1)) output += *byte;
      return cpu.r[0];
    case kWriteText:
      return write_text(parameter, cpu);
    case kWrite:
      return write(parameter, cpu);
    case kRead:
      return read_features(parameter, cpu);
    case kSeek:
      return seek(parameter, cpu);
    case kReadCharacter:
      return kFailed;
    case kIsError:
      return static_cast<std::int32_t>(first) < 0 ? 1 : 0;
    case kIsTerminal:
      return is_console(first) ? 1 : 0;
    case kLength:
      if (first == kFeatures) return static_cast<std::uint32_t>(kFeatureBytes.size());
      return is_console(first) ? 0 : fail(kBadHandle);
    case kClock:
      return static_cast<std::uint32_t>(cpu.cycles / (hz / 100));
    case kTime:
      return 0;  // a run does not depend on when it is made
    case kErrno:
      return error_;
    case kTickFrequency:
      return static_cast<std::uint32_t>(hz);
    default:  // SYS_TMPNAM, SYS_REMOVE, SYS_RENAME, SYS_SYSTEM: files and commands of the host
      return fail(kNoEntry);
  }
}

bool Semihosting::call(Cpu& cpu, Bus& bus) {
  const std::uint32_t operation = cpu.r[0], parameter = cpu.r[1];
  if (operation == kExit) {
    exit_status = parameter == kApplicationExit ? 0 : 1;
    return false;
  }
  if (operation == kExitExtended) {
    const bool is_exit = word_at(cpu, parameter) == kApplicationExit;
    exit_status = is_exit ? static_cast<int>(word_at(cpu, parameter + 4).value_or(1)) : 1;
    return false;
  }
  if (operation == kElapsed) {
    cpu.r[0] = store_words(parameter, 2, cpu.cycles, cpu);
  } else if (operation == kHeapInfo) {
    // Zeros: the program's own symbols say where heap and stack are.
    cpu.r[0] = store_words(word_at(cpu, parameter).value_or(0), 4, 0, cpu);
  } else if (operation == kCommandLine) {  // empty
    const std::uint32_t buffer = word_at(cpu, parameter).value_or(0);
    const bool stored = cpu.in_ram(buffer) && bus.write(buffer, 1, 0, 0);
    cpu.r[0] = stored ? store_words(parameter + 4, 1, 0, cpu) : fail(kBadAddress);
  } else {
    cpu.r[0] = execute(operation, parameter, cpu, bus);
  }
  return output.size() <= kMostUnreadOutput;
}

}  // namespace opline::simulator
