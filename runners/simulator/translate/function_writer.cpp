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

/// Mask of the core registers that the instruction reads, or writes.
std::uint32_t registers(const Op& op, std::uint8_t fields) {
  return ((fields & kRd) != 0 ? 1U << op.rd : 0) | ((fields & kRn) != 0 ? 1U << op.rn : 0) |
         ((fields & kRm) != 0 ? 1U << op.rm : 0) | ((fields & kRa) != 0 ? 1U << op.ra : 0);
}

}  // namespace

std::string FunctionWriter::label(std::uint32_t address) {
  return fmt::format("at_{:08x}", address);
}
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

void FunctionWriter::write_halves(unsigned reg) {
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
    if ((read >> reg & 1) != 0) write_halves(reg);
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

/// A label of code that leaves to the interpreter before `now`.
std::string FunctionWriter::leave_label(const Instruction& now, bool restarts) {
  const std::string name = fmt::format("leave_{}", leaves_++);
  ends_ += fmt::format("{}:\n", name);
  for (const Pending& pending : pending_) ends_ += "  " + text_of(pending) + "\n";
  ends_ += leave_text(now, restarts);
  return name;
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
  if ((now.meaning->reads & kRa) != 0) write_halves(now.op.ra);
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
  read(now, type_of(now.meaning->width), address_text(now), leave_label(now, false));
  if (writes_back(now.meaning->address)) line(fmt::format("    s.r[{}] += {:#x};", op.rn, op.imm));
  line(fmt::format("    s.r[{}] = static_cast<std::uint32_t>(value);\n  }}", op.rd));
  forget_overwritten(now);
}

void FunctionWriter::store(const Instruction& now) {
  const Op& op = now.op;
  read_registers(now);
  line("  {");
  write(now, type_of(now.meaning->width), address_text(now), leave_label(now, false));
  if (writes_back(now.meaning->address)) line(fmt::format("    s.r[{}] += {:#x};", op.rn, op.imm));
  line("  }");
  forget_overwritten(now);
}

void FunctionWriter::begin_several(const Instruction& now, unsigned words, bool is_load,
                                   const std::string& address, const std::string& leave) {
  line(fmt::format("  {{\n    const std::uint32_t first = {};", address));
  begin_words(now, words, is_load, leave);
}

void FunctionWriter::load_double(const Instruction& now) {
  const Op& op = now.op;
  read_registers(now);
  const std::string leave = leave_label(now, true);
  begin_several(now, 2, true, address_text(now), leave);
  read_word(0, leave);
  read_word(1, leave);
  if (writes_back(now.meaning->address)) line(fmt::format("    s.r[{}] += {:#x};", op.rn, op.imm));
  line(fmt::format("    s.r[{}] = word0;\n    s.r[{}] = word1;\n  }}", op.rd, op.ra));
  forget_overwritten(now);
}

void FunctionWriter::store_double(const Instruction& now) {
  const Op& op = now.op;
  read_registers(now);
  const std::string leave = leave_label(now, true);
  begin_several(now, 2, false, address_text(now), leave);
  write_word(0, op.rd, leave);
  write_word(1, op.ra, leave);
  if (writes_back(now.meaning->address)) line(fmt::format("    s.r[{}] += {:#x};", op.rn, op.imm));
  line("  }");
  forget_overwritten(now);
}

void FunctionWriter::load_multiple(const Instruction& now) {
  const Op& op = now.op;
  const auto words = static_cast<unsigned>(std::popcount(op.imm));
  read_registers(now);
  const std::string leave = leave_label(now, true);
  begin_several(now, words, true,
                fmt::format("first_address({}, s, {})", operands_of(op), 4 * words), leave);
  for (unsigned i = 0; i < words; ++i) read_word(i, leave);
  line(fmt::format("    [[maybe_unused]] const std::uint32_t base = base_after({}, s, {});",
                   operands_of(op), 4 * words));
  unsigned number = 0;
  for (std::uint32_t list = op.imm; list != 0; list &= list - 1)
    line(fmt::format("    s.r[{}] = word{};", std::countr_zero(list), number++));
  if ((op.aux & kWriteBack) != 0) line(fmt::format("    s.r[{}] = base;", op.rn));
  line("  }");
  forget_overwritten(now);
}

void FunctionWriter::store_multiple(const Instruction& now) {
  const Op& op = now.op;
  const auto words = static_cast<unsigned>(std::popcount(op.imm));
  read_registers(now);
  const std::string leave = leave_label(now, true);
  begin_several(now, words, false,
                fmt::format("first_address({}, s, {})", operands_of(op), 4 * words), leave);
  unsigned number = 0;
  for (std::uint32_t list = op.imm; list != 0; list &= list - 1)
    write_word(number++, static_cast<unsigned>(std::countr_zero(list)), leave);
  if ((op.aux & kWriteBack) != 0)
    line(fmt::format("    s.r[{}] = base_after({}, s, {});", op.rn, operands_of(op), 4 * words));
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
  const std::string condition = fmt::format("if (passes(s, {})) ", now.cond);
  if (now.meaning->form == Form::branch) {
    take(now, condition, cycles_of(now.op.cost));
  } else {
    line("  " + condition + "{");
    work(now);
    write_all();
    end_conditional(now);
    line("  }");
  }
  skip(now);
}

void FunctionWriter::instruction(const Instruction& now) {
  if (now.meaning->form == Form::other) return leave_before(now.address);
  fetch(now);
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
  pass(now);
}

std::string FunctionWriter::entries() const {
  std::string text = "  switch (op - cpu->ops) {\n";
  for (const std::uint32_t address : function_.entries) {
    const Instruction& now = function_.instructions.at(address);
    if (now.meaning->form == Form::other) continue;
    text += fmt::format("    case {}:\n{}      goto {};\n", index_of(address), entry(now),
                        label(address));
  }
  return text + "    default:\n      __builtin_unreachable();\n  }\n";
}

std::string FunctionWriter::text() {
  std::uint32_t expected = 0;
  bool falls_through = false;
  for (const auto& [address, now] : function_.instructions) {
    if (falls_through && address != expected) leave_before(expected), falls_through = false;
    if (is_label(address)) {
      if (falls_through) {
        write_all();
        join(now);
      } else {
        begin(now);
      }
      line(label(address) + ":");
    } else if (!falls_through) {
      begin(now);
    }
    instruction(now);
    expected = now.following();
    falls_through =
        now.meaning->form != Form::other && (now.meaning->form != Form::branch || now.in_it);
  }
  if (falls_through) leave_before(expected);
  return fmt::format("{}  {}\n{}{}{}{}  {}\n}}\n", signature(name_), head(), variables_, entries(),
                     body_, ends_, tail());
}

}  // namespace opline::simulator::translation
