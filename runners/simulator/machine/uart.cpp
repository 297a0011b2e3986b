#include "runners/simulator/machine/uart.h"

#include "runners/simulator/machine/semihosting.h"

namespace opline::simulator {
namespace {

using board::UartKind;
using Result = RegisterResult;

// Bits of the STM32 UARTs' status (SR or ISR) and control 1 (CR1), which has its enables elsewhere
// in each kind.
constexpr std::uint32_t kRxNotEmpty = 1U << 5, kTxComplete = 1U << 6, kTxEmpty = 1U << 7;
constexpr std::uint32_t kEnableV1 = 1U << 13, kEnableV2 = 1U << 0, kReceive = 1U << 2,
                        kTransmit = 1U << 3, kOver8 = 1U << 15;
// The CMSDK's CTRL: TX and RX enable, their interrupts; STATE: RX buffer full.
constexpr std::uint32_t kCmsdkTransmit = 1U << 0, kCmsdkReceive = 1U << 1, kCmsdkRxFull = 1U << 1;

// Offsets in the UARTE.
namespace nrf {
constexpr std::uint32_t kStartRx = 0x000, kStopRx = 0x004, kStartTx = 0x008, kStopTx = 0x00C,
                        kFlushRx = 0x02C, kRxReady = 0x108, kEndRx = 0x110, kTxReady = 0x11C,
                        kEndTx = 0x120, kRxTimeout = 0x144, kTxStopped = 0x158, kInterrupts = 0x300,
                        kSetInterrupts = 0x304, kClearInterrupts = 0x308, kEnable = 0x500,
                        kBaud = 0x524, kRxPointer = 0x534, kRxMost = 0x538, kRxAmount = 0x53C,
                        kTxPointer = 0x544, kTxMost = 0x548, kTxAmount = 0x54C, kConfig = 0x56C;
constexpr std::uint32_t kEnabled = 8;
/// INTENSET 6.34.10: the bit of an event's register.
constexpr std::uint32_t bit(std::uint32_t event) { return 1U << (event - 0x100) / 4; }
bool is_task(std::uint32_t offset) { return offset < 0x100; }
}  // namespace nrf

std::uint32_t bytes_of(UartKind kind) {
  switch (kind) {
    case UartKind::stm32_usart_v1:
      return 7 * 4;  // SR, DR, BRR, CR1, CR2, CR3, GTPR
    case UartKind::stm32_usart_v2:
      return 11 * 4;  // CR1 to 3, BRR, GTPR, RTOR, RQR, ISR, ICR, RDR, TDR
    case UartKind::stm32_lpuart:
      return 12 * 4;  // and PRESC
    case UartKind::nrf_uarte:
      return nrf::kConfig + 4;
    case UartKind::cmsdk:
      return 5 * 4;  // DATA, STATE, CTRL, INTSTATUS, BAUDDIV
  }
  return 0;
}

}  // namespace

Uart::Uart(const board::Uart& uart)
    : kind_(uart.kind), base_(uart.base), bytes_(bytes_of(uart.kind)) {
  switch (kind_) {
    case UartKind::stm32_usart_v1:
      status_ = 0, receive_ = send_ = 1, baud_ = 2, control_ = 3, control3_ = 5;
      break;
    case UartKind::stm32_usart_v2:
    case UartKind::stm32_lpuart:
      control_ = 0, control3_ = 2, baud_ = 3, status_ = 7, receive_ = 9, send_ = 10;
      break;
    case UartKind::cmsdk:
      receive_ = send_ = 0, status_ = 1, control_ = 2, baud_ = 4;
      break;
    case UartKind::nrf_uarte:
      break;
  }
}

bool Uart::is_send_register(std::uint32_t address) const {
  return !is_nrf() && address == base_ + 4 * send_;
}

bool Uart::decides_interrupts(std::uint32_t address) const {
  if (is_nrf()) return address - base_ - nrf::kInterrupts < 12 || address == base_ + nrf::kStartTx;
  return address == base_ + 4 * control_;
}

std::uint32_t Uart::status_address() const {
  return is_nrf() ? base_ + nrf::kEndRx : base_ + 4 * status_;
}

bool Uart::on(std::uint32_t enables, bool clocked) const {
  if (!clocked) return false;
  switch (kind_) {
    case UartKind::nrf_uarte:
      return nrf_[nrf::kEnable / 4] == nrf::kEnabled;
    case UartKind::cmsdk:
      break;
    case UartKind::stm32_usart_v1:
      enables |= kEnableV1;
      break;
    default:
      enables |= kEnableV2;
  }
  return (registers_[control_] & enables) == enables;
}

Result Uart::polled_empty() {
  if (++empty_polls_ <= kPollsBeforeWaiting) return Result::done;
  empty_polls_ = kPollsBeforeWaiting;
  return Result::wait;
}

Result Uart::send(char byte) {
  if (sent.size() == kMostUnreadOutput) return Result::unmapped;
  sent.push_back(byte);
  return Result::done;
}

Result Uart::read_status(std::uint32_t& value, bool clocked) {
  const bool is_cmsdk = kind_ == UartKind::cmsdk;
  const bool enabled = on(is_cmsdk ? kCmsdkReceive : kReceive, clocked);
  const bool empty = received.empty() || !enabled;
  if (!empty || !enabled) {
    empty_polls_ = 0;
  } else if (polled_empty() == Result::wait) {
    return Result::wait;
  }
  if (is_cmsdk) {
    value = empty ? 0 : kCmsdkRxFull;
    return Result::done;
  }
  value = kTxEmpty | kTxComplete | (empty ? 0 : kRxNotEmpty);
  // TEACK and REACK follow the enables (RM0385 31.8.8).
  if (kind_ != UartKind::stm32_usart_v1)
    value |= (on(kTransmit, clocked) ? 1U << 21 : 0) | (enabled ? 1U << 22 : 0);
  return Result::done;
}

Result Uart::read(std::uint32_t address, std::uint32_t& value, bool clocked,
                  const DmaMemory& memory) {
  if (is_nrf()) return read_nrf(address - base_, value, memory);
  const std::uint32_t index = (address - base_) / 4;
  if (index == status_) return read_status(value, clocked);
  empty_polls_ = 0;
  const bool enabled = on(kind_ == UartKind::cmsdk ? kCmsdkReceive : kReceive, clocked);
  if (index == receive_ && enabled && !received.empty()) {
    registers_[receive_] = static_cast<unsigned char>(received.front());
    received.pop_front();
  }
  value = registers_[index];
  return Result::done;
}

Result Uart::write(std::uint32_t address, std::uint32_t value, bool clocked,
                   const DmaMemory& memory) {
  empty_polls_ = 0;
  if (is_nrf()) return write_nrf(address - base_, value, memory);
  const std::uint32_t index = (address - base_) / 4;
  const bool is_cmsdk = kind_ == UartKind::cmsdk, is_v1 = kind_ == UartKind::stm32_usart_v1;
  if (index == send_) {
    if (on(is_cmsdk ? kCmsdkTransmit : kTransmit, clocked)) {
      if (send(static_cast<char>(value)) != Result::done) return Result::unmapped;
    }
    if (!is_cmsdk && !is_v1) registers_[index] = value & 0x1FF;
    return Result::done;
  }
  // RQR and ICR change flags that are never set here; RDR cannot be written. There are no errors
  // and no idle line to interrupt for.
  const bool has_no_effect =
      index == status_ ||
      (is_cmsdk ? index == 3 : !is_v1 && (index == 6 || index == 8 || index == 9));
  if (has_no_effect) return Result::done;
  // Flow control and DMA (CR3 bits 10, 7, 6) and the CMSDK's interrupts are refused, not ignored.
  if (!is_cmsdk && index == control3_ && (value & 0x4C0) != 0) return Result::unmapped;
  if (is_cmsdk && index == control_ && (value & ~(kCmsdkTransmit | kCmsdkReceive)) != 0)
    return Result::unmapped;
  registers_[index] = value;
  return Result::done;
}

// 6.34.2 and 6.34.3: a reception ends, with ENDRX, when RXD.MAXCNT bytes are there.
void Uart::receive_by_dma(const DmaMemory& memory) {
  std::uint32_t& amount = nrf_[nrf::kRxAmount / 4];
  while (receiving_ && !received.empty() && on(0, true)) {
    const std::uint32_t offset = nrf_[nrf::kRxPointer / 4] + amount - memory.base;
    if (offset < memory.bytes.size())
      memory.bytes[offset] = static_cast<std::uint8_t>(received.front());
    received.pop_front();
    nrf_[nrf::kRxReady / 4] = 1;
    if (++amount < nrf_[nrf::kRxMost / 4]) continue;
    receiving_ = false;
    nrf_[nrf::kEndRx / 4] = 1;
  }
}

// EasyDMA reads RAM only: from elsewhere it sends what nobody put there, and here nothing.
Result Uart::send_by_dma(const DmaMemory& memory) {
  const std::uint32_t count = nrf_[nrf::kTxMost / 4];
  std::uint32_t& amount = nrf_[nrf::kTxAmount / 4];
  for (amount = 0; amount < count && on(0, true); ++amount) {
    const std::uint32_t offset = nrf_[nrf::kTxPointer / 4] + amount - memory.base;
    if (offset >= memory.bytes.size()) return Result::unmapped;
    if (send(static_cast<char>(memory.bytes[offset])) != Result::done) return Result::unmapped;
  }
  nrf_[nrf::kTxReady / 4] = nrf_[nrf::kEndTx / 4] = 1;
  return Result::done;
}

Result Uart::read_nrf(std::uint32_t offset, std::uint32_t& value, const DmaMemory& memory) {
  receive_by_dma(memory);
  const bool is_status = offset == nrf::kEndRx || offset == nrf::kRxReady;
  const bool polls = is_status && nrf_[offset / 4] == 0 && receiving_;
  if (!polls) {
    empty_polls_ = 0;
  } else if (polled_empty() == Result::wait) {
    return Result::wait;
  }
  if (nrf::is_task(offset)) return Result::unmapped;  // write only
  const bool is_set_or_clear = offset == nrf::kSetInterrupts || offset == nrf::kClearInterrupts;
  value = nrf_[is_set_or_clear ? nrf::kInterrupts / 4 : offset / 4];
  return Result::done;
}

Result Uart::write_nrf(std::uint32_t offset, std::uint32_t value, const DmaMemory& memory) {
  if (offset == nrf::kRxAmount || offset == nrf::kTxAmount) return Result::done;  // read only
  if (nrf::is_task(offset)) {
    if ((value & 1) == 0) return Result::done;
    switch (offset) {
      case nrf::kStartRx:
        receiving_ = true;
        nrf_[nrf::kRxAmount / 4] = 0;
        receive_by_dma(memory);
        return Result::done;
      case nrf::kStopRx:
        receiving_ = false;
        nrf_[nrf::kRxTimeout / 4] = 1;
        return Result::done;
      case nrf::kStartTx:
        return send_by_dma(memory);
      case nrf::kStopTx:
        nrf_[nrf::kTxStopped / 4] = 1;
        return Result::done;
      case nrf::kFlushRx:
        return Result::done;
      default:
        return Result::unmapped;
    }
  }
  std::uint32_t& interrupts = nrf_[nrf::kInterrupts / 4];
  if (offset == nrf::kSetInterrupts) {
    interrupts |= value;
  } else if (offset == nrf::kClearInterrupts) {
    interrupts &= ~value;
  } else {
    nrf_[offset / 4] = value;
  }
  return Result::done;
}

bool Uart::interrupts_on_input(bool clocked) const {
  if (is_nrf())
    return receiving_ && on(0, clocked) &&
           (nrf_[nrf::kInterrupts / 4] & (nrf::bit(nrf::kEndRx) | nrf::bit(nrf::kRxReady))) != 0;
  if (kind_ == UartKind::cmsdk) return false;
  return on(kReceive, clocked) && (registers_[control_] & kRxNotEmpty) != 0;
}

bool Uart::interrupt(bool clocked) const {
  if (is_nrf()) {
    for (std::uint32_t event = 0x100; event < 0x180; event += 4) {
      if (nrf_[event / 4] != 0 && (nrf_[nrf::kInterrupts / 4] & nrf::bit(event)) != 0) return true;
    }
    return interrupts_on_input(clocked) && !received.empty();
  }
  if (kind_ == UartKind::cmsdk) return false;
  const bool can_send =
      on(kTransmit, clocked) && (registers_[control_] & (kTxEmpty | kTxComplete)) != 0;
  return can_send || (interrupts_on_input(clocked) && !received.empty());
}

std::optional<std::uint32_t> Uart::baud(std::uint32_t hz, bool clocked) const {
  if (!on(0, clocked)) return std::nullopt;
  if (is_nrf()) {
    // BAUDRATE = rate x 2^32 / 16 MHz (6.34.10.19, rounded to 4096).
    return static_cast<std::uint32_t>(nrf_[nrf::kBaud / 4] * std::uint64_t{16'000'000} >> 32);
  }
  const std::uint32_t rate = registers_[baud_];
  if (rate == 0) return std::nullopt;
  if (kind_ == UartKind::stm32_lpuart)  // RM0432 51.4.4
    return static_cast<std::uint32_t>(std::uint64_t{hz} * 256 / rate);
  const bool over8 = kind_ != UartKind::cmsdk && (registers_[control_] & kOver8) != 0;
  if (!over8) return hz / rate;
  const std::uint32_t divider = (rate & 0xFFF0) + 2 * (rate & 7);
  return divider == 0 ? std::nullopt : std::optional(2 * hz / divider);
}

}  // namespace opline::simulator
