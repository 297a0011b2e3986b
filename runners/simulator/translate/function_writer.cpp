#include "runners/simulator/translate/function_writer.h"

#include <algorithm>
#include <bit>

#include <fmt/format.h>

#include "src/base/error.h"

namespace opline::simulator::translation {
namespace {

std::string operands_of(const Op& op) {
  return fmt::format("Operands{{{:#x}, {}, {}, {}, {}, {}}}", op.imm, op.rd, op.rn, op.rm, op.ra,
                     op.aux);
}

const char* type_of(Width width) {
  switch (width) {
    case Width::u8:
      return "std::uint8_t";
    case Width::s8:
      return "std::int8_t";
    case Width::u16:
      return "std::uint16_t";
    case Width::s16:
      return "std::int16_t";
    case Width::u32:
      break;
  }
  return "std::uint32_t";
}

std::string label(std::uint32_t address) { return fmt::format("at_{:08x}", address); }

/// Mask of the core registers that the instruction reads, or writes.
std::uint32_t registers(const Op& op, std::uint8_t fields) {
  return ((fields & kRd) != 0 ? 1U << op.rd : 0) | ((fields & kRn) != 0 ? 1U << op.rn : 0) |
         ((fields & kRm) != 0 ? 1U << op.rm : 0) | ((fields & kRa) != 0 ? 1U << op.ra : 0);
}

}  // namespace

std::uint32_t FunctionWriter::line_of(std::uint32_t address) const {
  return (address - cpu_.flash_base) >> cpu_.flash.line_shift;
}
std::uint32_t FunctionWriter::index_of(std::uint32_t address) const {
  return (address - cpu_.flash_base) / 2;
}

// ---- results that wait ----

std::string FunctionWriter::text_of(const Pending& pending) const {
  const Op& op = pending.of->op;
  if (pending.is_flags)
    return fmt::format("set_flags_of<{}>(s, {}, n{}, m{});", pending.of->meaning->operation,
                       operands_of(op), pending.number, pending.number);
  return fmt::format("s.r[{}] = extended<Extend::sxtb16>(std::rotr(m{}, {}));", op.rd,
                     pending.number, op.aux);
}

void FunctionWriter::write_flags() {
  for (const Pending& pending : pending_)
    if (pending.is_flags) line("  " + text_of(pending));
  std::erase_if(pending_, [](const Pending& pending) { return pending.is_flags; });
}

const FunctionWriter::Pending* FunctionWriter::halves_in(unsigned reg) const {
  for (const Pending& pending : pending_)
    if (!pending.is_flags && pending.of->op.rd == reg) return &pending;
  return nullptr;
}

void FunctionWriter::write_word(unsigned reg) {
  const Pending* const pending = halves_in(reg);
  if (pending == nullptr) return;
  line("  " + text_of(*pending));
  pending_.erase(pending_.begin() + (pending - pending_.data()));
}

void FunctionWriter::write_all() {
  for (const Pending& pending : pending_) line("  " + text_of(pending));
  pending_.clear();
}

/// The words that the instruction reads, and the flags.
void FunctionWriter::read_registers(const Instruction& now) {
  std::uint32_t read = registers(now.op, now.meaning->reads);
  if (now.meaning->form == Form::store_multiple) read |= now.op.imm;
  for (unsigned reg = 0; reg < 16; ++reg)
    if ((read >> reg & 1) != 0) write_word(reg);
  if (now.meaning->reads_flags) write_flags();
}

void FunctionWriter::forget_overwritten(const Instruction& now) {
  std::uint32_t written = registers(now.op, now.meaning->writes);
  if (now.meaning->form == Form::load_multiple) written |= now.op.imm;
  std::erase_if(pending_, [&](const Pending& pending) {
    return !pending.is_flags && (written >> pending.of->op.rd & 1) != 0;
  });
}

void FunctionWriter::defer_flags(const Instruction& now) {
  const Op& op = now.op;
  if (now.meaning->sets == Sets::all)
    std::erase_if(pending_, [](const Pending& pending) { return pending.is_flags; });
  // What reads the carry, too, finds it written (read_registers).
  const unsigned number = numbers_++;
  variables_ += fmt::format("  [[maybe_unused]] std::uint32_t n{0} = 0, m{0} = 0;\n", number);
  line(fmt::format("  n{0} = s.r[{1}], m{0} = s.r[{2}];", number, op.rn, op.rm));
  if (!now.meaning->without_flags.empty())
    line(fmt::format("  {}::apply({}, s);", now.meaning->without_flags, operands_of(op)));
  forget_overwritten(now);
  pending_.push_back({number, &now, true});
}

void FunctionWriter::defer_halves(const Instruction& now) {
  const unsigned number = numbers_++;
  variables_ += fmt::format(
      "  [[maybe_unused]] std::uint32_t m{0} = 0;\n  [[maybe_unused]] Halves h{0}{{}};\n", number);
  line(fmt::format("  m{0} = s.r[{1}], h{0} = signed_bytes(m{0}, {2});", number, now.op.rm,
                   now.op.aux));
  forget_overwritten(now);
  pending_.push_back({number, &now, false});
}

std::string FunctionWriter::halves_text(unsigned reg) const {
  const Pending* const pending = halves_in(reg);
  return pending != nullptr ? fmt::format("h{}", pending->number)
                            : fmt::format("halves_of(s.r[{}])", reg);
}

// ---- time, lines, ends ----

void FunctionWriter::add_time() {
  if (cost_ != 0) line(fmt::format("  time += {:#x};", cost_));
  cost_ = 0;
}

void FunctionWriter::enter(std::uint32_t flash_line, bool in_sequence) {
  if (flash_line == line_) return;
  OPLINE_ASSERT(in_sequence, "a line is entered by going on");
  line(fmt::format("  enter_in_sequence(cpu, {}, time, {:#x});", flash_line, cost_));
  line_ = flash_line;
}

/// The label of code that stops before `now`; `restarts`: an access before the one that stops has
/// moved `time`.
std::string FunctionWriter::stop_label(const Instruction& now, bool restarts) {
  const std::string name = fmt::format("stop_{}", stops_++);
  ends_ += fmt::format("{}:\n", name);
  for (const Pending& pending : pending_) ends_ += "  " + text_of(pending) + "\n";
  ends_ += fmt::format("  time = {} + {:#x}, next = cpu->ops + {}, line = {};\n  goto stop;\n",
                       restarts ? "start" : "time", cost_, index_of(now.address), line_);
  return name;
}

/// To the interpreter, which executes what is at `address`.
void FunctionWriter::leave_before(std::uint32_t address) {
  write_all();
  add_time();
  line(fmt::format("  next = cpu->ops + {}, line = {};\n  goto leave;", index_of(address), line_));
}

void FunctionWriter::take(const Instruction& now, const std::string& condition, Time cost) {
  const std::uint32_t target = now.op.imm, target_line = line_of(target);
  line(fmt::format("  {}OPLINE_TAKE{}({}, {}, {:#x}, {});", condition,
                   target_line == line_ ? "" : "_TO_LINE", label(target), index_of(target),
                   cost_ + cost, target_line));
}

// ---- instructions ----

void FunctionWriter::operation(const Instruction& now) {
  read_registers(now);
  if (now.meaning->sets != Sets::nothing) return defer_flags(now);
  if (now.meaning->makes_halves) return defer_halves(now);
  line(fmt::format("  {}::apply({}, s);", now.meaning->operation, operands_of(now.op)));
  forget_overwritten(now);
}

void FunctionWriter::multiply_halves(const Instruction& now) {
  const std::string n = halves_text(now.op.rn), m = halves_text(now.op.rm);
  if ((now.meaning->reads & kRa) != 0) write_word(now.op.ra);
  line(fmt::format("  {}::apply_to({}, s, {}, {});", now.meaning->operation, operands_of(now.op), n,
                   m));
  forget_overwritten(now);
}

std::string FunctionWriter::address_text(const Instruction& now) const {
  static constexpr const char* kForms[] = {"offset", "pre", "post", "reg", "literal"};
  return fmt::format("address_for<Address::{}>({}, s)",
                     kForms[static_cast<unsigned>(now.meaning->address)], operands_of(now.op));
}

void FunctionWriter::load(const Instruction& now) {
  const Op& op = now.op;
  read_registers(now);
  line(fmt::format("  {{\n    OPLINE_READ({}, value, {}, {:#x}, {});", type_of(now.meaning->width),
                   address_text(now), cost_, stop_label(now, false)));
  if (writes_back(now.meaning->address)) line(fmt::format("    s.r[{}] += {:#x};", op.rn, op.imm));
  line(fmt::format("    s.r[{}] = static_cast<std::uint32_t>(value);\n  }}", op.rd));
  forget_overwritten(now);
}

void FunctionWriter::store(const Instruction& now) {
  const Op& op = now.op;
  read_registers(now);
  line(fmt::format("  OPLINE_WRITE({}, s.r[{}], {}, {:#x}, {});", type_of(now.meaning->width),
                   op.rd, address_text(now), cost_, stop_label(now, false)));
  if (writes_back(now.meaning->address)) line(fmt::format("  s.r[{}] += {:#x};", op.rn, op.imm));
  forget_overwritten(now);
}

/// Several words must be aligned; where they are not, the interpreter says so.
void FunctionWriter::check_words(const Instruction& now, const std::string& address) {
  const std::string name = fmt::format("leave_{}", stops_++);
  ends_ += fmt::format("{}:\n", name);
  for (const Pending& pending : pending_) ends_ += "  " + text_of(pending) + "\n";
  ends_ += fmt::format("  time += {:#x}, next = cpu->ops + {}, line = {};\n  goto leave;\n", cost_,
                       index_of(now.address), line_);
  line(
      fmt::format("  {{\n    const std::uint32_t first = {};\n    if ((first & 3) != 0) "
                  "[[unlikely]] goto {};\n    start = time;",
                  address, name));
}

void FunctionWriter::load_double(const Instruction& now) {
  const Op& op = now.op;
  read_registers(now);
  check_words(now, address_text(now));
  const std::string stop = stop_label(now, true);
  line(
      fmt::format("    OPLINE_READ(std::uint32_t, low, first, {0:#x}, {1});\n"
                  "    OPLINE_READ(std::uint32_t, high, first + 4, {0:#x}, {1});",
                  cost_, stop));
  if (writes_back(now.meaning->address)) line(fmt::format("    s.r[{}] += {:#x};", op.rn, op.imm));
  line(fmt::format("    s.r[{}] = low;\n    s.r[{}] = high;\n  }}", op.rd, op.ra));
  forget_overwritten(now);
}

void FunctionWriter::store_double(const Instruction& now) {
  const Op& op = now.op;
  read_registers(now);
  check_words(now, address_text(now));
  const std::string stop = stop_label(now, true);
  line(
      fmt::format("    OPLINE_WRITE(std::uint32_t, s.r[{2}], first, {0:#x}, {1});\n"
                  "    OPLINE_WRITE(std::uint32_t, s.r[{3}], first + 4, {0:#x}, {1});",
                  cost_, stop, op.rd, op.ra));
  if (writes_back(now.meaning->address)) line(fmt::format("    s.r[{}] += {:#x};", op.rn, op.imm));
  line("  }");
  forget_overwritten(now);
}

void FunctionWriter::load_multiple(const Instruction& now) {
  const Op& op = now.op;
  const unsigned bytes = 4 * static_cast<unsigned>(std::popcount(op.imm));
  read_registers(now);
  check_words(now, fmt::format("first_address({}, s, {})", operands_of(op), bytes));
  const std::string stop = stop_label(now, true);
  unsigned offset = 0;
  for (std::uint32_t list = op.imm; list != 0; list &= list - 1, offset += 4)
    line(fmt::format("    OPLINE_READ(std::uint32_t, word{0}, first + {0}, {1:#x}, {2});", offset,
                     cost_, stop));
  line(fmt::format("    [[maybe_unused]] const std::uint32_t base = base_after({}, s, {});",
                   operands_of(op), bytes));
  offset = 0;
  for (std::uint32_t list = op.imm; list != 0; list &= list - 1, offset += 4)
    line(fmt::format("    s.r[{}] = word{};", std::countr_zero(list), offset));
  if ((op.aux & kWriteBack) != 0) line(fmt::format("    s.r[{}] = base;", op.rn));
  line("  }");
  forget_overwritten(now);
}

void FunctionWriter::store_multiple(const Instruction& now) {
  const Op& op = now.op;
  const unsigned bytes = 4 * static_cast<unsigned>(std::popcount(op.imm));
  read_registers(now);
  check_words(now, fmt::format("first_address({}, s, {})", operands_of(op), bytes));
  const std::string stop = stop_label(now, true);
  unsigned offset = 0;
  for (std::uint32_t list = op.imm; list != 0; list &= list - 1, offset += 4)
    line(fmt::format("    OPLINE_WRITE(std::uint32_t, s.r[{}], first + {}, {:#x}, {});",
                     std::countr_zero(list), offset, cost_, stop));
  if ((op.aux & kWriteBack) != 0)
    line(fmt::format("    s.r[{}] = base_after({}, s, {});", op.rn, operands_of(op), bytes));
  line("  }");
}

void FunctionWriter::work(const Instruction& now) {
  switch (now.meaning->form) {
    case Form::operation:
      return now.meaning->takes_halves ? multiply_halves(now) : operation(now);
    case Form::load:
      return load(now);
    case Form::store:
      return store(now);
    case Form::load_double:
      return load_double(now);
    case Form::store_double:
      return store_double(now);
    case Form::load_multiple:
      return load_multiple(now);
    case Form::store_multiple:
      return store_multiple(now);
    default:
      OPLINE_ASSERT(false, "this form has no work of its own");
  }
}

/// In an IT block: nothing waits across the condition.
void FunctionWriter::conditional(const Instruction& now) {
  write_all();
  const Time skipped = kOneInstruction + cpu_.core->integer.skipped;
  const std::string condition = fmt::format("if (passes(s, {})) ", now.cond);
  if (now.meaning->form == Form::branch) {
    take(now, condition, now.op.cost);
    cost_ += skipped;
    return;
  }
  line("  " + condition + "{");
  work(now);
  write_all();
  if (now.op.cost != skipped) line(fmt::format("    time += {:#x};", now.op.cost - skipped));
  line("  }");
  cost_ += skipped;
}

void FunctionWriter::label_of(const Instruction& now) {
  const bool is_label =
      function_.labels.contains(now.address) || function_.entries.contains(now.address);
  if (!is_label) return;
  write_all();
  enter(line_of(now.address), true);
  add_time();
  line(label(now.address) + ":");
}

void FunctionWriter::instruction(const Instruction& now) {
  if (now.meaning->form == Form::other) return leave_before(now.address);
  enter(line_of(now.last_halfword()), true);
  const Op& op = now.op;
  if (now.in_it) return conditional(now);
  switch (now.meaning->form) {
    case Form::branch:
      write_all();
      take(now, "", op.cost);
      cost_ = 0;
      return;
    case Form::branch_cond:
      write_all();
      take(now, fmt::format("if (passes(s, {})) ", now.meaning->cond), op.cost + op.aux);
      break;
    case Form::compare_branch:
      write_all();
      take(now, fmt::format("if (s.r[{}] {} 0) ", op.rn, now.meaning->nonzero ? "!=" : "=="),
           op.cost + op.aux);
      break;
    default:
      work(now);
  }
  cost_ += op.cost;
}

std::string FunctionWriter::entries() const {
  std::string text = "  switch (op - cpu->ops) {\n";
  for (const std::uint32_t entry : function_.entries) {
    if (function_.instructions.at(entry).meaning->form == Form::other) continue;
    const std::uint32_t flash_line = line_of(entry);
    text += fmt::format(
        "    case {}:\n      if (cpu->flash.current_line != {}) enter_in_sequence(cpu, {}, time, "
        "0);\n      goto {};\n",
        index_of(entry), flash_line, flash_line, label(entry));
  }
  return text + "    default:\n      __builtin_unreachable();\n  }\n";
}

std::string FunctionWriter::write() {
  std::uint32_t expected = 0;
  bool falls_through = false;
  for (const auto& [address, now] : function_.instructions) {
    if (falls_through && address != expected) leave_before(expected);
    if (!falls_through || address != expected) cost_ = 0, line_ = line_of(address);
    label_of(now);
    instruction(now);
    expected = now.following();
    falls_through =
        now.meaning->form != Form::other && (now.meaning->form != Form::branch || now.in_it);
  }
  if (falls_through) leave_before(expected);
  return fmt::format(
      "[[gnu::flatten]] void {}(const Op* op, Cpu* cpu, Time time) {{\n  OPLINE_TRANSLATED();\n"
      "{}{}{}{}  OPLINE_ENDS();\n}}\n",
      name_, variables_, entries(), body_, ends_);
}

}  // namespace opline::simulator::translation
