#include "runners/simulator/translate/pace_writer.h"

#include <fmt/format.h>

#include "src/base/error.h"

namespace opline::simulator::translation {
namespace {

/// A load meets the word of a store that was issued up to 3 cycles before it, two instructions a
/// cycle at most.
constexpr std::uint32_t kLongAgo = 8;

const char* name_of(Jump jump) { return jump == Jump::direct ? "direct" : "conditional"; }

}  // namespace

PaceWriter::PaceWriter(const Cpu& cpu, const Function& function, std::string name,
                       std::vector<CodeBlock>& blocks)
    : FunctionWriter(cpu, function, std::move(name)) {
  std::uint32_t expected = 0;
  bool goes_on = false;
  for (const auto& [address, now] : function.instructions) {
    if (now.meaning->form == Form::other) {
      goes_on = false;
      continue;
    }
    if (!goes_on || address != expected || is_label(address)) blocks.push_back({address, 0});
    places_[address] = {static_cast<std::uint32_t>(blocks.size() - 1), blocks.back().count++};
    expected = now.following();
    goes_on = !branches(now);
  }
}

bool PaceWriter::branches(const Instruction& now) {
  return now.meaning->form == Form::branch || now.meaning->form == Form::branch_cond ||
         now.meaning->form == Form::compare_branch;
}

bool PaceWriter::translated(std::uint32_t address) const { return places_.contains(address); }

/// The line, or the two lines, of the block's first instruction, coming from line `from`. As in
/// DualIssue, nothing is entered where the instruction ends in the present line.
std::string PaceWriter::first_lines(std::uint32_t from, std::uint32_t address) const {
  const unsigned shift = cpu_.pipeline->line_shift();
  const std::uint32_t first = address >> shift,
                      last = function_.instructions.at(address).last_halfword() >> shift;
  if (last == from) return "";
  std::string text;
  if (first != from) text += fmt::format("pace.first_line({}, {});", first, first == from + 1);
  if (last != first) text += fmt::format(" pace.next_line_unless_found({}, 0);", last);
  return text;
}

std::string PaceWriter::signature(const std::string& name) const {
  return fmt::format(
      "[[gnu::flatten, gnu::noinline]] Handler {}(const Op* op, Cpu* cpu, Time time) {{\n", name);
}

std::string PaceWriter::handler() const { return fmt::format("paced<{}>", name_); }

std::string PaceWriter::entry(const Instruction& now) const {
  return fmt::format("      if (!pace.enter(cpu, time, {}, {:#x}, {})) goto not_entered;\n",
                     places_.at(now.address).block, now.address, 2 * now.halfwords);
}

void PaceWriter::begin(const Instruction& now) {
  line_ = now.last_halfword() >> cpu_.pipeline->line_shift();
  number_ = 0;
  since_store_ = kLongAgo;
  beside_load_ = false;
  branch_ = nullptr;
  crossed_.reset();
  block_ = translated(now.address) ? places_.at(now.address).block : 0;
}

/// Where a block of several lines ends.
std::string PaceWriter::lines_text() const {
  if (!crossed_) return "";
  return fmt::format("  pace.in_line({}, {});\n  pace.note_lines({});\n", line_, *crossed_, block_);
}

void PaceWriter::end_block() {
  line(lines_text() + fmt::format("  pace.finish();\n  pace.count({});", number_));
}

/// Straight on from the block before, which a branch may have ended, to the one of `now`.
void PaceWriter::go_on(const Instruction& now) {
  end_block();
  if (!translated(now.address)) {
    line(fmt::format("  next = cpu->ops + {};\n  goto leave_finished;", index_of(now.address)));
  } else if (branch_ != nullptr) {
    line(fmt::format("  pace.follow({:#x}, Jump::conditional, {:#x}, false, {});\n  {}",
                     branch_->address, branch_->op.imm, places_.at(now.address).block,
                     first_lines(line_, now.address)));
  } else {
    line(fmt::format("  pace.fall_into({});\n  {}", places_.at(now.address).block,
                     first_lines(line_, now.address)));
  }
  begin(now);
}

void PaceWriter::join(const Instruction& now) { go_on(now); }

void PaceWriter::fetch(const Instruction& now) {
  if (branch_ != nullptr) return go_on(now);
  const std::uint32_t last = now.last_halfword() >> cpu_.pipeline->line_shift();
  if (last == line_) return;
  if (!crossed_) line(fmt::format("  pace.look_for_lines({});", block_));
  crossed_ = number_;
  line(fmt::format("  pace.next_line({}, {});", last, number_));
  line_ = last;
}

void PaceWriter::pass(const Instruction& now) {
  ++number_;
  ++since_store_;
  branch_ = branches(now) ? &now : nullptr;
  beside_load_ = now.meaning->form == Form::load;
  if (now.meaning->form == Form::store) since_store_ = 1;
}

void PaceWriter::take(const Instruction& now, const std::string& condition, std::uint32_t) {
  const std::uint32_t target = now.op.imm;
  const Jump jump =
      now.meaning->form == Form::branch && !now.in_it ? Jump::direct : Jump::conditional;
  std::string go = "goto leave_finished";
  if (translated(target)) {
    // DualIssue takes a branch to the next instruction for one that is not taken.
    go = fmt::format("pace.follow({:#x}, Jump::{}, {:#x}, {}, {}); {} goto {}", now.address,
                     name_of(jump), target, target != now.following(), places_.at(target).block,
                     first_lines(line_, target), label(target));
  }
  line(
      fmt::format("  {}{{\n{}    pace.finish();\n    pace.count({});\n    next = cpu->ops + {};\n"
                  "    if (pace.ends(cpu)) [[unlikely]] goto end_of_slice;\n    {};\n  }}",
                  condition, lines_text(), number_ + 1, index_of(target), go));
}

void PaceWriter::end_conditional(const Instruction&) {
  line(fmt::format("  }} else {{\n    pace.skip({});", number_));
}

void PaceWriter::skip(const Instruction& now) {
  if (branches(now)) line(fmt::format("  pace.skip({});", number_));
  pass(now);
}

void PaceWriter::leave_before(std::uint32_t address) {
  write_all();
  end_block();
  line(fmt::format("  next = cpu->ops + {};\n  goto leave_finished;", index_of(address)));
}

std::string PaceWriter::leave_text(const Instruction& now, bool) const {
  const std::string line =
      crossed_ ? fmt::format("  pace.in_line({}, {});\n", line_, *crossed_) : std::string();
  return line +
         fmt::format("  pace.count({0});\n  number = {0}, next = cpu->ops + {1};\n  goto leave;\n",
                     number_, index_of(now.address));
}

void PaceWriter::read(const Instruction&, const char* type, const std::string& address,
                      const std::string& leave) {
  const char* const behind = since_store_ < kLongAgo ? "store"
                             : number_ < kLongAgo    ? "maybe_store"
                                                     : "no_store";
  line(
      fmt::format("    const std::uint32_t where = {};\n    {} value{{}};\n"
                  "    if (!memory.load_any(cpu, where, value)) [[unlikely]] goto {};\n"
                  "    pace.load<{}, BoardPace::Behind::{}, {}, {}>(where, {});",
                  address, type, leave, type, behind, beside_load_, number_ == 0, number_));
}

void PaceWriter::write(const Instruction& now, const char* type, const std::string& address,
                       const std::string& leave) {
  line(
      fmt::format("    const std::uint32_t where = {};\n"
                  "    if (!memory.store_any(cpu, where, static_cast<{}>(s.r[{}]))) [[unlikely]] "
                  "goto {};\n    pace.store<{}>(where, {});",
                  address, type, now.op.rd, leave, type, number_));
}

void PaceWriter::begin_words(const Instruction&, unsigned words, bool is_load,
                             const std::string& leave) {
  line(
      fmt::format("    if (!memory.{}(first, {})) [[unlikely]] goto {};\n"
                  "    pace.{}(first, {}, {});",
                  is_load ? "holds_words" : "takes_words", words, leave,
                  is_load ? "load_words" : "store_words", words, number_));
}

void PaceWriter::read_word(unsigned number, const std::string&) {
  line(
      fmt::format("    const std::uint32_t word{} = memory.word(first + {});", number, 4 * number));
}

void PaceWriter::write_word(unsigned number, unsigned reg, const std::string&) {
  line(fmt::format("    memory.store_sram<std::uint32_t>(first + {}, s.r[{}]);", 4 * number, reg));
}

}  // namespace opline::simulator::translation
