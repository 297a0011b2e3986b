#include "runners/simulator/machine/stm32_registers.h"

#include "src/board/family_uarts.h"

namespace opline::simulator {
namespace {

// Base addresses: section 2.2.2, table 1 of each manual.
constexpr std::uint32_t kPwr = 0x40007000, kGpio = 0x40020000, kRcc = 0x40023800,
                        kFlash = 0x40023C00;
constexpr std::uint32_t kGpioBlock = 0x400, kHsiHz = 16'000'000;

// Word indices in RCC.
constexpr std::uint32_t kCr = 0, kPllCfgr = 1, kCfgr = 2, kAhb1Enr = 12, kApb1Enr = 16,
                        kApb2Enr = 17, kCsr = 29;

/// Copies the bits of `from` into the bit positions `to` of `value`, as ready flags follow enables.
std::uint32_t follow(std::uint32_t value, unsigned enable, unsigned ready) {
  return (value & ~(1U << ready)) | ((value >> enable & 1) << ready);
}

/// Of an address without a UART, one that is never clocked.
UartClock uart_clock_of(std::uint32_t base) {
  const board::FamilyUart* const uart = board::family_uart_at(base);
  if (uart == nullptr) return {};
  return {uart->base, uart->on_apb2, uart->enable, uart->source};
}

}  // namespace

Stm32Registers::Stm32Registers(const board::Board& board)
    : is_f7_(board.family == "stm32f7"),
      external_clock_hz_(board.external_clock_hz),
      uart_clock_(uart_clock_of(board.uart.base)) {
  rcc_[kCr] = 0x00000083;       // RM0390 6.3.1: HSION, HSIRDY, HSITRIM = 16
  rcc_[kPllCfgr] = 0x24003010;  // 6.3.2
  rcc_[kAhb1Enr] = 0x00100000;  // 6.3.10
  rcc_[kCsr] = 0x0E000000;      // 6.3.21: power-on reset flags
  rcc_[33] = 0x24003000;        // 6.3.23 PLLI2SCFGR
  rcc_[34] = 0x24003000;        // 6.3.24 PLLSAICFGR
  pwr_[0] = 0x0000C000;         // 5.4.1: VOS = scale 1
  flash_[5] =
      is_f7_ ? 0xFFFFAAFD : 0x0FFFAAED;  // FLASH_OPTCR: RM0385 3.7.5, RM0410 3.7.6; RM0390 3.8.6
  if (is_f7_) flash_[6] = 0x00400080;    // FLASH_OPTCR1: boot from 0x00200000
  flash_[4] = 0x80000000;                // 3.8.5 FLASH_CR: locked
  gpio_[0][0] = 0xA8000000;              // 7.4.1: JTAG and SWD pins
  gpio_[0][3] = 0x64000000;
  gpio_[1][0] = 0x00000280;
  gpio_[1][2] = 0x000000C0;
  gpio_[1][3] = 0x00000100;
}

RegisterResult Stm32Registers::read(std::uint32_t address, std::uint32_t& value) {
  if (address - kRcc < rcc_.size() * 4) {
    value = rcc_[(address - kRcc) / 4];
  } else if (address - kFlash < (is_f7_ ? 7U : 6U) * 4) {
    value = flash_[(address - kFlash) / 4];
  } else if (address - kPwr < (is_f7_ ? 4U : 2U) * 4) {
    value = pwr_[(address - kPwr) / 4];
  } else if (address - kGpio < (is_f7_ ? 11U : 8U) * kGpioBlock) {
    return access_gpio(address - kGpio, value, false);
  } else {
    return RegisterResult::unmapped;
  }
  return RegisterResult::done;
}

RegisterResult Stm32Registers::write(std::uint32_t address, std::uint32_t value) {
  if (address - kRcc < rcc_.size() * 4) return write_rcc((address - kRcc) / 4, value);
  if (address - kFlash < (is_f7_ ? 7U : 6U) * 4) {
    // Reprogramming the flash is not modelled: only the access control register and flag clearing
    // are accepted.
    if (address != kFlash) return RegisterResult::unmapped;
    // F4: LATENCY, PRFTEN, ICEN, DCEN, ICRST, DCRST; F7: LATENCY, PRFTEN, ARTEN, ARTRST.
    flash_[0] = value & (is_f7_ ? 0x00000B0FU : 0x00001F0FU);
  } else if (address == kPwr) {
    pwr_[0] = value;
    // 5.4.2 PWR_CSR: VOSRDY (14) always, ODRDY (16) follows ODEN, ODSWRDY (17) follows ODSWEN.
    pwr_[1] = 1U << 14 | (value & (3U << 16));
  } else if (address == kPwr + 4) {
    // BRE, EWUP: stored nowhere else, the ready flags stay.
    pwr_[1] = (pwr_[1] & (1U << 14 | 3U << 16)) | (value & 0x300);
  } else if (address - kPwr - 8 < 8 && is_f7_) {
    pwr_[(address - kPwr) / 4] = value;  // CR2, CSR2: wake-up pins
  } else if (address - kGpio < (is_f7_ ? 11U : 8U) * kGpioBlock) {
    return access_gpio(address - kGpio, value, true);
  } else {
    return RegisterResult::unmapped;
  }
  return RegisterResult::done;
}

RegisterResult Stm32Registers::write_rcc(std::uint32_t index, std::uint32_t value) {
  if (index == kCr) {
    // HSI, HSE, PLL, PLLI2S, PLLSAI: each ready flag is the bit above its enable. A clock in use
    // cannot be stopped.
    for (const unsigned enable : {0U, 16U, 24U, 26U, 28U})
      value = follow(value, enable, enable + 1);
    const std::uint32_t used = rcc_[kCfgr] >> 2 & 3;
    if (used == 0) value |= 3;
    if (used == 1) value |= 3U << 16;
    if (used == 2) value |= 3U << 24;
  } else if (index == kCfgr) {
    // SWS follows SW once the chosen source is ready (6.3.3).
    static constexpr std::array<unsigned, 4> kReady = {1, 17, 25, 25};
    const std::uint32_t wanted = value & 3;
    const bool ready = (rcc_[kCr] >> kReady[wanted] & 1) != 0 && wanted != 3;
    value = (value & ~0xCU) | (ready ? wanted << 2 : rcc_[kCfgr] & 0xC);
  } else if (index == 28) {
    value = follow(value, 0, 1);  // BDCR: LSERDY
  } else if (index == kCsr) {
    value = follow(value, 0, 1);                       // CSR: LSIRDY
    if ((value & 1U << 24) != 0) value &= 0x00FFFFFF;  // RMVF
  }
  rcc_[index] = value;
  return RegisterResult::done;
}

// 7.4: MODER, OTYPER, OSPEEDR, PUPDR, IDR, ODR, BSRR, LCKR, AFRL, AFRH. An input pin reads what its
// port drives.
RegisterResult Stm32Registers::access_gpio(std::uint32_t offset, std::uint32_t& value,
                                           bool is_write) {
  constexpr std::uint32_t kIdr = 4, kOdr = 5, kBsrr = 6;
  auto& port = gpio_[offset / kGpioBlock];
  const std::uint32_t index = offset % kGpioBlock / 4;
  if (index >= port.size()) return RegisterResult::unmapped;
  if (!is_write) {
    value = index == kIdr ? port[kOdr] : index == kBsrr ? 0 : port[index];
  } else if (index == kBsrr) {
    port[kOdr] = (port[kOdr] & ~(value >> 16)) | (value & 0xFFFF);
  } else if (index != kIdr) {
    port[index] = value;
  }
  return RegisterResult::done;
}

bool Stm32Registers::uart_clocked() const {
  return uart_clock_.base != 0 &&
         (rcc_[uart_clock_.on_apb2 ? kApb2Enr : kApb1Enr] >> uart_clock_.enable & 1) != 0;
}

const char* Stm32Registers::refused(std::uint32_t address) {
  return address - kFlash < 0x400 ? "programming the flash is not simulated" : nullptr;
}

std::optional<std::uint32_t> Stm32Registers::core_clock_hz() const {
  const std::uint32_t cfgr = rcc_[kCfgr], pll = rcc_[kPllCfgr], source = cfgr >> 2 & 3;
  std::uint64_t hz = source == 1 ? external_clock_hz_ : kHsiHz;
  if (source == 2) {
    const std::uint64_t input = (pll >> 22 & 1) != 0 ? external_clock_hz_ : kHsiHz;
    const std::uint32_t m = pll & 0x3F, n = pll >> 6 & 0x1FF, p = 2 * ((pll >> 16 & 3) + 1);
    if (m < 2 || (rcc_[kCr] >> 25 & 1) == 0) return std::nullopt;
    hz = input * n / m / p;
  }
  const std::uint32_t prescaler = cfgr >> 4 & 0xF;  // HPRE: 8..15 are 2, 4, 8, 16, 64, ..., 512
  if (prescaler >= 8) hz >>= prescaler < 12 ? prescaler - 7 : prescaler - 6;
  return static_cast<std::uint32_t>(hz);
}

std::optional<std::uint32_t> Stm32Registers::uart_hz() const {
  const auto core = core_clock_hz();
  if (!core) return std::nullopt;
  // RCC_DCKCFGR2 (RM0385 5.3.26): another source than the APB is not modelled.
  if (is_f7_ && (rcc_[36] >> uart_clock_.source & 3) != 0) return std::nullopt;
  // RCC_CFGR: PPRE1 and PPRE2; 4..7 are 2, 4, 8, 16.
  const std::uint32_t prescaler = rcc_[kCfgr] >> (uart_clock_.on_apb2 ? 13 : 10) & 7;
  return prescaler >= 4 ? *core >> (prescaler - 3) : *core;
}

}  // namespace opline::simulator
