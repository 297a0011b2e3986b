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
      "  [[maybe_unused]] std::uint32_t m{0} = 0;\n  [[maybe_unused]] SignedBytes h{0}{{}};\n",
      number);
  line(fmt::format("  m{0} = s.r[{1}], h{0} = signed_bytes(m{0}, {2});", number, now.op.rm,
                   now.op.aux));
  forget_overwritten(now);
  pending_.push_back({number, &now, false});
}

std::string FunctionWriter::halves_text(unsigned reg) const {
  const Pending* const pending = halves_in(reg);
  return pending != nullptr ? fmt::format("h{}", pending->number)
                            : fmt::format("lanes_of(s.r[{}])", reg);
}

// ---- time, lines, ends ----

void FunctionWriter::add_time() {
  if (cycles_ != 0) line(fmt::format("  clock.advance({});", cycles_));
  if (count_ != 0) line(fmt::format("  clock.count({});", count_));
  cycles_ = count_ = 0;
}

/// What brings the core's flash up to date with what Clock::next_line() left out.
std::string FunctionWriter::sync() const {
  if (!looked_from_) return "(void)0";
  return fmt::format("clock.note_read<{}>(cpu, {})", line_ + 1 - *looked_from_, line_ + 1);
}

void FunctionWriter::enter(std::uint32_t flash_line) {
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

/// The label of code that leaves to the interpreter before `now`; `restarts`: an access of the same
/// instruction has moved the clock.
std::string FunctionWriter::leave_label(const Instruction& now, bool restarts) {
  const std::string name = fmt::format("leave_{}", leaves_++);
  ends_ += fmt::format("{}:\n", name);
  for (const Pending& pending : pending_) ends_ += "  " + text_of(pending) + "\n";
  if (restarts) ends_ += "  clock.set_now(start);\n";
  ends_ += fmt::format(
      "  {};\n  clock.advance({});\n  clock.count({});\n  next = cpu->ops + {}, line = {};\n"
      "  goto leave;\n",
      sync(), cycles_, count_, index_of(now.address), line_);
  return name;
}

/// To the interpreter, which executes what is at `address`.
void FunctionWriter::leave_before(std::uint32_t address) {
  write_all();
  line("  " + sync() + ";");
  add_time();
  line(fmt::format("  next = cpu->ops + {}, line = {};\n  goto leave;", index_of(address), line_));
}

void FunctionWriter::take(const Instruction& now, const std::string& condition,
                          std::uint32_t cycles) {
  const std::uint32_t target = now.op.imm, target_line = line_of(target);
  const std::string enter =
      target_line == line_ ? "(void)0" : fmt::format("clock.branch_to_line(cpu, {})", target_line);
  line(fmt::format("  {}OPLINE_TAKE({}, {}, {}, {}, {}, {}, {});", condition, label(target),
                   index_of(target), cycles_ + cycles, count_ + 1, sync(), enter, target_line));
}

void FunctionWriter::read(const char* type, const std::string& variable, const std::string& address,
                          const std::string& leave) {
  line(
      fmt::format("    OPLINE_READ({}, {}, {}, {}, {});", type, variable, address, cycles_, leave));
}

void FunctionWriter::write(const char* type, unsigned reg, const std::string& address,
                           const std::string& leave) {
  line(fmt::format("    OPLINE_WRITE({}, s.r[{}], {}, {});", type, reg, address, leave));
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
  line("  {");
  read(type_of(now.meaning->width), "value", address_text(now), leave_label(now, false));
  if (writes_back(now.meaning->address)) line(fmt::format("    s.r[{}] += {:#x};", op.rn, op.imm));
  line(fmt::format("    s.r[{}] = static_cast<std::uint32_t>(value);\n  }}", op.rd));
  forget_overwritten(now);
}

void FunctionWriter::store(const Instruction& now) {
  const Op& op = now.op;
  read_registers(now);
  write(type_of(now.meaning->width), op.rd, address_text(now), leave_label(now, false));
  if (writes_back(now.meaning->address)) line(fmt::format("  s.r[{}] += {:#x};", op.rn, op.imm));
  forget_overwritten(now);
}

/// Several words must be aligned; where they are not, the interpreter says so.
void FunctionWriter::check_words(const std::string& address, const std::string& leave) {
  line(
      fmt::format("  {{\n    const std::uint32_t first = {};\n    start = clock.now();\n"
                  "    if ((first & 3) != 0) [[unlikely]] goto {};",
                  address, leave));
}

void FunctionWriter::load_double(const Instruction& now) {
  const Op& op = now.op;
  read_registers(now);
  const std::string leave = leave_label(now, true);
  check_words(address_text(now), leave);
  read("std::uint32_t", "low", "first", leave);
  read("std::uint32_t", "high", "first + 4", leave);
  if (writes_back(now.meaning->address)) line(fmt::format("    s.r[{}] += {:#x};", op.rn, op.imm));
  line(fmt::format("    s.r[{}] = low;\n    s.r[{}] = high;\n  }}", op.rd, op.ra));
  forget_overwritten(now);
}

void FunctionWriter::store_double(const Instruction& now) {
  const Op& op = now.op;
  read_registers(now);
  const std::string leave = leave_label(now, true);
  check_words(address_text(now), leave);
  write("std::uint32_t", op.rd, "first", leave);
  write("std::uint32_t", op.ra, "first + 4", leave);
  if (writes_back(now.meaning->address)) line(fmt::format("    s.r[{}] += {:#x};", op.rn, op.imm));
  line("  }");
  forget_overwritten(now);
}

void FunctionWriter::load_multiple(const Instruction& now) {
  const Op& op = now.op;
  const unsigned bytes = 4 * static_cast<unsigned>(std::popcount(op.imm));
  read_registers(now);
  const std::string leave = leave_label(now, true);
  check_words(fmt::format("first_address({}, s, {})", operands_of(op), bytes), leave);
  unsigned offset = 0;
  for (std::uint32_t list = op.imm; list != 0; list &= list - 1, offset += 4)
    read("std::uint32_t", fmt::format("word{}", offset), fmt::format("first + {}", offset), leave);
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
  const std::string leave = leave_label(now, true);
  check_words(fmt::format("first_address({}, s, {})", operands_of(op), bytes), leave);
  unsigned offset = 0;
  for (std::uint32_t list = op.imm; list != 0; list &= list - 1, offset += 4)
    write("std::uint32_t", std::countr_zero(list), fmt::format("first + {}", offset), leave);
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
  const std::uint32_t skipped = cpu_.core->integer.skipped, executed = cycles_of(now.op.cost);
  const std::string condition = fmt::format("if (passes(s, {})) ", now.cond);
  if (now.meaning->form == Form::branch) {
    take(now, condition, executed);
  } else {
    line("  " + condition + "{");
    work(now);
    write_all();
    OPLINE_ASSERT(executed >= skipped, "what is executed takes longer than what is skipped");
    if (executed != skipped) line(fmt::format("    clock.advance({});", executed - skipped));
    line("  }");
  }
  cycles_ += skipped;
  ++count_;
}

void FunctionWriter::label_of(const Instruction& now) {
  const bool is_label =
      function_.labels.contains(now.address) || function_.entries.contains(now.address);
  if (!is_label) return;
  write_all();
  enter(line_of(now.address));
  if (looked_from_) line("  " + sync() + ";");
  looked_from_.reset();
  add_time();
  line(label(now.address) + ":");
}

void FunctionWriter::instruction(const Instruction& now) {
  if (now.meaning->form == Form::other) return leave_before(now.address);
  enter(line_of(now.last_halfword()));
  const Op& op = now.op;
  if (now.in_it) return conditional(now);
  const std::uint32_t cycles = cycles_of(op.cost);
  switch (now.meaning->form) {
    case Form::branch:
      write_all();
      return take(now, "", cycles);
    case Form::branch_cond:
      write_all();
      take(now, fmt::format("if (passes(s, {})) ", now.meaning->cond), cycles + op.aux);
      break;
    case Form::compare_branch:
      write_all();
      take(now, fmt::format("if (s.r[{}] {} 0) ", op.rn, now.meaning->nonzero ? "!=" : "=="),
           cycles + op.aux);
      break;
    default:
      work(now);
  }
  cycles_ += cycles;
  ++count_;
}

std::string FunctionWriter::entries() const {
  std::string text = "  switch (op - cpu->ops) {\n";
  for (const std::uint32_t entry : function_.entries) {
    if (function_.instructions.at(entry).meaning->form == Form::other) continue;
    const std::uint32_t flash_line = line_of(entry);
    text += fmt::format(
        "    case {}:\n      if (cpu->flash.current_line != {}) clock.enter(cpu, "
        "{});\n      goto {};\n",
        index_of(entry), flash_line, flash_line, label(entry));
  }
  return text + "    default:\n      __builtin_unreachable();\n  }\n";
}

void FunctionWriter::start_block(std::uint32_t address) {
  cycles_ = count_ = 0;
  looked_from_.reset();
  line_ = line_of(address);
}

std::string FunctionWriter::write() {
  std::uint32_t expected = 0;
  bool falls_through = false;
  for (const auto& [address, now] : function_.instructions) {
    if (falls_through && address != expected) leave_before(expected);
    if (!falls_through || address != expected) start_block(address);
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
