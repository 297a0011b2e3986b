#include "runners/simulator/translate/meaning.h"

#include <map>
#include <string_view>
#include <utility>

#include "runners/simulator/execute/execute.h"
#include "runners/simulator/execute/handlers.h"
#include "runners/simulator/execute/semantics/parallel.h"

namespace opline::simulator::translation {
namespace {

/// The name of a type as GCC and Clang spell it, which is how a source file may, too.
template <typename Type>
std::string name_of() {
  const std::string_view text = __PRETTY_FUNCTION__;
  const std::size_t begin = text.find("Type = ") + 7, end = text.find_first_of(";]", begin);
  return std::string(text.substr(begin, end - begin));
}

/// Calls make<0>() to make<kCount - 1>() as make(std::integral_constant).
template <unsigned kCount>
void for_each_index(auto make) {
  [&]<unsigned... kIndices>(std::integer_sequence<unsigned, kIndices...>) {
    (make(std::integral_constant<unsigned, kIndices>{}), ...);
  }
  (std::make_integer_sequence<unsigned, kCount>{});
}

class Vocabulary {
 public:
  Vocabulary() {
    data_processing();
    multiplies();
    parallel();
    memory();
    branches();
  }

  const Meaning& operator[](Handler handler) const {
    static const Meaning other;
    const auto found = meanings_.find(handler);
    return found == meanings_.end() ? other : found->second;
  }

 private:
  template <typename Operation>
  Meaning& add(unsigned reads, unsigned writes = kRd) {
    Meaning& meaning = meanings_[handler<Operation>()];
    meaning.form = Form::operation;
    meaning.operation = name_of<Operation>();
    meaning.reads = static_cast<std::uint8_t>(reads);
    meaning.writes = static_cast<std::uint8_t>(writes);
    return meaning;
  }
  Meaning& add(Handler handler, Form form, unsigned reads, unsigned writes) {
    Meaning& meaning = meanings_[handler];
    meaning.form = form;
    meaning.reads = static_cast<std::uint8_t>(reads);
    meaning.writes = static_cast<std::uint8_t>(writes);
    return meaning;
  }

  template <Alu kAlu, Operand kOperand>
  void add_data_processing() {
    const bool has_rn = kAlu != Alu::mov && kAlu != Alu::mvn,
               takes_carry = kAlu == Alu::adc || kAlu == Alu::sbc || kOperand == Operand::rrx;
    const unsigned reads = (has_rn ? kRn : 0U) | (kOperand == Operand::imm ? 0U : kRm),
                   writes = keeps_result(kAlu) ? kRd : 0U;
    Meaning& quiet = add<DataProcessing<kAlu, kOperand, false>>(reads, writes);
    quiet.reads_flags = takes_carry;
    Meaning& loud = add<DataProcessing<kAlu, kOperand, true>>(reads, writes);
    loud.reads_flags = takes_carry;
    loud.sets = is_logical(kAlu) ? Sets::some : Sets::all;
    if (keeps_result(kAlu)) loud.without_flags = quiet.operation;
  }

  template <Operand kShift>
  void add_shift() {
    const Meaning& quiet = add<ShiftByRegister<kShift, false>>(kRn | kRm);
    Meaning& loud = add<ShiftByRegister<kShift, true>>(kRn | kRm);
    loud.sets = Sets::some;
    loud.without_flags = quiet.operation;
  }

  void data_processing() {
    for_each_index<kAluOperations>([&](auto alu) {
      for_each_index<kOperandForms>([&](auto operand) {
        add_data_processing<static_cast<Alu>(alu()), static_cast<Operand>(operand())>();
      });
    });
    add_shift<Operand::lsl>();
    add_shift<Operand::lsr>();
    add_shift<Operand::asr>();
    add_shift<Operand::ror>();
    add<MoveTop>(kRd);
    add<InsertBits>(kRd | kRn);
    add<ClearBits>(kRd);
    add<ExtractUnsigned>(kRn);
    add<ExtractSigned>(kRn);
    add<CountLeadingZeros>(kRm);
    add<ReverseBits>(kRm);
    add<ReverseBytes>(kRm);
    add<ReverseBytesInHalves>(kRm);
    add<ReverseSignedHalf>(kRm);
    add<NoOperation>(0, 0);
    for_each_index<kExtensions>([&](auto kind) {
      constexpr auto kKind = static_cast<Extend>(kind());
      add<ExtendBits<kKind, false>>(kRm).makes_halves = kKind == Extend::sxtb16;
      add<ExtendBits<kKind, true>>(kRm | kRn);
    });
  }

  void multiplies() {
    const Meaning& quiet = add<Multiply<false>>(kRn | kRm);
    Meaning& loud = add<Multiply<true>>(kRn | kRm);
    loud.sets = Sets::some;
    loud.without_flags = quiet.operation;
    add<MultiplyAccumulate<false>>(kRn | kRm | kRa);
    add<MultiplyAccumulate<true>>(kRn | kRm | kRa);
    for_each_index<kLongMultiplies>([&](auto kind) {
      add<MultiplyLong<static_cast<LongMultiply>(kind())>>(kRn | kRm | kRd | kRa, kRd | kRa);
    });
    for_each_index<4>([&](auto halves) {
      add<MultiplyHalves<halves(), false>>(kRn | kRm);
      add<MultiplyHalves<halves(), true>>(kRn | kRm | kRa);
      add<MultiplyHalvesLong<halves()>>(kRn | kRm | kRd | kRa, kRd | kRa);
      add<DualMultiplyLong<(halves() & 2) != 0, (halves() & 1) != 0>>(kRn | kRm | kRd | kRa,
                                                                      kRd | kRa);
      add<MultiplyWordByHalf<(halves() & 2) != 0, (halves() & 1) != 0>>(
          kRn | kRm | ((halves() & 1) != 0 ? kRa : 0U));
    });
    for_each_index<8>([&](auto form) {
      constexpr bool kFirst = (form() & 4) != 0, kSecond = (form() & 2) != 0,
                     kAccumulates = (form() & 1) != 0;
      const unsigned reads = kRn | kRm | (kAccumulates ? kRa : 0U);
      add<DualMultiply<kFirst, kSecond, kAccumulates>>(reads).takes_halves = true;
      if constexpr (!kFirst || kAccumulates)
        add<MultiplyHighWord<kFirst, kSecond, kAccumulates>>(reads);
    });
  }

  template <Prefix kPrefix>
  void add_parallel() {
    add<Parallel<kPrefix, Lanes::add8>>(kRn | kRm);
    add<Parallel<kPrefix, Lanes::add16>>(kRn | kRm);
    add<Parallel<kPrefix, Lanes::asx>>(kRn | kRm);
    add<Parallel<kPrefix, Lanes::sub8>>(kRn | kRm);
    add<Parallel<kPrefix, Lanes::sub16>>(kRn | kRm);
    add<Parallel<kPrefix, Lanes::sax>>(kRn | kRm);
  }

  void parallel() {
    add_parallel<Prefix::s>();
    add_parallel<Prefix::q>();
    add_parallel<Prefix::sh>();
    add_parallel<Prefix::u>();
    add_parallel<Prefix::uq>();
    add_parallel<Prefix::uh>();
    for_each_index<4>(
        [&](auto form) { add<Saturating<(form() & 2) != 0, (form() & 1) != 0>>(kRn | kRm); });
    for_each_index<2>([&](auto form) {
      constexpr bool kForm = form() != 0;
      add<Saturate<kForm>>(kRn);
      add<SaturateHalves<kForm>>(kRn);
      add<SumByteDifferences<kForm>>(kRn | kRm | (kForm ? kRa : 0U));
      add<Pack<kForm>>(kRn | kRm);
    });
    add<SelectBytes>(kRn | kRm);
  }

  static unsigned base_of(Address address) {
    if (address == Address::literal) return 0;
    return address == Address::reg ? kRn | kRm : kRn;
  }

  void memory() {
    for (unsigned w = 0; w < kWidths; ++w) {
      for (unsigned a = 0; a < kAddressForms; ++a) {
        const auto width = static_cast<Width>(w);
        const auto address = static_cast<Address>(a);
        const unsigned base = writes_back(address) ? kRn : 0U;
        set_access(add(load_handler(width, address), Form::load, base_of(address), kRd | base),
                   width, address);
        if (width == Width::s8 || width == Width::s16 || address == Address::literal) continue;
        set_access(add(store_handler(width, address), Form::store, base_of(address) | kRd, base),
                   width, address);
      }
    }
    for (const Address address : {Address::offset, Address::pre, Address::post, Address::literal}) {
      const unsigned base = writes_back(address) ? kRn : 0U;
      set_access(
          add(load_double_handler(address), Form::load_double, base_of(address), kRd | kRa | base),
          Width::u32, address);
      if (address == Address::literal) continue;
      set_access(add(store_double_handler(address), Form::store_double,
                     base_of(address) | kRd | kRa, base),
                 Width::u32, address);
    }
    // The registers of the list are the caller's business.
    add(load_multiple_handler(), Form::load_multiple, kRn, 0);
    add(store_multiple_handler(), Form::store_multiple, kRn, 0);
  }
  static void set_access(Meaning& meaning, Width width, Address address) {
    meaning.width = width;
    meaning.address = address;
  }

  void branches() {
    add(branch_handler(), Form::branch, 0, 0);
    for (unsigned cond = 0; cond < 14; ++cond)
      add(branch_cond_handler(cond), Form::branch_cond, 0, 0).cond =
          static_cast<std::uint8_t>(cond);
    for (const bool nonzero : {false, true})
      add(compare_branch_handler(nonzero), Form::compare_branch, kRn, 0).nonzero = nonzero;
  }

  std::map<Handler, Meaning> meanings_;
};

}  // namespace

const Meaning& meaning_of(Handler handler) {
  static const Vocabulary vocabulary;
  return vocabulary[handler];
}

}  // namespace opline::simulator::translation
