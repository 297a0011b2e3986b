/* firmware/boards/cortex_m/registers.h - the core's own registers that every board uses.
 *
 * Source: ARMv7-M Architecture Reference Manual (DDI 0403E): B3.2 (System Control Space), C1.6
 * (debug), C1.8 (DWT). */
#ifndef OPLINE_CORTEX_M_REGISTERS_H
#define OPLINE_CORTEX_M_REGISTERS_H

#include <stdint.h>

#define OPLINE_REGISTER(address) (*(volatile uint32_t*)(address))

#define SCB_CCR OPLINE_REGISTER(0xE000ED14u) /* B3.2.8 */
#define SCB_CCR_DC (1u << 16)
#define SCB_CCR_IC (1u << 17)
#define SCB_CFSR OPLINE_REGISTER(0xE000ED28u)  /* B3.2.15 */
#define SCB_HFSR OPLINE_REGISTER(0xE000ED2Cu)  /* B3.2.16 */
#define SCB_MMFAR OPLINE_REGISTER(0xE000ED34u) /* B3.2.18 */
#define SCB_BFAR OPLINE_REGISTER(0xE000ED38u)  /* B3.2.19 */
#define SCB_CPACR \
  OPLINE_REGISTER(0xE000ED88u) /* B3.2.20: bits 20..23 give full access to the FPU */

/* Caches of the Cortex-M7: B3.2.2 (identification), B3.2.3 (maintenance), B4.8 (CCSIDR, CSSELR). */
#define SCB_CCSIDR OPLINE_REGISTER(0xE000ED80u)
#define SCB_CSSELR OPLINE_REGISTER(0xE000ED84u)
#define SCB_ICIALLU OPLINE_REGISTER(0xE000EF50u) /* invalidates the instruction cache */
#define SCB_DCISW \
  OPLINE_REGISTER(0xE000EF60u) /* invalidates a line of the data cache by set and way */
#define SCB_DCCISW OPLINE_REGISTER(0xE000EF74u) /* cleans it before */

#define DEMCR OPLINE_REGISTER(0xE000EDFCu) /* C1.6.5 */
#define DEMCR_TRCENA (1u << 24)
#define DWT_CTRL OPLINE_REGISTER(0xE0001000u) /* C1.8.7 */
#define DWT_CTRL_CYCCNTENA (1u << 0)
#define DWT_CYCCNT OPLINE_REGISTER(0xE0001004u) /* C1.8.8 */
#define DWT_LAR OPLINE_REGISTER(0xE0001FB0u)    /* CoreSight lock access; the Cortex-M7 has it */
#define DWT_LAR_KEY 0xC5ACCE55u

#endif /* OPLINE_CORTEX_M_REGISTERS_H */
