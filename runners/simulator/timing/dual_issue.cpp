#include "runners/simulator/timing/dual_issue.h"

#include <algorithm>
#include <bit>

namespace opline::simulator {
namespace {

std::uint32_t magnitude(std::uint32_t value) { return (value >> 31) != 0 ? 0 - value : value; }

}  // namespace

DualIssue::DualIssue(const board::Board& board, const board::DualIssueTiming& timing)
    : timing_(timing),
      flash_base_(board.flash.base),
      flash_bytes_(board.flash.bytes),
      alias_base_(board.flash.alias),
      btac_(timing.btac_entries) {
  // A result is needed a cycle earlier, in EX1, by addresses and shifted operands. A loaded word
  // comes a cycle later to the multiplier.
  early_gain_ = static_cast<std::int32_t>(timing.alu - timing.early_alu);
  later_.fill({0, 0, 1, 1});
  const auto of = [this](Result kind, Use use) -> std::int32_t& {
    return later_[static_cast<std::size_t>(kind)][static_cast<std::size_t>(use)];
  };
  of(Result::loaded_word, Use::multiplier) = 1;
  of(Result::loaded_word, Use::address) += static_cast<std::int32_t>(timing.rules.load_address);
  of(Result::product, Use::address) += static_cast<std::int32_t>(timing.rules.multiply_address);
  later_.back() = {0, 0, 2, 2};  // reversed early
  for (const board::Memory& memory : board.memories) {
    if (memory.kind == board::MemoryKind::dtcm)
      dtcm_base_ = memory.base, dtcm_bytes_ = memory.bytes;
    if (memory.kind == board::MemoryKind::itcm) itcm_bytes_ += memory.bytes;
    if (memory.kind != board::MemoryKind::sram) continue;
    if (cached_bytes_ == 0) cached_base_ = memory.base;
    cached_bytes_ += memory.bytes;
  }
  if (!board.caches) return;
  line_shift_ = static_cast<std::uint32_t>(std::countr_zero(board.caches->line_bytes));
  bus_latency_ = board.caches->bus_latency;
  sram_beats_ = board.caches->sram_beats;
  flash_beats_ = board.caches->flash_beats;
  instruction_ = L1Cache(board.caches->instruction, board.caches->line_bytes);
  data_ = L1Cache(board.caches->data, board.caches->line_bytes);
}

bool DualIssue::operator==(const DualIssue& other) const {
  const auto waits = [](const DualIssue& of, std::int64_t until) {
    return until > of.state_.cycle ? until - of.state_.cycle : 0;
  };
  return state_.relative().sees_the_same(other.state_.relative()) && btac_ == other.btac_ &&
         wait_states_ == other.wait_states_ && instruction_ == other.instruction_ &&
         data_ == other.data_ && fetch_line_ == other.fetch_line_ &&
         last_loaded_line_ == other.last_loaded_line_ &&
         last_stored_line_ == other.last_stored_line_ &&
         line_entered_ - state_.cycle == other.line_entered_ - other.state_.cycle &&
         waits(*this, flash_free_) == waits(other, other.flash_free_) &&
         waits(*this, sram_free_) == waits(other, other.sram_free_);
}

// ---- memories ----

void DualIssue::fetch(std::uint32_t address, std::uint32_t last_line) {
  const std::uint32_t first_line = address >> line_shift_;
  const std::int64_t asked = state_.cycle;
  if (first_line != fetch_line_) enter_line(first_line, first_line == fetch_line_ + 1);
  if (last_line != fetch_line_) enter_line(last_line, true);
  if (state_.cycle != asked) state_.units = kEverything;
}

void DualIssue::buffer_store(std::uint32_t bank, bool both_banks) {
  const board::DualIssueRules& rules = timing_.rules;
  if (rules.buffer_entries == 0) return;
  const auto last = state_.entry_free.begin() + rules.buffer_entries;
  const auto entry = std::min_element(state_.entry_free.begin(), last);
  state_.cycle = std::max(state_.cycle, *entry);
  std::int64_t start = std::max(state_.cycle, state_.bank_free[bank]);
  if (both_banks) start = std::max(start, state_.bank_free[1 - bank]);
  *entry = start + rules.buffer_entry;
  state_.bank_free[bank] = start + rules.buffer_bank;
  if (both_banks) state_.bank_free[1 - bank] = start + rules.buffer_bank;
}

bool DualIssue::is_unaligned(const IssueInfo& info, std::uint32_t address) {
  if (info.access == Access::load) return (address & (info.bytes - 1U)) != 0;
  return info.words % 2 == 0 && info.words != 0 && address % 8 != 0;
}

std::uint32_t DualIssue::unaligned_cycles(const IssueInfo& info) const {
  if (info.access == Access::store) return timing_.rules.store_multiple_alignment;
  const bool is_younger = (state_.units & kAnyPlace) != 0;
  return timing_.unaligned + (is_younger ? timing_.rules.unaligned_younger : 0);
}

void DualIssue::access_memory(const IssueInfo& info, std::uint32_t address) {
  const std::uint32_t bytes = info.words != 0 ? 4U * info.words : info.bytes;
  const std::uint32_t first = address >> line_shift_, last = (address + bytes - 1) >> line_shift_;
  const bool is_load = info.access == Access::load;
  if (is_unaligned(info, address)) state_.cycle += unaligned_cycles(info);
  for (std::uint32_t line = first; line <= last; ++line) {
    if (is_load) {
      load_line(line);
    } else {
      store_line(line);
    }
  }
}

// ---- causes, for traces ----

/// `waited`: cycles since the issue of the instruction before it; `earliest` as in issue().
void DualIssue::note_wait(const IssueInfo& info, std::int32_t earliest, std::int32_t waited,
                          Issued& issued) const {
  if (waited != 0) issued.cycles[CycleCause::issue] = 1;
  if (waited <= 1) return;
  CycleCause cause = CycleCause::store_buffer;  // of a word that was just stored
  const std::int32_t* const ready = state_.ready.front().data();
  for (unsigned i = 0; i < 4; ++i) {
    if (ready[info.source[i]] - info.advance[i] != earliest) continue;
    const bool loaded = issued.loaded[info.source[i] / kUses];
    cause = loaded || cause == CycleCause::load_use ? CycleCause::load_use : CycleCause::dependency;
  }
  issued.cycles[cause] = static_cast<std::uint32_t>(waited - 1);
}

void DualIssue::note_access(const IssueInfo& info, std::uint32_t address, std::int64_t waited,
                            Issued& issued) const {
  auto rest = static_cast<std::uint32_t>(waited);
  if (rest == 0) return;
  if (is_unaligned(info, address))
    issued.cycles[CycleCause::unaligned] = std::min(rest, unaligned_cycles(info));
  rest -= issued.cycles[CycleCause::unaligned];
  const bool over_itcm = alias_base_ != flash_base_ && address - alias_base_ < flash_bytes_;
  issued.cycles[info.access == Access::store ? CycleCause::store_buffer
                : over_itcm                  ? CycleCause::flash_data
                                             : CycleCause::data_cache] = rest;
}

// ---- branches ----

bool DualIssue::flags_were_early() const {
  return state_.jump_tests_flags &&
         state_.jump_cycle - state_.epoch - state_.ready[kFlags][0] + timing_.alu >=
             timing_.flags_early;
}

void DualIssue::follow_branch(std::uint32_t address) {
  const bool taken = address != state_.next_address;
  follow(taken, branch_loss(address, taken, flags_were_early()));
}

void DualIssue::follow(bool taken, std::int64_t loss) {
  state_.cycle += loss;
  // A predicted branch in the older place leaves the younger to its target.
  if (loss != 0 || (taken && timing_.rules.branch_target_pair == 0)) state_.units = kEverything;
}

std::uint32_t DualIssue::divide_cycles(const IssueInfo& info, const Cpu& cpu) const {
  std::uint32_t n = cpu.r[info.base], d = cpu.r[info.index];
  if ((info.flags & IssueInfo::kSignedDivide) != 0) n = magnitude(n), d = magnitude(d);
  const int bits = std::countl_zero(d) - std::countl_zero(n) + 1;
  if (n == 0 || d == 0 || bits <= 0) return timing_.divide_min;
  return timing_.divide_min +
         (static_cast<std::uint32_t>(bits) * (timing_.divide_max - timing_.divide_min) + 31) / 32;
}

std::uint32_t DualIssue::further_cycles(const IssueInfo& info, const Cpu& cpu,
                                        bool executes) const {
  const bool divides = (info.flags & (IssueInfo::kSignedDivide | IssueInfo::kUnsignedDivide)) != 0;
  if (divides) return executes ? divide_cycles(info, cpu) - 1 : 0;
  return executes || timing_.rules.skipped_multiple != 0 ? info.issue_cycles - 1U : 0;
}

void DualIssue::restart(std::uint32_t address) {
  const std::int64_t cycle = state_.cycle;
  state_ = {};
  state_.cycle = cycle;
  state_.renew_epoch();
  state_.next_address = address;
  fetch_line_ = kNoLine;
}

// ---- what the firmware programs ----

void DualIssue::enable_caches(bool instruction, bool data) {
  instruction_cache_on_ = instruction;
  data_cache_on_ = data;
  last_loaded_line_ = last_stored_line_ = fetch_line_ = kNoLine;
  state_.attention = true;
}

void DualIssue::invalidate_instructions() {
  instruction_.clear();
  fetch_line_ = kNoLine;
  state_.attention = true;
}

void DualIssue::forget_branches() { std::fill(btac_.begin(), btac_.end(), Branch{}); }

// DDI 0403, B2.2.7: way in the highest bits, set above the bits of a line.
void DualIssue::maintain_slot(std::uint32_t set_way, bool clean, bool invalidate) {
  const auto way_bits = static_cast<std::uint32_t>(std::bit_width(data_.ways() - 1));
  const std::uint32_t way = way_bits == 0 ? 0 : set_way >> (32 - way_bits);
  const std::uint32_t set = set_way >> line_shift_ & (data_.sets() - 1);
  if (data_.clean_slot(set, way, invalidate) != 0 && clean) write_back();
  last_loaded_line_ = last_stored_line_ = kNoLine;
}

void DualIssue::maintain_line(std::uint32_t address, bool clean, bool invalidate) {
  if (data_.clean_line(address >> line_shift_, invalidate) != 0 && clean) write_back();
  last_loaded_line_ = last_stored_line_ = kNoLine;
}

std::uint32_t DualIssue::cache_geometry(bool instruction) const {
  const L1Cache& cache = instruction ? instruction_ : data_;
  return 0xF0000000U | (cache.sets() - 1) << 13 | (cache.ways() - 1) << 3 | (line_shift_ - 4);
}

}  // namespace opline::simulator
