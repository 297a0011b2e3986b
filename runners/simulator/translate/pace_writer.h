// runners/simulator/translate/pace_writer.h - how translated code counts time on the Cortex-M7: by
// blocks (timing/block_timing.h), from a label or a branch to the next. Private to the translator.
#pragma once
#include <map>
#include <optional>
#include <vector>

#include "runners/simulator/timing/block_timing.h"
#include "runners/simulator/translate/function_writer.h"

namespace opline::simulator::translation {

class PaceWriter : public FunctionWriter {
 public:
  /// Adds the function's blocks to `blocks`, where their numbers are their places.
  PaceWriter(const Cpu& cpu, const Function& function, std::string name,
             std::vector<CodeBlock>& blocks);

  [[nodiscard]] std::string handler() const override;

 private:
  [[nodiscard]] std::string signature(const std::string& name) const override;
  [[nodiscard]] const char* head() const override { return "OPLINE_TRANSLATED_PACE();"; }
  [[nodiscard]] const char* tail() const override { return "OPLINE_ENDS_PACE();"; }
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

  /// Where an instruction is in its block.
  struct Place {
    std::uint32_t block = 0, number = 0;
  };
  [[nodiscard]] bool translated(std::uint32_t address) const;
  [[nodiscard]] static bool branches(const Instruction& now);
  [[nodiscard]] std::string first_lines(std::uint32_t from, std::uint32_t address) const;
  /// The block is over without a branch, before `address`.
  void end_block();
  [[nodiscard]] std::string lines_text() const;
  void go_on(const Instruction& now);

  std::map<std::uint32_t, Place> places_;
  std::uint32_t line_ = 0;         ///< Of code, in lines of the cache from address 0.
  std::uint32_t number_ = 0;       ///< Of the next instruction in its block.
  std::uint32_t since_store_ = 0;  ///< Instructions, in the block; kLongAgo where there is none.
  std::uint32_t block_ = 0;
  std::optional<std::uint32_t> crossed_;  ///< The instruction that `line_` was entered with.
  const Instruction* branch_ = nullptr;   ///< That ended the block, where it was not taken.
  bool beside_load_ = false;              ///< The instruction before is a load of one register.
};

}  // namespace opline::simulator::translation
