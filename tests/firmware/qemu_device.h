// tests/firmware/qemu_device.h - the firmware's ELFs on QEMU, spoken to over a UART on pipes.
//
// A second executor of the very images: it checks protocol and digests. netduinoplus2 (an
// STM32F405) runs the F446's image, mps2-an386 and mps2-an500 run images of the same sources for
// the Cortex-M4 and M7. None of them models a clock tree or DWT, so there is no clock and there are
// no cycles.
#pragma once
#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace opline::firmware_test {

/// Whether qemu-system-arm is in PATH, and what to say when it is not.
bool qemu_is_installed();
inline constexpr const char* kInstallQemu =
    "qemu-system-arm is missing; install it with: apt-get install --no-install-recommends "
    "qemu-system-arm";

/// An image of the build and the machine that runs it.
struct QemuImage {
  std::string name;     ///< firmware/<name>.elf in the build folder.
  std::string board;    ///< As its `setup%` says.
  std::string kernels;  ///< "dsp" or "portable".
  std::string machine;  ///< QEMU's name.
  int serial;           ///< Which of the machine's serial ports the image speaks on, from 0.
  std::string flash;    ///< The first digits of an address in its flash, as a fault prints them.
  [[nodiscard]] std::string elf() const;
};
const std::vector<QemuImage>& qemu_images();

class QemuDevice {
 public:
  /// Starts `elf` and reads its boot messages. Throws std::runtime_error when it does not get
  /// ready.
  QemuDevice(const QemuImage& image, const std::string& elf);
  explicit QemuDevice(const QemuImage& image) : QemuDevice(image, image.elf()) {}
  ~QemuDevice();
  QemuDevice(const QemuDevice&) = delete;
  QemuDevice& operator=(const QemuDevice&) = delete;

  /// Sends "text%" and returns the lines before m-ready. Throws std::runtime_error after `patience`
  /// without it.
  std::vector<std::string> command(const std::string& text,
                                   std::chrono::seconds patience = std::chrono::seconds(60));

  /// Throws std::runtime_error when QEMU is gone.
  void send(std::string_view bytes);

  /// The next line without its end, or nothing when none came within `patience` or QEMU is gone.
  std::optional<std::string> read_line(std::chrono::milliseconds patience);

  /// Processor time that QEMU has taken since its start.
  [[nodiscard]] std::chrono::nanoseconds processor_time() const;

 private:
  std::vector<std::string> read_until_ready(std::chrono::seconds patience);

  pid_t process_ = -1;
  int input_ = -1, output_ = -1;
  std::string received_;
};

}  // namespace opline::firmware_test
