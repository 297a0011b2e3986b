#include "runners/simulator/machine/machine.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

#include "runners/simulator/execute/execute.h"
#include "runners/simulator/execute/handlers.h"
#include "runners/simulator/isa/prepare.h"
#include "runners/simulator/machine/bus.h"
#include "runners/simulator/timing/dual_issue.h"
#include "runners/simulator/trace/tracer.h"
#include "runners/simulator/translate/translation.h"
#include "src/base/error.h"

namespace opline::simulator {

const char* to_text(StopReason reason) {
  switch (reason) {
    case StopReason::running:
      return "running";
    case StopReason::waiting_for_input:
      return "waiting for input";
    case StopReason::budget_exhausted:
      return "budget exhausted";
    case StopReason::breakpoint:
      return "breakpoint";
    case StopReason::fault:
      return "fault";
    case StopReason::unknown_instruction:
      return "unknown instruction";
    case StopReason::stack_overflow:
      return "stack overflow";
    case StopReason::endless_loop:
      return "endless loop";
  }
  return "?";
}

struct Machine::Snapshot::Data {
  const ElfImage* image = nullptr;
  CpuState state;
  FlashTiming flash;
  Stm32Peripherals peripherals;
  SystemControl system;
  std::vector<std::uint8_t> sram, itcm;
  std::optional<DualIssue> pipeline;
};

namespace {

/// So that the 32-bit cycle count of a slice never wraps, whatever is executed without a taken
/// branch after its end.
constexpr std::uint64_t kLongestSlice = 1U << 30;

}  // namespace

struct Machine::Impl {
  board::Board board;
  board::Core core;
  std::shared_ptr<const ElfImage> image;
  std::vector<std::uint8_t> flash, sram, itcm;
  std::vector<Op> ops;  // one a halfword, and one behind the last
  std::optional<DualIssue> pipeline;
  std::unique_ptr<IssueInfo[], void (*)(void*)> issue{
      nullptr, std::free};  // as `ops`; pages come as code is decoded
  IssueInfo scratch_issue;
  Cpu cpu;
  Bus bus;
  bool at_breakpoint = false;  ///< The last run stopped at one, which the next run passes.
  std::unique_ptr<Tracer> tracer;
  std::unique_ptr<BlockTiming> blocks;
  std::span<const Translation::Entry> translated;  ///< Empty without a translation.
  std::optional<std::uint32_t>
      trigger;  ///< A breakpoint of the tracer's own, where its window begins.

  Impl(board::Board b, board::Core c, std::shared_ptr<const ElfImage> i)
      : board(std::move(b)), core(std::move(c)), image(std::move(i)), bus(cpu, board) {
    flash.assign(board.flash.bytes, 0xFF);  // erased
    sram.assign(board.sram.bytes, 0);
    Op undecoded;
    undecoded.run = undecoded_handler();
    ops.assign(board.flash.bytes / 2 + 2, undecoded);
    for (const board::Memory& memory : board.memories) {
      if (memory.kind != board::MemoryKind::itcm) continue;
      itcm.assign(memory.bytes, 0);
      cpu.itcm_base = memory.base;
      cpu.itcm_bytes = memory.bytes;
    }
    load_flash_segments();
    point_cpu();
    if (core.dual_issue) make_pipeline();
  }

  void make_pipeline() {
    static_assert(std::is_trivially_destructible_v<IssueInfo>);
    pipeline.emplace(board, *core.dual_issue);
    auto* const memory = static_cast<IssueInfo*>(std::calloc(ops.size(), sizeof(IssueInfo)));
    if (memory == nullptr) throw std::bad_alloc();
    issue.reset(memory);
    cpu.pipeline = &*pipeline;
    cpu.issue = issue.get();
    cpu.scratch_issue = &scratch_issue;
  }

  static bool inside(const Segment& segment, std::uint32_t base, std::uint32_t bytes) {
    return segment.address >= base && segment.address - base <= bytes &&
           segment.bytes.size() <= bytes - (segment.address - base);
  }

  void load_flash_segments() {
    for (const Segment& segment : image->segments()) {
      if (inside(segment, board.flash.base, board.flash.bytes)) {
        std::memcpy(flash.data() + (segment.address - board.flash.base), segment.bytes.data(),
                    segment.bytes.size());
      } else if (!inside(segment, board.sram.base, board.sram.bytes)) {
        throw Error(ErrorCode::input,
                    "{}: a segment of {} bytes at {:#010x} is outside the flash and SRAM of {}; "
                    "link it for "
                    "this board",
                    image->name(), segment.bytes.size(), segment.address, board.name);
      }
    }
  }

  void load_sram_segments() {
    std::fill(sram.begin(), sram.end(), std::uint8_t{0});
    for (const Segment& segment : image->segments()) {
      if (!inside(segment, board.sram.base, board.sram.bytes)) continue;
      std::memcpy(sram.data() + (segment.address - board.sram.base), segment.bytes.data(),
                  segment.bytes.size());
    }
  }

  void point_cpu() {
    cpu.ops = ops.data();
    cpu.sram = sram.data();
    cpu.flash_data = flash.data();
    cpu.itcm = itcm.data();
    cpu.fpu = board.fpu;
    cpu.sram_base = board.sram.base;
    cpu.sram_bytes = board.sram.bytes;
    cpu.flash_base = board.flash.base;
    cpu.flash_bytes = board.flash.bytes;
    cpu.flash_alias = board.flash.alias;
    cpu.bus = &bus;
    cpu.core = &core;
    cpu.stack_limit = image->symbol("opline_stack_limit").value_or(0);
    cpu.resume.run = resume_scratch_handler();
  }

  std::uint32_t flash_word(std::uint32_t offset) const {
    std::uint32_t word = 0;
    std::memcpy(&word, flash.data() + offset, sizeof word);
    return word;
  }

  void reset() {
    static_cast<CpuState&>(cpu) = CpuState{};
    cpu.flash = FlashTiming(board.flash);
    bus.peripherals = Stm32Peripherals(board);
    if (pipeline) pipeline.emplace(board, *core.dual_issue);
    bus.system = SystemControl();
    std::fill(itcm.begin(), itcm.end(), std::uint8_t{0});
    load_sram_segments();
    const std::uint32_t stack = flash_word(0), start = flash_word(4);
    const bool has_vectors =
        (start & 1) != 0 && cpu.in_flash(start) && stack - board.sram.base <= board.sram.bytes;
    cpu.r[13] = has_vectors ? stack & ~3U : board.sram.base + board.sram.bytes;
    cpu.r[14] = 0xFFFFFFFF;
    cpu.pc = (has_vectors ? start : image->entry()) & ~1U;
  }

  /// Where to go on, as an Op. The first instruction after a stop enters its flash line if that was
  /// left.
  const Op* resume_point() {
    if (cpu.in_flash(cpu.pc)) {
      const std::uint32_t offset = cpu.pc - cpu.flash_base;
      if (offset >> cpu.flash.line_shift != cpu.flash.current_line)
        cpu.time = enter_line(&cpu, offset >> cpu.flash.line_shift, cpu.time);
      return cpu.ops + offset / 2;
    }
    cpu.scratch_pc = cpu.pc;
    cpu.flash.leave();
    return &cpu.resume;
  }

  void run_slice(std::uint64_t most_cycles) {
    cpu.slice = static_cast<std::uint32_t>(std::min(most_cycles, kLongestSlice));
    cpu.time = 0;
    cpu.reason = StopReason::running;
    if (tracer) tracer->begin_slice();
    cpu.at = resume_point();
    cpu.past_breakpoint = at_breakpoint ? cpu.at : nullptr;
    run_ops(cpu);
    at_breakpoint = cpu.reason == StopReason::breakpoint;
    cpu.pc = cpu.address_of(cpu.at);
    if (pipeline) pipeline->stopped_at(cpu.pc, cpu.reason == StopReason::budget_exhausted);
    cpu.cycles += cycles_of(cpu.time);
    cpu.instructions += cpu.time >> 32;
    cpu.time = 0;
    if (tracer) tracer->end_slice();
  }

  /// Where the next slice of a run that may last to `end` must end for the tracer's sake.
  std::uint64_t approach_trace(std::uint64_t end) {
    if (!tracer || tracer->attached()) return end;
    if (tracer->done()) {
      end_trace();
      return end;
    }
    const TraceWindow& window = tracer->window();
    if (window.from_cycle && *window.from_cycle > cpu.cycles + Tracer::kLead)
      return std::min(end, *window.from_cycle - Tracer::kLead);
    if (!window.from_address || !cpu.in_flash(*window.from_address) || at_beginning(window)) {
      remove_trigger();
      tracer->attach();
    } else if (!trigger && !cpu.breakpoints.contains(*window.from_address)) {
      set_breakpoint(*window.from_address);
      trigger = window.from_address;
    }
    return end;
  }

  /// Execution has reached the address where the window begins, and passed over it often enough.
  bool at_beginning(const TraceWindow& window) {
    if (window.from_address != cpu.pc) return false;
    if (!tracer->passes_over()) return true;
    if (at_breakpoint && trigger == cpu.pc) tracer->pass_over();
    return false;
  }

  /// The run stopped where only the tracer wanted it to.
  bool at_trigger() const { return cpu.reason == StopReason::breakpoint && trigger == cpu.pc; }

  void set_breakpoint(std::uint32_t address) {
    Op& op = ops[(address - board.flash.base) / 2];
    if (cpu.breakpoints.emplace(address, op.run).second) op.run = breakpoint_handler();
  }

  /// Translated code looks at no breakpoint and reports nothing to a tracer.
  void choose_engine() {
    const bool may = cpu.breakpoints.empty() && !tracer;
    if (translated.empty() || may != cpu.entries.empty()) return;
    if (may) {
      for (const Translation::Entry& entry : translated) {
        Op& op = ops[(entry.address - board.flash.base) / 2];
        cpu.entries.emplace(entry.address, std::exchange(op.run, entry.run));
      }
    } else {
      for (const auto& [address, run] : cpu.entries)
        ops[(address - board.flash.base) / 2].run = run;
      cpu.entries.clear();
    }
  }

  bool use(const Translation& translation) {
    if (digest_of(cpu, translation.addresses) != translation.digest) return false;
    for (const std::uint32_t address : translation.addresses)  // an IT block with its IT
      if (ops[(address - board.flash.base) / 2].run == undecoded_handler()) install(cpu, address);
    translated = translation.entries;
    if (pipeline) {
      blocks = std::make_unique<BlockTiming>(*pipeline, cpu, translation.blocks);
      cpu.blocks = blocks.get();
    }
    return true;
  }

  void remove_trigger() {
    if (!trigger) return;
    const auto found = cpu.breakpoints.find(*trigger);
    ops[(*trigger - board.flash.base) / 2].run = found->second;
    cpu.breakpoints.erase(found);
    trigger.reset();
    at_breakpoint = false;
  }

  void end_trace() {
    remove_trigger();
    if (tracer) tracer->detach();
    tracer.reset();
  }

  Stop run(Budget budget) {
    const std::uint64_t end =
        budget.cycles > UINT64_MAX - cpu.cycles ? UINT64_MAX : cpu.cycles + budget.cycles;
    do {
      if (cpu.cycles >= end) {
        cpu.reason = StopReason::budget_exhausted;
        break;
      }
      const std::uint64_t slice_end = approach_trace(end);
      choose_engine();
      run_slice(slice_end - cpu.cycles);
    } while (cpu.reason == StopReason::budget_exhausted || at_trigger());
    if (cpu.reason == StopReason::budget_exhausted) cpu.why = "the cycles it was given are used up";
    return {cpu.reason, cpu.pc, describe_stop()};
  }

  /// Why and where; what went wrong also says which instruction.
  std::string describe_stop() const {
    std::string text =
        fmt::format("{} at {:#010x} (in {})", cpu.why, cpu.pc, image->describe(cpu.pc));
    const bool wrong = cpu.reason == StopReason::fault ||
                       cpu.reason == StopReason::stack_overflow ||
                       cpu.reason == StopReason::endless_loop;
    if (!wrong) return text;
    const std::string instruction = instruction_text(cpu, cpu.pc, cpu.at);
    return instruction.empty() ? text : text + ": " + instruction;
  }
};

Machine::Machine(board::Board board, board::Core core, std::shared_ptr<const ElfImage> image)
    : impl_(std::make_unique<Impl>(std::move(board), std::move(core), std::move(image))) {
  reset();
}
Machine::~Machine() = default;
Machine::Machine(Machine&&) noexcept = default;
Machine& Machine::operator=(Machine&&) noexcept = default;

void Machine::reset() {
  impl_->at_breakpoint = false;
  impl_->reset();
  if (impl_->tracer) impl_->tracer->start_again();
}

void Machine::send(std::string_view bytes) {
  auto& queue = impl_->bus.peripherals.received;
  queue.insert(queue.end(), bytes.begin(), bytes.end());
}

std::string Machine::take_output() { return std::exchange(impl_->bus.peripherals.sent, {}); }

Stop Machine::run(Budget budget) { return impl_->run(budget); }

Machine::Snapshot Machine::save() const {
  auto data = std::make_unique<Snapshot::Data>();
  data->image = impl_->image.get();
  data->state = impl_->cpu;
  data->flash = impl_->cpu.flash;
  data->peripherals = impl_->bus.peripherals;
  data->system = impl_->bus.system;
  data->sram = impl_->sram;
  data->itcm = impl_->itcm;
  data->pipeline = impl_->pipeline;
  return Snapshot(std::move(data));
}

void Machine::restore(const Snapshot& snapshot) {
  const Snapshot::Data& data = *snapshot.data_;
  OPLINE_ASSERT(data.image == impl_->image.get() && data.sram.size() == impl_->sram.size(),
                "the snapshot is of another image or board");
  static_cast<CpuState&>(impl_->cpu) = data.state;
  impl_->at_breakpoint = false;
  impl_->cpu.flash = data.flash;
  impl_->bus.peripherals = data.peripherals;
  impl_->bus.system = data.system;
  std::copy(data.sram.begin(), data.sram.end(), impl_->sram.begin());
  std::copy(data.itcm.begin(), data.itcm.end(), impl_->itcm.begin());
  impl_->pipeline = data.pipeline;
  if (impl_->tracer) impl_->tracer->start_again();
}

std::uint64_t Machine::cycles() const { return impl_->cpu.cycles; }
std::uint64_t Machine::instructions() const { return impl_->cpu.instructions; }
std::optional<std::uint32_t> Machine::core_clock_hz() const {
  return impl_->bus.peripherals.core_clock_hz();
}
std::uint32_t Machine::flash_wait_states() const {
  return impl_->bus.peripherals.flash_access_control() & 0xF;
}
std::optional<std::uint32_t> Machine::uart_baud() const {
  return impl_->bus.peripherals.uart_baud();
}

Registers Machine::registers() const {
  const Cpu& cpu = impl_->cpu;
  Registers all;
  all.r = cpu.r;
  all.r[15] = cpu.pc;
  all.apsr = application_status(cpu);
  all.s = cpu.s;
  all.fpscr = cpu.fpscr;
  return all;
}

void Machine::set_registers(const Registers& all) {
  Cpu& cpu = impl_->cpu;
  impl_->at_breakpoint = false;
  cpu.r = all.r;
  cpu.r[13] &= ~3U;
  cpu.pc = all.r[15] & ~1U;
  cpu.it = 0;
  if (impl_->pipeline) impl_->pipeline->restart(cpu.pc);
  set_nzcv(cpu, all.apsr);
  cpu.q = all.apsr >> 27 & 1;
  cpu.ge = all.apsr >> 16 & 0xF;
  cpu.s = all.s;
  cpu.fpscr = all.fpscr;
}

std::string Machine::read_memory(std::uint32_t address, std::uint32_t bytes) const {
  const auto take = [&](const std::vector<std::uint8_t>& memory, std::uint32_t base) {
    return std::string(reinterpret_cast<const char*>(memory.data()) + (address - base), bytes);
  };
  for (const auto& [memory, base] : {std::pair(&impl_->flash, impl_->board.flash.base),
                                     std::pair(&impl_->sram, impl_->board.sram.base)}) {
    if (address >= base && address - base <= memory->size() &&
        bytes <= memory->size() - (address - base))
      return take(*memory, base);
  }
  throw Error(ErrorCode::device, "{:#010x}: {} bytes there are not in the board's flash or SRAM",
              address, bytes);
}

void Machine::write_memory(std::uint32_t address, std::string_view bytes) {
  const std::uint32_t base = impl_->board.sram.base;
  if (address < base || address - base > impl_->sram.size() ||
      bytes.size() > impl_->sram.size() - (address - base)) {
    throw Error(ErrorCode::device, "{:#010x}: {} bytes there are not in the board's SRAM", address,
                bytes.size());
  }
  std::memcpy(impl_->sram.data() + (address - base), bytes.data(), bytes.size());
}

void Machine::write_flash(std::uint32_t address, std::string_view bytes) {
  const std::uint32_t base = impl_->board.flash.base;
  const std::uint64_t offset = address - base;
  if (address < base || offset > impl_->flash.size() ||
      bytes.size() > impl_->flash.size() - offset) {
    throw Error(ErrorCode::device, "{:#010x}: {} bytes there are not in the board's flash", address,
                bytes.size());
  }
  if (has_executed(address, bytes.size())) {
    throw Error(ErrorCode::device,
                "{:#010x}: code was executed in the {} bytes there; data cannot "
                "replace it",
                address, bytes.size());
  }
  std::copy(bytes.begin(), bytes.end(), impl_->flash.begin() + static_cast<std::ptrdiff_t>(offset));
}

bool Machine::has_executed(std::uint32_t address, std::size_t bytes) const {
  const std::uint64_t offset = address - impl_->board.flash.base;
  const std::uint64_t last = std::min<std::uint64_t>((offset + bytes + 1) / 2, impl_->ops.size());
  for (std::uint64_t halfword = offset / 2; halfword < last; ++halfword) {
    if (impl_->ops[halfword].run != undecoded_handler()) return true;
  }
  return false;
}

void Machine::stop_at(std::uint32_t address) {
  if (!impl_->cpu.in_flash(address))
    throw Error(ErrorCode::device, "{:#010x}: breakpoints are for code in flash", address);
  address &= ~1U;
  if (impl_->trigger == address) impl_->trigger.reset();  // it is the caller's now
  impl_->set_breakpoint(address);
}

void Machine::trace(TraceWindow window, TraceSink sink) {
  const Cpu& cpu = impl_->cpu;
  if (window.instructions == 0)
    throw Error(ErrorCode::usage, "a trace has one instruction or more");
  if (window.from_address) {
    if (!cpu.in_flash(*window.from_address) && !cpu.in_ram(*window.from_address))
      throw Error(ErrorCode::usage,
                  "{:#010x}: a trace begins at code in the board's flash, SRAM or ITCM",
                  *window.from_address);
    window.from_address = *window.from_address & ~1U;
  }
  impl_->end_trace();
  impl_->tracer = std::make_unique<Tracer>(impl_->cpu, impl_->ops.data(), window, std::move(sink));
}

void Machine::finish_trace() {
  if (impl_->tracer) impl_->tracer->finish();
}
void Machine::stop_tracing() { impl_->end_trace(); }
bool Machine::tracing() const { return impl_->tracer != nullptr && !impl_->tracer->done(); }

bool Machine::use(const Translation& translation) { return impl_->use(translation); }
const Cpu& Machine::cpu() const { return impl_->cpu; }
const ElfImage& Machine::image() const { return *impl_->image; }
const board::Board& Machine::board() const { return impl_->board; }
const board::Core& Machine::core() const { return impl_->core; }

Machine::Snapshot::Snapshot(std::unique_ptr<Data> data) : data_(std::move(data)) {}
Machine::Snapshot::Snapshot(const Snapshot& other) : data_(std::make_unique<Data>(*other.data_)) {}
Machine::Snapshot::Snapshot(Snapshot&&) noexcept = default;
Machine::Snapshot& Machine::Snapshot::operator=(const Snapshot& other) {
  data_ = std::make_unique<Data>(*other.data_);
  return *this;
}
Machine::Snapshot& Machine::Snapshot::operator=(Snapshot&&) noexcept = default;
Machine::Snapshot::~Snapshot() = default;
bool Machine::Snapshot::operator==(const Snapshot& other) const {
  const Data &a = *data_, &b = *other.data_;
  if (a.pipeline.has_value() != b.pipeline.has_value() ||
      (a.pipeline && !(*a.pipeline == *b.pipeline)))
    return false;
  return a.state == b.state && (a.pipeline || a.flash == b.flash) && a.sram == b.sram &&
         a.itcm == b.itcm;
}

}  // namespace opline::simulator
