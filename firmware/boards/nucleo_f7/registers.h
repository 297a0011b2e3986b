/* firmware/boards/nucleo_f7/registers.h - USART3 of the STM32F74x and F76x: RM0385 31.8,
 * RM0410 34.8 (the last digit of the section agrees). Not the F4's layout: data and flags have
 * registers for each direction. */
#ifndef OPLINE_STM32F7_REGISTERS_H
#define OPLINE_STM32F7_REGISTERS_H

#include "firmware/boards/stm32/registers.h"

#define USART3_CR1 OPLINE_REGISTER(USART3_BASE + 0x00u) /* .1 */
#define USART_CR1_UE (1u << 0)
#define USART_CR1_RE (1u << 2)
#define USART_CR1_TE (1u << 3)
#define USART3_BRR OPLINE_REGISTER(USART3_BASE + 0x0Cu) /* .4 */
#define USART3_ISR OPLINE_REGISTER(USART3_BASE + 0x1Cu) /* .8 */
#define USART_ISR_ORE (1u << 3)
#define USART_ISR_RXNE (1u << 5)
#define USART_ISR_TXE (1u << 7)
#define USART3_ICR OPLINE_REGISTER(USART3_BASE + 0x20u) /* .9 */
#define USART_ICR_ORECF (1u << 3)
#define USART3_RDR OPLINE_REGISTER(USART3_BASE + 0x24u) /* .10 */
#define USART3_TDR OPLINE_REGISTER(USART3_BASE + 0x28u) /* .11 */

#endif /* OPLINE_STM32F7_REGISTERS_H */
