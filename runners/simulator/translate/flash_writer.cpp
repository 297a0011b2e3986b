#include "runners/simulator/translate/flash_writer.h"

#include <fmt/format.h>

#include "src/base/error.h"

namespace opline::simulator::translation {

std::string FlashWriter::signature(const std::string& name) const {
  return fmt::format("[[gnu::flatten]] void {}(const Op* op, Cpu* cpu, Time time) {{\n", name);
}

std::string FlashWriter::entry(const Instruction& now) const {
  const std::uint32_t line = line_of(now.address);
  return fmt::format("      if (cpu->flash.current_line != {0}) clock.enter(cpu, {0});\n", line);
}

void FlashWriter::begin(const Instruction& now) {
  cycles_ = count_ = 0;
  looked_from_.reset();
  line_ = line_of(now.address);
}

void FlashWriter::join(const Instruction& now) {
  enter(line_of(now.address));
  if (looked_from_) line("  " + sync() + ";");
  looked_from_.reset();
  add_time();
}

void FlashWriter::fetch(const Instruction& now) { enter(line_of(now.last_halfword())); }

void FlashWriter::pass(const Instruction& now) {
  cycles_ += cycles_of(now.op.cost);
  ++count_;
}

void FlashWriter::add_time() {
  if (cycles_ != 0) line(fmt::format("  clock.advance({});", cycles_));
  if (count_ != 0) line(fmt::format("  clock.count({});", count_));
  cycles_ = count_ = 0;
}

/// What brings the core's flash up to date with what Clock::next_line() left out.
std::string FlashWriter::sync() const {
  if (!looked_from_) return "(void)0";
  return fmt::format("clock.note_read<{}>(cpu, {})", line_ + 1 - *looked_from_, line_ + 1);
}

void FlashWriter::enter(std::uint32_t flash_line) {
  if (flash_line == line_) return;
  OPLINE_ASSERT(flash_line == line_ + 1, "a line is entered by going on");
  if (cycles_ != 0) line(fmt::format("  clock.advance({});", cycles_));
  cycles_ = 0;
  if (!looked_from_ || flash_line + 1 - *looked_from_ >= 16) {
    if (looked_from_) line("  " + sync() + ";");
    line(fmt::format("  clock.look_ahead(cpu, {});", line_));
    looked_from_ = line_;
  }
  line(fmt::format("  clock.next_line<{}>(cpu, {});", flash_line - *looked_from_, flash_line));
  line_ = flash_line;
}

std::string FlashWriter::leave_text(const Instruction& now, bool restarts) const {
  return fmt::format(
      "{}  {};\n  clock.advance({});\n  clock.count({});\n  next = cpu->ops + {}, line = {};\n"
      "  goto leave;\n",
      restarts ? "  clock.set_now(start);\n" : "", sync(), cycles_, count_, index_of(now.address),
      line_);
}

void FlashWriter::leave_before(std::uint32_t address) {
  write_all();
  line("  " + sync() + ";");
  add_time();
  line(fmt::format("  next = cpu->ops + {}, line = {};\n  goto leave;", index_of(address), line_));
}

void FlashWriter::take(const Instruction& now, const std::string& condition, std::uint32_t cycles) {
  const std::uint32_t target = now.op.imm, target_line = line_of(target);
  const std::string enter =
      target_line == line_ ? "(void)0" : fmt::format("clock.branch_to_line(cpu, {})", target_line);
  line(fmt::format("  {}OPLINE_TAKE({}, {}, {}, {}, {}, {}, {});", condition, label(target),
                   index_of(target), cycles_ + cycles, count_ + 1, sync(), enter, target_line));
}

void FlashWriter::end_conditional(const Instruction& now) {
  const std::uint32_t skipped = cpu_.core->integer.skipped, executed = cycles_of(now.op.cost);
  OPLINE_ASSERT(executed >= skipped, "what is executed takes longer than what is skipped");
  if (executed != skipped) line(fmt::format("    clock.advance({});", executed - skipped));
}

void FlashWriter::skip(const Instruction&) {
  cycles_ += cpu_.core->integer.skipped;
  ++count_;
}

void FlashWriter::read(const Instruction&, const char* type, const std::string& address,
                       const std::string& leave) {
  line(fmt::format("    OPLINE_READ({}, value, {}, {}, {});", type, address, cycles_, leave));
}

void FlashWriter::write(const Instruction& now, const char* type, const std::string& address,
                        const std::string& leave) {
  line(fmt::format("    OPLINE_WRITE({}, s.r[{}], {}, {});", type, now.op.rd, address, leave));
}

/// Several words must be aligned; where they are not, the interpreter says so.
void FlashWriter::begin_words(const Instruction&, unsigned, bool, const std::string& leave) {
  line(fmt::format("    start = clock.now();\n    if ((first & 3) != 0) [[unlikely]] goto {};",
                   leave));
}

void FlashWriter::read_word(unsigned number, const std::string& leave) {
  line(fmt::format("    OPLINE_READ(std::uint32_t, word{}, first + {}, {}, {});", number,
                   4 * number, cycles_, leave));
}

void FlashWriter::write_word(unsigned number, unsigned reg, const std::string& leave) {
  line(fmt::format("    OPLINE_WRITE(std::uint32_t, s.r[{}], first + {}, {});", reg, 4 * number,
                   leave));
}

}  // namespace opline::simulator::translation
