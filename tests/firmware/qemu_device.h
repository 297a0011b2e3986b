// tests/firmware/qemu_device.h - the firmware's ELF on QEMU's netduinoplus2 (an STM32F405), spoken to over
// USART2.
//
// A second executor of the very image: it checks protocol and digests. It models neither RCC nor DWT, so it
// has no clock and no cycles.   Room: tests of firmware.
#pragma once
#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

namespace opline::firmware_test {

/// Whether qemu-system-arm is in PATH, and what to say when it is not.
bool qemu_is_installed();
inline constexpr const char* kInstallQemu =
    "qemu-system-arm is missing; install it with: apt-get install --no-install-recommends qemu-system-arm";

class QemuDevice {
 public:
  /// Starts the image and reads its boot messages. Throws std::runtime_error when it does not get ready.
  explicit QemuDevice(const std::string& elf);
  ~QemuDevice();
  QemuDevice(const QemuDevice&) = delete;
  QemuDevice& operator=(const QemuDevice&) = delete;

  /// Sends "text%" and returns the lines before m-ready. Throws std::runtime_error after `patience` without
  /// it.
  std::vector<std::string> command(const std::string& text,
                                   std::chrono::seconds patience = std::chrono::seconds(60));

 private:
  std::vector<std::string> read_until_ready(std::chrono::seconds patience);

  pid_t process_ = -1;
  int input_ = -1, output_ = -1;
  std::string received_;
};

}  // namespace opline::firmware_test
