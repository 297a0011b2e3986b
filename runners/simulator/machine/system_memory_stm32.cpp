#include "runners/simulator/machine/system_memory_stm32.h"

#include <cstring>
#include <string_view>

namespace opline::simulator {
namespace {

constexpr std::uint32_t kIdCode = 0xE0042000, kRevision = 0x10000000;

struct Addresses {
  std::uint32_t unique_id, flash_size;
};

Addresses addresses_of(const board::Board& board) {
  return board.family == "stm32f7" ? Addresses{0x1FF0F420, 0x1FF0F442}
                                   : Addresses{0x1FFF7A10, 0x1FFF7A22};
}

/// DEV_ID by the beginning of the MCU's name.
struct Device {
  std::string_view mcu;
  std::uint32_t id;
};
constexpr Device kDevices[] = {
    {"STM32F401", 0x433},                        // RM0368 23.6.1: F401xD/E
    {"STM32F411", 0x431}, {"STM32F446", 0x421},  // RM0383 23.6.1; RM0390 33.6.1
    {"STM32F74", 0x449},  {"STM32F75", 0x449},   // RM0385 40.6.1
    {"STM32F76", 0x451},  {"STM32F77", 0x451},   // RM0410 44.6.1
};

/// Absent: not known of this chip.
std::optional<std::uint32_t> device_of(const board::Board& board) {
  for (const Device& device : kDevices) {
    if (board.mcu.starts_with(device.mcu)) return device.id;
  }
  return std::nullopt;
}

struct Block {
  std::uint32_t address, bytes;
  const char* name;
};

// Blocks that both families have at the same address.
constexpr Block kBlocks[] = {
    {0x40000000, 0x400, "TIM2"},         {0x40000400, 0x400, "TIM3"},
    {0x40000800, 0x400, "TIM4"},         {0x40000C00, 0x400, "TIM5"},
    {0x40001000, 0x400, "TIM6"},         {0x40001400, 0x400, "TIM7"},
    {0x40001800, 0x400, "TIM12"},        {0x40001C00, 0x400, "TIM13"},
    {0x40002000, 0x400, "TIM14"},        {0x40002800, 0x400, "RTC"},
    {0x40002C00, 0x400, "WWDG"},         {0x40003000, 0x400, "IWDG"},
    {0x40003800, 0x400, "SPI2"},         {0x40003C00, 0x400, "SPI3"},
    {0x40004400, 0x400, "USART2"},       {0x40004800, 0x400, "USART3"},
    {0x40004C00, 0x400, "UART4"},        {0x40005000, 0x400, "UART5"},
    {0x40005400, 0x400, "I2C1"},         {0x40005800, 0x400, "I2C2"},
    {0x40005C00, 0x400, "I2C3"},         {0x40006400, 0x400, "CAN1"},
    {0x40006800, 0x400, "CAN2"},         {0x40006C00, 0x400, "HDMI-CEC"},
    {0x40007000, 0x400, "PWR"},          {0x40007400, 0x400, "DAC"},
    {0x40010000, 0x400, "TIM1"},         {0x40010400, 0x400, "TIM8"},
    {0x40011000, 0x400, "USART1"},       {0x40011400, 0x400, "USART6"},
    {0x40012000, 0x400, "ADC"},          {0x40012C00, 0x400, "SDMMC"},
    {0x40013000, 0x400, "SPI1"},         {0x40013400, 0x400, "SPI4"},
    {0x40013800, 0x400, "SYSCFG"},       {0x40013C00, 0x400, "EXTI"},
    {0x40014000, 0x400, "TIM9"},         {0x40014400, 0x400, "TIM10"},
    {0x40014800, 0x400, "TIM11"},        {0x40015800, 0x400, "SAI1"},
    {0x40015C00, 0x400, "SAI2"},         {0x40023000, 0x400, "CRC"},
    {0x40023800, 0x400, "RCC"},          {0x40023C00, 0x400, "FLASH"},
    {0x40024000, 0x1000, "BKPSRAM"},     {0x40026000, 0x400, "DMA1"},
    {0x40026400, 0x400, "DMA2"},         {0x40028000, 0x1400, "ETHERNET"},
    {0x4002B000, 0x400, "DMA2D"},        {0x40040000, 0x40000, "USB OTG HS"},
    {0x50000000, 0x40000, "USB OTG FS"}, {0x50050000, 0x400, "DCMI"},
    {0x50060800, 0x400, "RNG"},
};

}  // namespace

std::optional<std::uint32_t> system_memory_word(const board::Board& board, std::uint32_t address) {
  if (board.family.empty()) return std::nullopt;
  const auto [unique_id, flash_size] = addresses_of(board);
  if (address - unique_id < 12) {
    std::uint32_t word = 0;
    std::memcpy(&word, kUniqueId + (address - unique_id), 4);
    return word;
  }
  if (address == (flash_size & ~3U)) return board.flash.bytes / 1024 << 16;
  if (address == kIdCode) {
    if (const auto device = device_of(board)) return kRevision | *device;
  }
  return std::nullopt;
}

const char* peripheral_name(std::uint32_t address) {
  for (const Block& block : kBlocks) {
    if (address - block.address < block.bytes) return block.name;
  }
  return nullptr;
}

}  // namespace opline::simulator
