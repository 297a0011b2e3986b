#include "src/cli/signals.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <cstring>

#include "src/cli/exit_code.h"

namespace opline::cli {
namespace {

// Lock-free atomics: a handler may read and write them.
std::atomic<const char*> orderly{nullptr};  // what a first signal still lets happen
std::atomic<bool> stop_requested{false};
std::atomic<bool> draws_progress{false};
std::atomic<bool> stores{false};

/// Async-signal-safe. What cannot be written to stderr is lost.
void say(const char* text) {
  if (write(STDERR_FILENO, text, std::strlen(text)) < 0) return;
}

const char* name_of(int signal) {
  return signal == SIGINT ? "SIGINT" : signal == SIGHUP ? "SIGHUP" : "SIGTERM";
}

extern "C" void on_signal(int signal) {
  if (draws_progress) say("\r\033[K");
  say("opline: ");
  say(name_of(signal));
  if (const char* const what = orderly; what != nullptr && !stop_requested.exchange(true)) {
    say(": ");
    say(what);
    say("; a second signal ends at once\n");
    return;
  }
  say(stores ? ": interrupted; what was stored so far is kept\n" : ": interrupted\n");
  _exit(kInterrupted);
}

/// Leaves a signal alone that the parent process ignores.
void handle(int signal) {
  struct sigaction action {};
  if (sigaction(signal, nullptr, &action) != 0 || action.sa_handler == SIG_IGN) return;
  action = {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(signal, &action, nullptr);
}

}  // namespace

void handle_signals(bool err_is_terminal) {
  draws_progress = err_is_terminal;
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) handle(signal);
  ::signal(SIGXFSZ, SIG_IGN);
}

void note_that_outcomes_are_stored() { stores = true; }

void reserve_standard_descriptors() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(descriptor, F_GETFD) >= 0) continue;
    // The lowest free number is this one; the wrong direction lets every use of it fail.
    (void)!open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  }
}

bool output_pipe_is_closed() {
  pollfd output{STDOUT_FILENO, POLLOUT, 0};
  return poll(&output, 1, 0) == 1 && (output.revents & POLLERR) != 0;
}

OrderlyStop::OrderlyStop(const char* what) {
  stop_requested = false;
  orderly = what;
}

OrderlyStop::~OrderlyStop() { orderly = nullptr; }

const std::atomic<bool>& OrderlyStop::requested() const { return stop_requested; }

}  // namespace opline::cli
