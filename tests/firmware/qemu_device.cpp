// tests/firmware/qemu_device.cpp - see the header.
#include "tests/firmware/qemu_device.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <stdexcept>

namespace opline::firmware_test {
namespace {

constexpr const char* kQemu = "qemu-system-arm";

[[noreturn]] void become_qemu(const QemuImage& image, const std::string& elf, int from_host,
                              int to_host) {
  dup2(from_host, STDIN_FILENO);
  dup2(to_host, STDOUT_FILENO);
  // QEMU dumps all registers there when the core locks up.
  dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), STDERR_FILENO);
  std::vector<const char*> arguments = {kQemu,     "-M",        image.machine.c_str(),
                                        "-kernel", elf.c_str(), "-display",
                                        "none",    "-monitor",  "none"};
  for (int port = 0; port <= image.serial; ++port) {
    arguments.push_back("-serial");
    arguments.push_back(port == image.serial ? "stdio" : "null");
  }
  arguments.push_back(nullptr);
  execvp(kQemu, const_cast<char* const*>(arguments.data()));
  _exit(127);
}

}  // namespace

bool qemu_is_installed() {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (access((std::filesystem::path(folder) / kQemu).c_str(), X_OK) == 0) return true;
  }
  return false;
}

std::string QemuImage::elf() const {
  return std::string(OPLINE_BINARY_DIR) + "/firmware/" + name + ".elf";
}

const std::vector<QemuImage>& qemu_images() {
  static const std::vector<QemuImage> kImages = {
      {"nucleo-f446re", "nucleo-f446re", "dsp", "netduinoplus2", 1, "08"},  // USART2
      {"nucleo-f446re-portable", "nucleo-f446re", "portable", "netduinoplus2", 1, "08"},
      {"mps2-an386", "mps2-an386", "dsp", "mps2-an386", 0, "00"},
      {"mps2-an500", "mps2-an500", "dsp", "mps2-an500", 0, "00"},
  };
  return kImages;
}

QemuDevice::QemuDevice(const QemuImage& image, const std::string& elf) {
  signal(SIGPIPE, SIG_IGN);
  int to_device[2], from_device[2];
  if (pipe2(to_device, O_CLOEXEC) != 0 || pipe2(from_device, O_CLOEXEC) != 0)
    throw std::runtime_error("no pipe");
  process_ = fork();
  if (process_ == 0) become_qemu(image, elf, to_device[0], from_device[1]);
  close(to_device[0]);
  close(from_device[1]);
  input_ = to_device[1];
  output_ = from_device[0];
  read_until_ready(std::chrono::seconds(60));
}

QemuDevice::~QemuDevice() {
  close(input_);
  close(output_);
  kill(process_, SIGKILL);
  waitpid(process_, nullptr, 0);
}

std::chrono::nanoseconds QemuDevice::processor_time() const {
  clockid_t clock = 0;
  timespec time{};
  if (clock_getcpuclockid(process_, &clock) != 0 || clock_gettime(clock, &time) != 0)
    throw std::runtime_error("QEMU is gone");
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

void QemuDevice::send(std::string_view bytes) {
  if (write(input_, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) {
    throw std::runtime_error("QEMU is gone");
  }
}

std::vector<std::string> QemuDevice::command(const std::string& text,
                                             std::chrono::seconds patience) {
  send(text + "%");
  return read_until_ready(patience);
}

std::optional<std::string> QemuDevice::read_line(std::chrono::milliseconds patience) {
  const auto end = std::chrono::steady_clock::now() + patience;
  std::size_t at;
  while ((at = received_.find("\r\n")) == std::string::npos) {
    pollfd waiting{output_, POLLIN, 0};
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        end - std::chrono::steady_clock::now());
    char buffer[4096];
    const bool ready = left.count() > 0 && poll(&waiting, 1, static_cast<int>(left.count())) > 0;
    const ssize_t count = ready ? read(output_, buffer, sizeof buffer) : 0;
    if (count <= 0) return std::nullopt;
    received_.append(buffer, static_cast<std::size_t>(count));
  }
  std::string line = received_.substr(0, at);
  received_.erase(0, at + 2);
  return line;
}

std::vector<std::string> QemuDevice::read_until_ready(std::chrono::seconds patience) {
  const auto end = std::chrono::steady_clock::now() + patience;
  std::vector<std::string> lines;
  for (;;) {
    std::optional<std::string> line =
        read_line(std::chrono::duration_cast<std::chrono::milliseconds>(
            end - std::chrono::steady_clock::now()));
    if (!line) {
      std::string all;
      for (const std::string& before : lines) all += before + "\n";
      throw std::runtime_error("no m-ready; received so far: " + all + received_);
    }
    if (*line == "m-ready") return lines;
    lines.push_back(std::move(*line));
  }
}

}  // namespace opline::firmware_test
