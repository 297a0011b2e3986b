/* firmware/boards/nucleo_f446re/registers.h - USART2 of the STM32F446: RM0390 25.6. */
#ifndef OPLINE_STM32F446_REGISTERS_H
#define OPLINE_STM32F446_REGISTERS_H

#include "firmware/boards/stm32/registers.h"

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
