// Recording of executed instructions; see the header.
#include "runners/simulator/trace/tracer.h"

#include <utility>

#include "runners/simulator/execute/execute.h"
#include "runners/simulator/execute/handlers.h"
#include "runners/simulator/isa/decoder.h"
#include "runners/simulator/isa/prepare.h"
#include "runners/simulator/timing/dual_issue.h"

namespace opline::simulator {
namespace {

void traced(const Op* op, Cpu* cpu, Time time) {
  cpu->tracer->enter(op, time);
  const Tracer* const tracer = cpu->tracer;
  OPLINE_JUMP(tracer->handler, tracer->op, tracer->time);
}

}  // namespace

Handler traced_handler() { return traced; }

Tracer::Tracer(Cpu& cpu, Op* ops, TraceWindow window, TraceSink sink)
    : cpu_(cpu), ops_(ops), window_(window), sink_(std::move(sink)) {}

void Tracer::attach() {
  Op first;
  first.run = traced;
  traced_.assign(cpu_.flash_bytes / 2 + 2, first);
  cpu_.ops = traced_.data();
  cpu_.tracer = this;
  attached_ = true;
}

void Tracer::detach() {
  cpu_.ops = ops_;
  cpu_.tracer = nullptr;
  attached_ = false;
}

void Tracer::end_slice() {
  if (attached_) {
    complete(cpu_.instructions);
    if (done()) detach();
  }
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

void Tracer::wrap_scratch() {
  if (!attached_) return;
  scratch_handler_ = cpu_.scratch[0].run;
  cpu_.scratch[0].run = traced;
}

/// What the instruction does, decoded where it never was; its Op in the traced table is then a copy
/// but for the beginning.
Handler Tracer::real_handler(const Op* from) {
  if (!cpu_.is_flash_op(from)) return scratch_handler_;
  const std::ptrdiff_t index = from - cpu_.ops;
  const std::uint32_t address = cpu_.address_of(from);
  Op& real = ops_[index];
  if (!cpu_.in_flash(address)) return real.run;  // the end of the flash
  const auto found = cpu_.breakpoints.find(address);
  const bool stops = found != cpu_.breakpoints.end();
  if ((stops ? found->second : real.run) == undecoded_handler()) {
    cpu_.ops = ops_;
    install(cpu_, address);
    cpu_.ops = traced_.data();
  }
  Op& copy = traced_[static_cast<std::size_t>(index)];
  copy = real;
  copy.run = traced;
  if (!stops) return real.run;
  if (std::exchange(cpu_.past_breakpoint, nullptr) != from) return breakpoint_handler();
  return cpu_.breakpoints.at(address);
}

void Tracer::enter(const Op* from, Time now) {
  complete(cpu_.instructions + (now >> 32));
  if (done()) return go_back(from, now);
  const Handler real = real_handler(from);
  if (real == undecoded_handler() || real == breakpoint_handler()) {  // nothing is executed
    handler = real, op = from, time = now;
    return;
  }
  issue(from, real, now);
}

/// The window is full: on in the machine's own table.
void Tracer::go_back(const Op* from, Time now) {
  const bool in_flash = cpu_.is_flash_op(from);
  op = in_flash ? ops_ + (from - cpu_.ops) : from;
  if (cpu_.past_breakpoint == from) cpu_.past_breakpoint = op;
  handler = in_flash ? op->run : scratch_handler_;
  time = now;
  cpu_.ops = ops_;
  attached_ = false;  // Cpu::tracer stays until the slice ends: the caller reads where to go on
}

/// Everything before the instruction's own work: its line of flash, or its step of the pipeline.
void Tracer::issue(const Op* from, Handler real, Time now) {
  const CodeAt code = code_of(cpu_, cpu_.address_of(from), from);
  record_.number = cpu_.instructions + (now >> 32);
  record_.address = cpu_.address_of(from);
  record_.bits = code.bits, record_.wide = code.wide;
  record_.in_it = code.in_it, record_.condition = code.condition;
  record_.executed = !code.in_it || passes(cpu_, code.condition);
  record_.paired = false;
  op = from, time = now, handler = real;
  if (cpu_.pipeline != nullptr) {
    const bool in_flash = cpu_.is_flash_op(from);
    const IssueInfo& info = in_flash ? cpu_.issue[from - cpu_.ops] : *cpu_.scratch_issue;
    DualIssue::Issued issued;
    time = cpu_.pipeline->step_noted(info, cpu_, record_.address, now, issued);
    record_.cycle = cpu_.now(time) - static_cast<std::uint64_t>(issued.waited);
    record_.paired = issued.paired;
    handler = info.run;
  } else {
    if (real == line_entry_handler() || real == line_entry_conditional_handler())
      enter_line_of(record_.address, code.wide ? 4 : 2);
    record_.cycle = cpu_.now(time);
  }
  begun_ = begun_ || ((!window_.from_address || *window_.from_address == record_.address) &&
                      (!window_.from_cycle || *window_.from_cycle <= record_.cycle));
  if (!begun_) return;
  pending_ = true;
  r_ = cpu_.r, s_ = cpu_.s, apsr_ = application_status(cpu_), fpscr_ = cpu_.fpscr;
}

/// As the handler would; it then finds the line entered.
void Tracer::enter_line_of(std::uint32_t address, unsigned bytes) {
  const std::uint32_t last = address - cpu_.flash_base + bytes - 2;
  if (!enter_quickly(&cpu_, last)) time = enter_line(&cpu_, last >> cpu_.flash.line_shift, time);
}

/// `executed`: instructions since reset. A pending one that is not among them stopped the core and
/// will be executed again.
void Tracer::complete(std::uint64_t executed) {
  if (!std::exchange(pending_, false) || executed == record_.number || done()) return;
  add_changes();
  ++delivered_;
  try {
    sink_(record_);
  } catch (...) {
    failure_ = std::current_exception();
    delivered_ = window_.instructions;
    cpu_.slice = 0;  // stops where the next branch is taken
  }
}

void Tracer::add_changes() {
  auto& changes = record_.changes;
  changes.clear();
  const auto compare = [&](unsigned which, std::uint32_t before, std::uint32_t after) {
    if (before != after) changes.push_back({static_cast<std::uint8_t>(which), after});
  };
  for (unsigned i = 0; i < 15; ++i) compare(i, r_[i], cpu_.r[i]);
  compare(RegisterChange::kApsr, apsr_, application_status(cpu_));
  for (unsigned i = 0; i < 32; ++i) compare(RegisterChange::kSingle0 + i, s_[i], cpu_.s[i]);
  compare(RegisterChange::kFpscr, fpscr_, cpu_.fpscr);
}

}  // namespace opline::simulator
