// Recording of executed instructions; see the header.
#include "runners/simulator/trace/tracer.h"

#include <algorithm>
#include <utility>

#include "runners/simulator/execute/execute.h"
#include "runners/simulator/execute/handlers.h"
#include "runners/simulator/execute/soft_float.h"
#include "runners/simulator/isa/decoder.h"
#include "runners/simulator/isa/prepare.h"
#include "runners/simulator/machine/bus.h"

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
  codes_.clear(traced_.size());
  cpu_.ops = traced_.data();
  cpu_.tracer = this;
  attached_ = true;
  start_again();
}

void Tracer::detach() {
  cpu_.ops = ops_;
  cpu_.tracer = nullptr;
  attached_ = false;
}

/// What has passed since the last slice is the next instruction's.
void Tracer::begin_slice() {
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
  if (begun_) carry_[CycleCause::exception] += static_cast<std::uint32_t>(cpu_.cycles - charged_);
  charged_ = cpu_.cycles;
  fetch_waits_ = cpu_.fetch_waits, data_waits_ = cpu_.data_waits;
}

void Tracer::start_again() {
  carry_ = {};
  stopped_ = false;
  charged_ = cpu_.cycles;
}

void Tracer::end_slice() {
  if (attached_) {
    if (pending_) charge_execution(cpu_.cycles);
    if (complete(cpu_.instructions)) deliver();
    charged_ = cpu_.cycles;
    if (done()) detach();
  }
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

void Tracer::completed() {
  if (!std::exchange(stopped_, false)) return;
  record_.cycles = std::exchange(carry_, {});
  record_.cycles[CycleCause::issue] += static_cast<std::uint32_t>(cpu_.cycles - charged_);
  charged_ = cpu_.cycles;
  deliver();
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
  charge_execution(cpu_.now(now));
  const bool completes = complete(cpu_.instructions + (now >> 32));
  if (completes && delivered_ + 1 == window_.instructions) deliver();
  if (done()) return go_back(from, now);
  const Handler real = real_handler(from);
  if (real == undecoded_handler() || real == breakpoint_handler()) {  // nothing is executed
    if (completes) deliver();
    handler = real, op = from, time = now;
    return;
  }
  op = from, time = now, handler = real;
  if (cpu_.pipeline != nullptr) step_pipeline(from, now, completes);
  if (completes) deliver();
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

/// The step of the two-issue pipeline, which shows what the branch before it has lost. Where that
/// was delivered when a slice ended, the loss is the next one's.
void Tracer::step_pipeline(const Op* from, Time now, bool branch_is_here) {
  const IssueInfo& info =
      cpu_.is_flash_op(from) ? cpu_.issue[from - cpu_.ops] : *cpu_.scratch_issue;
  time = cpu_.pipeline->step_noted(info, cpu_, cpu_.address_of(from), now, issued_);
  handler = info.run;
  CycleBreakdown& cycles = branch_is_here ? record_.cycles : carry_;
  if (begun_) cycles[CycleCause::branch] += issued_.branch_before;
  charged_ += issued_.branch_before;
}

/// Everything else before the instruction's own work: its record, and its line of flash.
void Tracer::issue(const Op* from, Handler real, Time now) {
  const std::uint32_t address = cpu_.address_of(from);
  if (!cpu_.is_flash_op(from)) scratch_code_ = traced_code(cpu_, address, *from);
  code_ = cpu_.is_flash_op(from) ? &codes_.at(cpu_, address, *from) : &scratch_code_;
  begin_record(from, *code_, cpu_.instructions + (now >> 32));
  if (cpu_.pipeline != nullptr) {
    record_.cycle = cpu_.now(time) - static_cast<std::uint64_t>(issued_.waited);
    record_.paired = issued_.paired;
    for (std::size_t i = 0; i < kCycleCauses; ++i)
      record_.cycles.by_cause[i] += issued_.cycles.by_cause[i];
  } else {
    if (real == line_entry_handler() || real == line_entry_conditional_handler())
      enter_line_of(address, code_->code.wide ? 4 : 2);
    record_.cycle = cpu_.now(time);
    record_.cycles[CycleCause::fetch] += static_cast<std::uint32_t>(record_.cycle - charged_);
  }
  charged_ = cpu_.now(time);
  fetch_waits_ = cpu_.fetch_waits, data_waits_ = cpu_.data_waits;
  begun_ = begun_ || ((!window_.from_address || *window_.from_address == address) &&
                      (!window_.from_cycle || *window_.from_cycle <= record_.cycle));
  pending_ = begun_;
  if (!begun_ || !window_.changes) return;
  r_ = cpu_.r, s_ = cpu_.s, apsr_ = application_status(cpu_), fpscr_ = cpu_.fpscr;
}

void Tracer::begin_record(const Op* from, const TracedCode& traced, std::uint64_t number) {
  const CodeAt& code = traced.code;
  stopped_ = false;
  record_.number = number;
  record_.address = cpu_.address_of(from);
  record_.bits = code.bits, record_.wide = code.wide;
  record_.in_it = code.in_it, record_.condition = code.condition;
  record_.executed = !code.in_it || passes(cpu_, code.condition);
  record_.paired = false;
  record_.exception = static_cast<std::uint16_t>(cpu_.exception);
  record_.exceptions = static_cast<std::uint16_t>(cpu_.bus->system.exceptions.active_count());
  record_.begin = charged_ - carry_.total();
  record_.cycles = std::exchange(carry_, {});
  const DataAccess access = data_access(traced.info, cpu_);
  record_.data = static_cast<DataUse>(access.kind);
  record_.data_address = access.address, record_.data_bytes = access.bytes;
}

/// As the handler would; it then finds the line entered.
void Tracer::enter_line_of(std::uint32_t address, unsigned bytes) {
  const std::uint32_t last = address - cpu_.flash_base + bytes - 2;
  if (!enter_quickly(&cpu_, last)) time = enter_line(&cpu_, last >> cpu_.flash.line_shift, time);
}

/// Gives what execution has taken up to `now` to the pending instruction, but for the fetch of a
/// branch's target, which is the next one's.
void Tracer::charge_execution(std::uint64_t now) {
  const auto fetch = static_cast<std::uint32_t>(cpu_.fetch_waits - fetch_waits_),
             data = static_cast<std::uint32_t>(cpu_.data_waits - data_waits_);
  fetch_waits_ += fetch, data_waits_ += data;
  const auto taken = static_cast<std::uint32_t>(now - charged_);
  charged_ = now;
  if (taken < fetch + data) return;  // it stopped the core, and its waits were taken back
  std::uint32_t rest = taken - fetch - data;
  carry_[CycleCause::fetch] += fetch;
  if (!pending_ || (rest == 0 && data == 0)) return;
  CycleBreakdown& cycles = record_.cycles;
  cycles[CycleCause::flash_data] += data;
  if (!record_.executed) {
    cycles[CycleCause::issue] += rest;
    return;
  }
  const std::uint32_t fixed = code_->fixed.total();
  if (rest < fixed) return charge_without_refill(rest);
  for (std::size_t i = 0; i < kCycleCauses; ++i) cycles.by_cause[i] += code_->fixed.by_cause[i];
  rest -= fixed;
  const IssueInfo& info = code_->info;
  // A divide is all known when it is executed, its first cycle included.
  if (fixed == 0 && rest != 0 && info.access == Access::none) ++cycles[CycleCause::issue], --rest;
  cycles[info.access != Access::none ? CycleCause::unaligned
         : info.jump != Jump::none   ? CycleCause::branch
                                     : CycleCause::multi_cycle] += rest;
}

/// A return from an exception, or a conditional branch out of the flash that is not taken.
void Tracer::charge_without_refill(std::uint32_t rest) {
  for (std::size_t i = 0; i < kCycleCauses; ++i) {
    if (static_cast<CycleCause>(i) == CycleCause::branch) continue;
    const std::uint32_t taken = std::min(rest, code_->fixed.by_cause[i]);
    record_.cycles.by_cause[i] += taken;
    rest -= taken;
  }
  record_.cycles[CycleCause::branch] += rest;
}

/// Whether the pending instruction is among the first `executed` since reset. One that is not has
/// stopped the core and will be executed again, unless it is completed(); the cycles that it took
/// are then its own, too.
bool Tracer::complete(std::uint64_t executed) {
  if (!std::exchange(pending_, false) || done()) return false;
  if (executed != record_.number) return true;
  for (std::size_t i = 0; i < kCycleCauses; ++i) carry_.by_cause[i] += record_.cycles.by_cause[i];
  stopped_ = true;
  return false;
}

void Tracer::deliver() {
  record_.sp = cpu_.r[13], record_.lr = cpu_.r[14];
  cpu_.fpscr |= soft_float::take_flags();
  if (window_.changes) add_changes();
  ++delivered_;
  try {
    sink_(record_);
    (void)soft_float::take_flags();  // of the sink's own arithmetic
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
