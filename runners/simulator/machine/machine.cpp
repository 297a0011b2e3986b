#include "runners/simulator/machine/machine.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>
#include <type_traits>
#include <utility>

#include "runners/simulator/execute/handlers.h"
#include "runners/simulator/machine/machine_impl.h"
#include "runners/simulator/timing/block_timing.h"
#include "src/base/error.h"

namespace opline::simulator {

Machine::Impl::Impl(board::Board b, board::Core c, std::shared_ptr<const ElfImage> i)
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

void Machine::Impl::make_pipeline() {
  static_assert(std::is_trivially_destructible_v<IssueInfo>);
  pipeline.emplace(board, *core.dual_issue);
  auto* const memory = static_cast<IssueInfo*>(std::calloc(ops.size(), sizeof(IssueInfo)));
  if (memory == nullptr) throw std::bad_alloc();
  issue.reset(memory);
  cpu.pipeline = &*pipeline;
  cpu.issue = issue.get();
  cpu.scratch_issue = &scratch_issue;
}

void Machine::Impl::set_pipeline(const std::optional<DualIssue>& to) {
  pipeline = to;
  if (blocks) blocks->forget_lines();
}

void Machine::Impl::load_flash_segments() {
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

void Machine::Impl::load_sram_segments() {
  std::fill(sram.begin(), sram.end(), std::uint8_t{0});
  for (const Segment& segment : image->segments()) {
    if (!inside(segment, board.sram.base, board.sram.bytes)) continue;
    std::memcpy(sram.data() + (segment.address - board.sram.base), segment.bytes.data(),
                segment.bytes.size());
  }
}

void Machine::Impl::point_cpu() {
  cpu.ops = ops.data();
  cpu.own_ops = ops.data();
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

void Machine::Impl::reset() {
  static_cast<CpuState&>(cpu) = CpuState{};
  cpu.flash = FlashTiming(board.flash);
  bus.peripherals = Peripherals(board);
  if (pipeline) set_pipeline(DualIssue(board, *core.dual_issue));
  bus.program_flash();
  bus.system = SystemControl(board.flash.alias);
  bus.semihosting = Semihosting();
  std::fill(itcm.begin(), itcm.end(), std::uint8_t{0});
  load_sram_segments();
  const std::uint32_t stack = flash_word(0), start = flash_word(4);
  const bool has_vectors =
      (start & 1) != 0 && cpu.in_flash(start) && stack - board.sram.base <= board.sram.bytes;
  cpu.r[13] = has_vectors ? stack & ~3U : board.sram.base + board.sram.bytes;
  cpu.r[14] = 0xFFFFFFFF;
  cpu.pc = (has_vectors ? start : image->entry()) & ~1U;
}

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
  auto& queue = impl_->bus.peripherals.uart.received;
  queue.insert(queue.end(), bytes.begin(), bytes.end());
}

std::string Machine::take_output() { return std::exchange(impl_->bus.peripherals.uart.sent, {}); }

std::string Machine::take_itm_output() { return std::exchange(impl_->bus.system.itm_output, {}); }
std::string Machine::take_semihosting_output() {
  return std::exchange(impl_->bus.semihosting.output, {});
}
std::optional<int> Machine::exit_status() const { return impl_->bus.semihosting.exit_status; }

std::vector<std::string> Machine::notes() const {
  if (!impl_->bus.system.has_used_mpu()) return {};
  return {
      "the MPU was switched on; its regions neither protect nor set attributes in the simulator"};
}

void Machine::pass_time(std::uint64_t cycles) { impl_->cpu.cycles += cycles; }
Stop Machine::step() { return impl_->step(); }
Stop Machine::run(Budget budget) { return impl_->run(budget); }

void Machine::stop_at_faults(bool on) { impl_->exception_model.stops_at_faults = on; }

std::optional<std::string> Machine::last_fault() const {
  const std::string& text = impl_->bus.system.exceptions.last_fault;
  return text.empty() ? std::nullopt : std::optional(text);
}

Machine::Snapshot Machine::save() const {
  auto data = std::make_unique<Snapshot::Data>();
  data->image = impl_->image.get();
  data->state = impl_->cpu;
  data->state.it = it_state(impl_->cpu);
  data->flash = impl_->cpu.flash;
  data->peripherals = impl_->bus.peripherals;
  data->system = impl_->bus.system;
  data->semihosting = impl_->bus.semihosting;
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
  impl_->bus.semihosting = data.semihosting;
  std::copy(data.sram.begin(), data.sram.end(), impl_->sram.begin());
  std::copy(data.itcm.begin(), data.itcm.end(), impl_->itcm.begin());
  impl_->resume_it_block();
  impl_->set_pipeline(data.pipeline);
  if (impl_->tracer) impl_->tracer->start_again();
}

std::uint64_t Machine::cycles() const { return impl_->cpu.cycles; }
std::uint64_t Machine::instructions() const { return impl_->cpu.instructions; }
std::optional<std::uint32_t> Machine::core_clock_hz() const {
  return impl_->bus.peripherals.core_clock_hz();
}
std::uint32_t Machine::flash_wait_states() const {
  return impl_->bus.peripherals.flash_access().wait_states;
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
  cpu.sleep = Sleep::none;
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

void Machine::do_not_stop_at(std::uint32_t address) {
  address &= ~1U;
  if (impl_->trigger != address) impl_->remove_breakpoint(address);
}

bool Machine::stops_at(std::uint32_t address) const {
  return impl_->trigger != address && impl_->cpu.breakpoints.contains(address);
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
