// Handlers of the DSP extension without its multiplies; what they do is in semantics/parallel.h.
#include "runners/simulator/execute/execute.h"
#include "runners/simulator/execute/handlers.h"
#include "runners/simulator/execute/semantics/parallel.h"

namespace opline::simulator {
namespace {

template <Prefix kPrefix>
Handler parallel(unsigned op1) {
  switch (static_cast<Lanes>(op1)) {
    case Lanes::add8:
      return handler<Parallel<kPrefix, Lanes::add8>>();
    case Lanes::add16:
      return handler<Parallel<kPrefix, Lanes::add16>>();
    case Lanes::asx:
      return handler<Parallel<kPrefix, Lanes::asx>>();
    case Lanes::sub8:
      return handler<Parallel<kPrefix, Lanes::sub8>>();
    case Lanes::sub16:
      return handler<Parallel<kPrefix, Lanes::sub16>>();
    case Lanes::sax:
      return handler<Parallel<kPrefix, Lanes::sax>>();
  }
  return nullptr;
}

}  // namespace

Handler parallel_handler(unsigned op1, unsigned prefix) {
  switch (static_cast<Prefix>(prefix)) {
    case Prefix::s:
      return parallel<Prefix::s>(op1);
    case Prefix::q:
      return parallel<Prefix::q>(op1);
    case Prefix::sh:
      return parallel<Prefix::sh>(op1);
    case Prefix::u:
      return parallel<Prefix::u>(op1);
    case Prefix::uq:
      return parallel<Prefix::uq>(op1);
    case Prefix::uh:
      return parallel<Prefix::uh>(op1);
  }
  return nullptr;
}

Handler saturating_handler(bool doubling, bool subtract) {
  if (doubling)
    return subtract ? handler<Saturating<true, true>>() : handler<Saturating<true, false>>();
  return subtract ? handler<Saturating<false, true>>() : handler<Saturating<false, false>>();
}

Handler sel_handler() { return handler<SelectBytes>(); }
Handler usad8_handler(bool accumulate) {
  return accumulate ? handler<SumByteDifferences<true>>() : handler<SumByteDifferences<false>>();
}
Handler pack_handler(bool top) { return top ? handler<Pack<true>>() : handler<Pack<false>>(); }
Handler saturate_handler(bool is_unsigned_form) {
  return is_unsigned_form ? handler<Saturate<true>>() : handler<Saturate<false>>();
}
Handler saturate16_handler(bool is_unsigned_form) {
  return is_unsigned_form ? handler<SaturateHalves<true>>() : handler<SaturateHalves<false>>();
}

}  // namespace opline::simulator
