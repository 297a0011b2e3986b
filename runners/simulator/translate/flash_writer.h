// runners/simulator/translate/flash_writer.h - how translated code counts time on the Cortex-M4:
// cycles that the decoder knows are summed up and added at labels; flash lines are entered where
// execution crosses them. Private to the translator.
#pragma once
#include <optional>

#include "runners/simulator/translate/function_writer.h"

namespace opline::simulator::translation {

class FlashWriter : public FunctionWriter {
 public:
  using FunctionWriter::FunctionWriter;

 private:
  [[nodiscard]] std::string signature(const std::string& name) const override;
  [[nodiscard]] const char* head() const override { return "OPLINE_TRANSLATED();"; }
  [[nodiscard]] const char* tail() const override { return "OPLINE_ENDS();"; }
  [[nodiscard]] std::string entry(const Instruction& now) const override;
  void begin(const Instruction& now) override;
  void join(const Instruction& now) override;
  void fetch(const Instruction& now) override;
  void pass(const Instruction& now) override;
  void take(const Instruction& now, const std::string& condition, std::uint32_t cycles) override;
  void end_conditional(const Instruction& now) override;
  void skip(const Instruction& now) override;
  void leave_before(std::uint32_t address) override;
  [[nodiscard]] std::string leave_text(const Instruction& now, bool restarts) const override;
  void read(const Instruction& now, const char* type, const std::string& address,
            const std::string& leave) override;
  void write(const Instruction& now, const char* type, const std::string& address,
             const std::string& leave) override;
  void begin_words(const Instruction& now, unsigned words, bool is_load,
                   const std::string& leave) override;
  void read_word(unsigned number, const std::string& leave) override;
  void write_word(unsigned number, unsigned reg, const std::string& leave) override;

  void add_time();
  void enter(std::uint32_t flash_line);
  [[nodiscard]] std::string sync() const;

  /// What the instructions cost that the clock does not know yet.
  std::uint32_t cycles_ = 0, count_ = 0;
  std::uint32_t line_ = 0;                    ///< Of flash, that execution is in.
  std::optional<std::uint32_t> looked_from_;  ///< Where Clock::look_ahead() looked last.
};

}  // namespace opline::simulator::translation
