// runners/simulator/translate/function_writer.h - writes one function of an image as C++
// (translated.h). Private to the translator.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "runners/simulator/translate/code_walk.h"

namespace opline::simulator::translation {

/// The text of `void <name>(const Op*, Cpu*, Time)`.
///
/// Two kinds of results are not written where they arise but where they are read: flags, most of
/// which the next instruction overwrites, and the words that SXTB16 makes, whose halves are what
/// the multiply that follows wants. Their operands are kept in variables of their own; where the
/// interpreter takes over in between, the code that leaves makes up for them.
class FunctionWriter {
 public:
  FunctionWriter(const Cpu& cpu, const Function& function, std::string name)
      : cpu_(cpu), function_(function), name_(std::move(name)) {}

  std::string write();

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
  void take(const Instruction& now, const std::string& condition, std::uint32_t cycles);
  void leave_before(std::uint32_t address);
  void start_block(std::uint32_t address);
  void check_words(const std::string& address, const std::string& leave);

  // Results that wait.
  void defer_flags(const Instruction& now);
  void defer_halves(const Instruction& now);
  void write_flags();
  void write_word(unsigned reg);
  void write_all();
  void forget_overwritten(const Instruction& now);
  [[nodiscard]] const Pending* halves_in(unsigned reg) const;
  [[nodiscard]] std::string text_of(const Pending& pending) const;
  [[nodiscard]] std::string halves_text(unsigned reg) const;
  void read_registers(const Instruction& now);

  // Text.
  void line(const std::string& text) { body_ += text + "\n"; }
  void add_time();
  void enter(std::uint32_t flash_line);
  [[nodiscard]] std::string sync() const;
  void read(const char* type, const std::string& variable, const std::string& address,
            const std::string& leave);
  void write(const char* type, unsigned reg, const std::string& address, const std::string& leave);
  [[nodiscard]] std::string leave_label(const Instruction& now, bool restarts);
  [[nodiscard]] std::string address_text(const Instruction& now) const;
  [[nodiscard]] std::uint32_t line_of(std::uint32_t address) const;
  [[nodiscard]] std::uint32_t index_of(std::uint32_t address) const;
  [[nodiscard]] std::string entries() const;

  const Cpu& cpu_;
  const Function& function_;
  std::string name_, body_, ends_, variables_;
  std::vector<Pending> pending_;
  /// What the instructions cost that the clock does not know yet.
  std::uint32_t cycles_ = 0, count_ = 0;
  std::uint32_t line_ = 0;                    ///< Of flash, that execution is in.
  std::optional<std::uint32_t> looked_from_;  ///< Where Clock::look_ahead() looked last.
  unsigned numbers_ = 0, leaves_ = 0;
};

}  // namespace opline::simulator::translation
