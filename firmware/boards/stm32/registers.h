/* firmware/boards/stm32/registers.h - clock, power, flash interface and ports: the same in the
 * STM32F446, F74x and F76x.
 *
 * Addresses and bits after RM0390 (STM32F446), RM0385 (STM32F74x, F75x) and RM0410 (STM32F76x,
 * F77x); the sections are theirs in this order, one number where all three agree. What differs is
 * said. */
#ifndef OPLINE_STM32_REGISTERS_H
#define OPLINE_STM32_REGISTERS_H

#include "firmware/boards/cortex_m/registers.h"

/* Base addresses: 2.2.2, table 1. */
#define RCC_BASE 0x40023800u
#define FLASH_BASE 0x40023C00u
#define PWR_BASE 0x40007000u
#define GPIOA_BASE 0x40020000u
#define GPIOD_BASE 0x40020C00u
#define USART2_BASE 0x40004400u
#define USART3_BASE 0x40004800u

/* RCC: 6.3, 5.3, 5.3; the last digit agrees. */
#define RCC_CR OPLINE_REGISTER(RCC_BASE + 0x00u) /* .1 */
#define RCC_CR_HSION (1u << 0)
#define RCC_CR_HSIRDY (1u << 1)
#define RCC_CR_HSEON (1u << 16)
#define RCC_CR_HSERDY (1u << 17)
#define RCC_CR_HSEBYP (1u << 18)
#define RCC_CR_PLLON (1u << 24)
#define RCC_CR_PLLRDY (1u << 25)
#define RCC_PLLCFGR OPLINE_REGISTER(RCC_BASE + 0x04u) /* .2 */
#define RCC_PLLCFGR_M(m) ((m) << 0)
#define RCC_PLLCFGR_N(n) ((n) << 6)
#define RCC_PLLCFGR_P_2 (0u << 16)
#define RCC_PLLCFGR_SRC_HSE (1u << 22)
#define RCC_PLLCFGR_Q(q) ((q) << 24)
#define RCC_PLLCFGR_R(r) ((r) << 28) /* reserved in the F74x, where 2 is the value to keep */
#define RCC_CFGR OPLINE_REGISTER(RCC_BASE + 0x08u) /* .3 */
#define RCC_CFGR_SW_PLL 2u
#define RCC_CFGR_SW_MASK 3u
#define RCC_CFGR_SWS_PLL (2u << 2)
#define RCC_CFGR_SWS_MASK (3u << 2)
#define RCC_CFGR_PPRE1_DIV4 (5u << 10)
#define RCC_CFGR_PPRE2_DIV2 (4u << 13)
#define RCC_AHB1ENR OPLINE_REGISTER(RCC_BASE + 0x30u) /* .10 */
#define RCC_AHB1ENR_GPIOA (1u << 0)
#define RCC_AHB1ENR_GPIOD (1u << 3)
#define RCC_APB1ENR OPLINE_REGISTER(RCC_BASE + 0x40u) /* .13 */
#define RCC_APB1ENR_USART2 (1u << 17)
#define RCC_APB1ENR_USART3 (1u << 18)
#define RCC_APB1ENR_PWR (1u << 28)

/* Flash interface: 3.8.1, 3.7.1, 3.7.1. */
#define FLASH_ACR OPLINE_REGISTER(FLASH_BASE + 0x00u)
#define FLASH_ACR_LATENCY_MASK 0xFu
#define FLASH_ACR_PRFTEN (1u << 8)
#define FLASH_ACR_ICEN (1u << 9)  /* F446 */
#define FLASH_ACR_DCEN (1u << 10) /* F446 */
#define FLASH_ACR_ARTEN (1u << 9) /* F7 */

/* Power control: 5.4, 4.4, 4.4; the F7 call them PWR_CR1 and PWR_CSR1. */
#define PWR_CR OPLINE_REGISTER(PWR_BASE + 0x00u) /* .1 */
#define PWR_CR_VOS_SCALE1 (3u << 14)
#define PWR_CR_ODEN (1u << 16)
#define PWR_CR_ODSWEN (1u << 17)
#define PWR_CSR OPLINE_REGISTER(PWR_BASE + 0x04u) /* .2 */
#define PWR_CSR_ODRDY (1u << 16)
#define PWR_CSR_ODSWRDY (1u << 17)

/* GPIO ports: 7.4, 6.4, 6.4. Two bits a pin in MODER; four in AFRL (pins 0 to 7) and AFRH (8 to
 * 15). */
#define GPIO_MODER(port) OPLINE_REGISTER((port) + 0x00u) /* .1 */
#define GPIO_AFRL(port) OPLINE_REGISTER((port) + 0x20u)  /* .9 */
#define GPIO_AFRH(port) OPLINE_REGISTER((port) + 0x24u)  /* .10 */

#endif /* OPLINE_STM32_REGISTERS_H */
