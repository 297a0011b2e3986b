/* firmware/boards/cortex_m/caches.c - see the header.
 *
 * ARMv7-M ARM (DDI 0403E): B2.2.7 (set/way operations), B4.8.3 (CCSIDR), B4.8.4 (CSSELR); Cortex-M7
 * TRM (DDI 0489) 4.2 and 4.4: CCSIDR gives lines of 32 bytes, four ways of data, two of
 * instructions. */
#include "firmware/boards/cortex_m/caches.h"

#include "firmware/boards/cortex_m/registers.h"

/* No code or data of before may remain in flight: DDI 0403E B2.2.8. */
static void barrier(void) { __asm__ volatile("dsb\n\tisb" ::: "memory"); }

/* Set and way of every line of the data cache: the way in the highest bits, the set above the bits
 * of a line. The numbers come from CCSIDR, so both loops are bounded by its fields: 32768 sets,
 * 1024 ways. */
static void for_each_data_line(volatile uint32_t* operation) {
  SCB_CSSELR = 0; /* level 1, data */
  barrier();
  const uint32_t geometry = SCB_CCSIDR;
  const uint32_t sets = (geometry >> 13) & 0x7FFFu,
                 ways = (geometry >> 3) & 0x3FFu; /* each minus one */
  const uint32_t set_shift = (geometry & 7u) + 4u;
  const uint32_t way_shift = ways == 0 ? 0 : (uint32_t)__builtin_clz(ways);
  for (uint32_t set = 0; set <= sets; ++set) {
    for (uint32_t way = 0; way <= ways; ++way) *operation = way << way_shift | set << set_shift;
  }
  barrier();
}

static void invalidate_instructions(void) {
  SCB_ICIALLU = 0;
  barrier();
}

void opline_start_caches(void) {
  barrier();
  invalidate_instructions();
  SCB_CCR |= SCB_CCR_IC;
  barrier();
  for_each_data_line(&SCB_DCISW);
  SCB_CCR |= SCB_CCR_DC;
  barrier();
}

void opline_empty_caches(void) {
  barrier();
  for_each_data_line(&SCB_DCCISW);
  invalidate_instructions();
}
