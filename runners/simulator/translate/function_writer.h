// runners/simulator/translate/function_writer.h - writes one function of an image as C++
// (translated.h). Private to the translator.
#pragma once
#include <string>
#include <vector>

#include "runners/simulator/translate/code_walk.h"

namespace opline::simulator::translation {

/// Writes a function that is, or is the body of, a handler.
///
/// Two kinds of results are not written where they arise but where they are read: flags, most of
/// which the next instruction overwrites, and the words that SXTB16 makes, whose halves are what
/// the multiply that follows wants. Their operands are kept in variables of their own; where the
/// interpreter takes over in between, the code that leaves makes up for them.
///
/// How time is written differs between cores: FlashWriter (flash_writer.h) for the Cortex-M4,
/// PaceWriter (pace_writer.h) for the Cortex-M7.
class FunctionWriter {
 public:
  FunctionWriter(const Cpu& cpu, const Function& function, std::string name)
      : cpu_(cpu), function_(function), name_(std::move(name)) {}
  virtual ~FunctionWriter() = default;

  std::string text();
  /// The handler that this function is, as C++ calls it.
  [[nodiscard]] virtual std::string handler() const { return name_; }

 protected:
  // ---- time, in the order of execution ----
  [[nodiscard]] virtual std::string signature(const std::string& name) const = 0;
  /// Locals and ends of the function: what comes before its variables and behind its code.
  [[nodiscard]] virtual const char* head() const = 0;
  [[nodiscard]] virtual const char* tail() const = 0;
  /// What the interpreter's hand-over to `now` takes, before the jump to its label.
  [[nodiscard]] virtual std::string entry(const Instruction& now) const = 0;
  /// At a label, `now` is reached by jumps only, or
  virtual void begin(const Instruction& now) = 0;
  /// also from the code before it: what that does before the label.
  virtual void join(const Instruction& now) = 0;
  /// Before an instruction: its line is entered.
  virtual void fetch(const Instruction& now) = 0;
  /// Behind an instruction that goes on.
  virtual void pass(const Instruction& now) = 0;
  /// The instruction is a branch: taken where `condition` ("if (...)" or nothing) says so, at
  /// `cycles`.
  virtual void take(const Instruction& now, const std::string& condition, std::uint32_t cycles) = 0;
  /// Conditional work in an IT block: between the braces, and behind them.
  virtual void end_conditional(const Instruction& now) = 0;
  virtual void skip(const Instruction& now) = 0;
  /// To the interpreter, which executes what is at `address`.
  virtual void leave_before(std::uint32_t address) = 0;
  /// The text of leaving before `now`, to go behind a label; `restarts`: an access of the same
  /// instruction may have moved the clock.
  [[nodiscard]] virtual std::string leave_text(const Instruction& now, bool restarts) const = 0;

  // ---- accesses: `address` and `leave` are what C++ calls them ----
  virtual void read(const Instruction& now, const char* type, const std::string& address,
                    const std::string& leave) = 0;
  virtual void write(const Instruction& now, const char* type, const std::string& address,
                     const std::string& leave) = 0;
  /// Several words from `first` on.
  virtual void begin_words(const Instruction& now, unsigned words, bool is_load,
                           const std::string& leave) = 0;
  virtual void read_word(unsigned number, const std::string& leave) = 0;
  virtual void write_word(unsigned number, unsigned reg, const std::string& leave) = 0;

  void line(const std::string& text) { body_ += text + "\n"; }
  void write_all();
  [[nodiscard]] std::uint32_t line_of(std::uint32_t address) const;
  [[nodiscard]] std::uint32_t index_of(std::uint32_t address) const;
  static std::string label(std::uint32_t address);
  [[nodiscard]] bool is_label(std::uint32_t address) const {
    return function_.labels.contains(address) || function_.entries.contains(address);
  }

  const Cpu& cpu_;
  const Function& function_;
  const std::string name_;

 private:
  /// A result that is still to be written.
  struct Pending {
    unsigned number = 0;  ///< Of its variables.
    const Instruction* of = nullptr;
    bool is_flags = false;  ///< Else the word in op.rd.
  };

  void instruction(const Instruction& now);
  void label_of(const Instruction& now);
  void work(const Instruction& now);
  void conditional(const Instruction& now);
  void operation(const Instruction& now);
  void multiply_halves(const Instruction& now);
  void load(const Instruction& now);
  void store(const Instruction& now);
  void load_double(const Instruction& now);
  void store_double(const Instruction& now);
  void load_multiple(const Instruction& now);
  void store_multiple(const Instruction& now);
  void begin_several(const Instruction& now, unsigned words, bool is_load,
                     const std::string& address, const std::string& leave);

  // Results that wait.
  void defer_flags(const Instruction& now);
  void defer_halves(const Instruction& now);
  void write_flags();
  void write_halves(unsigned reg);
  void forget_overwritten(const Instruction& now);
  [[nodiscard]] const Pending* halves_in(unsigned reg) const;
  [[nodiscard]] std::string text_of(const Pending& pending) const;
  [[nodiscard]] std::string halves_text(unsigned reg) const;
  void read_registers(const Instruction& now);

  [[nodiscard]] std::string leave_label(const Instruction& now, bool restarts);
  [[nodiscard]] std::string address_text(const Instruction& now) const;
  [[nodiscard]] std::string entries() const;

  std::string body_, ends_, variables_;
  std::vector<Pending> pending_;
  unsigned numbers_ = 0, leaves_ = 0;
};

}  // namespace opline::simulator::translation
