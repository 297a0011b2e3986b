// src/cli/signals.h - what the program does when a signal arrives.
//
// SIGINT, SIGTERM and SIGHUP end it with a word on stderr and exit code 7; while an OrderlyStop
// lives, the first of them only asks for the end of the work in flight, and the second ends it. A
// study is written in transactions, so that nothing stored is lost either way. A signal that the
// parent process ignores (nohup) stays ignored. SIGPIPE keeps its default: `opline ... | head` ends
// quietly. SIGXFSZ (`ulimit -f`) is ignored, so that the write fails with an error that names the
// file.
#pragma once
#include <atomic>

namespace opline::cli {

/// Installs the handlers. Once, by main(), before any thread is started.
void handle_signals(bool err_is_terminal);

/// From now on an interruption is reported with what becomes of what was stored. For the verbs that
/// write outcomes into a study.
void note_that_outcomes_are_stored();

/// Opens /dev/null for those of stdin, stdout and stderr that the parent process closed, so that no
/// file of opline's gets their numbers; writing to such a stdout fails.
void reserve_standard_descriptors();

/// Whether nobody can read what is written to stdout any more.
[[nodiscard]] bool output_pipe_is_closed();

/// While it lives, the first signal sets requested() instead of ending the program, and `what` is
/// printed: what still happens, "finishing the networks in flight". One at a time.
class OrderlyStop {
 public:
  /// `what`: of static storage duration.
  explicit OrderlyStop(const char* what);
  OrderlyStop(const OrderlyStop&) = delete;
  OrderlyStop& operator=(const OrderlyStop&) = delete;
  ~OrderlyStop();

  [[nodiscard]] const std::atomic<bool>& requested() const;
};

}  // namespace opline::cli
