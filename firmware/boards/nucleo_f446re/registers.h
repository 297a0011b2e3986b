/* firmware/boards/nucleo_f446re/registers.h - the peripherals of the STM32F446 that the image uses.  Room:
 * firmware.
 *
 * Addresses and bits after RM0390 (STM32F446xx reference manual); sections are given per block. */
#ifndef OPLINE_STM32F446_REGISTERS_H
#define OPLINE_STM32F446_REGISTERS_H

#include "firmware/boards/cortex_m/registers.h"

/* Base addresses: RM0390 2.2.2, table 1. */
#define RCC_BASE 0x40023800u
#define FLASH_BASE 0x40023C00u
#define PWR_BASE 0x40007000u
#define GPIOA_BASE 0x40020000u
#define USART2_BASE 0x40004400u

/* RCC: RM0390 6.3. */
#define RCC_CR OPLINE_REGISTER(RCC_BASE + 0x00u) /* 6.3.1 */
#define RCC_CR_HSION (1u << 0)
#define RCC_CR_HSIRDY (1u << 1)
#define RCC_CR_HSEON (1u << 16)
#define RCC_CR_HSERDY (1u << 17)
#define RCC_CR_HSEBYP (1u << 18)
#define RCC_CR_PLLON (1u << 24)
#define RCC_CR_PLLRDY (1u << 25)
#define RCC_PLLCFGR OPLINE_REGISTER(RCC_BASE + 0x04u) /* 6.3.2 */
#define RCC_PLLCFGR_M(m) ((m) << 0)
#define RCC_PLLCFGR_N(n) ((n) << 6)
#define RCC_PLLCFGR_P_2 (0u << 16)
#define RCC_PLLCFGR_SRC_HSE (1u << 22)
#define RCC_PLLCFGR_Q(q) ((q) << 24)
#define RCC_PLLCFGR_R(r) ((r) << 28)
#define RCC_CFGR OPLINE_REGISTER(RCC_BASE + 0x08u) /* 6.3.3 */
#define RCC_CFGR_SW_PLL 2u
#define RCC_CFGR_SW_MASK 3u
#define RCC_CFGR_SWS_PLL (2u << 2)
#define RCC_CFGR_SWS_MASK (3u << 2)
#define RCC_CFGR_PPRE1_DIV4 (5u << 10)
#define RCC_CFGR_PPRE2_DIV2 (4u << 13)
#define RCC_AHB1ENR OPLINE_REGISTER(RCC_BASE + 0x30u) /* 6.3.10 */
#define RCC_AHB1ENR_GPIOA (1u << 0)
#define RCC_APB1ENR OPLINE_REGISTER(RCC_BASE + 0x40u) /* 6.3.13 */
#define RCC_APB1ENR_USART2 (1u << 17)
#define RCC_APB1ENR_PWR (1u << 28)

/* Flash interface: RM0390 3.8.1. */
#define FLASH_ACR OPLINE_REGISTER(FLASH_BASE + 0x00u)
#define FLASH_ACR_LATENCY_MASK 0xFu
#define FLASH_ACR_PRFTEN (1u << 8)
#define FLASH_ACR_ICEN (1u << 9)
#define FLASH_ACR_DCEN (1u << 10)

/* Power control: RM0390 5.4. */
#define PWR_CR OPLINE_REGISTER(PWR_BASE + 0x00u) /* 5.4.1 */
#define PWR_CR_VOS_SCALE1 (3u << 14)
#define PWR_CR_ODEN (1u << 16)
#define PWR_CR_ODSWEN (1u << 17)
#define PWR_CSR OPLINE_REGISTER(PWR_BASE + 0x04u) /* 5.4.2 */
#define PWR_CSR_ODRDY (1u << 16)
#define PWR_CSR_ODSWRDY (1u << 17)

/* GPIO port A: RM0390 7.4. Two bits a pin in MODER, four in AFRL. */
#define GPIOA_MODER OPLINE_REGISTER(GPIOA_BASE + 0x00u) /* 7.4.1 */
#define GPIOA_AFRL OPLINE_REGISTER(GPIOA_BASE + 0x20u)  /* 7.4.9 */

/* USART2: RM0390 25.6. */
#define USART2_SR OPLINE_REGISTER(USART2_BASE + 0x00u) /* 25.6.1 */
#define USART_SR_ORE (1u << 3)
#define USART_SR_RXNE (1u << 5)
#define USART_SR_TXE (1u << 7)
#define USART2_DR OPLINE_REGISTER(USART2_BASE + 0x04u)  /* 25.6.2 */
#define USART2_BRR OPLINE_REGISTER(USART2_BASE + 0x08u) /* 25.6.3 */
#define USART2_CR1 OPLINE_REGISTER(USART2_BASE + 0x0Cu) /* 25.6.4 */
#define USART_CR1_RE (1u << 2)
#define USART_CR1_TE (1u << 3)
#define USART_CR1_UE (1u << 13)

#endif /* OPLINE_STM32F446_REGISTERS_H */
