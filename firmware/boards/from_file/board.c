/* firmware/boards/from_file/board.c - any board that has a file: clock, UART, caches, trigger,
 * cycle counter.
 *
 * opline_board_file.h is generated from the board's file (runners/firmware/board_sources.h). Every
 * wait is bounded, because an emulator may lack a peripheral: the board then reports less instead
 * of hanging.
 *
 * No MPU: ARMv7-M's default memory map (DDI 0403E B3.1) is what is wanted - flash cacheable and
 * never written, SRAM cacheable with write-back and allocation on writes, tightly coupled memory
 * beside the caches, peripherals device memory. Nobody else (DMA, a second core) reads the memory,
 * so a data cache needs no cleaning while a network runs. */
#include "firmware/boards/opline_board.h"

#include "firmware/boards/cortex_m/caches.h"
#include "firmware/boards/cortex_m/cycle_counter.h"
#include "firmware/boards/from_file/opline_board_file.h" /* generated */
#include "firmware/boards/from_file/steps.h"
#include "firmware/boards/from_file/uart.h"

/* Polls of about ten cycles at 16 MHz: 60 ms, twenty times what the slowest oscillator takes. */
enum { kPatience = 100000 };

/* Which operating point is wanted. Hosts that load the image into a simulated flash change it
 * there. */
__attribute__((used)) const uint32_t opline_clock_point = 0;

static uint32_t clock_hz; /* 0: unknown */
static const char* clock_source = "unknown";
static int counter_advances;

static int wait_for(volatile const uint32_t* reg, uint32_t mask, uint32_t value) {
  for (int i = 0; i < kPatience; ++i) {
    if ((*reg & mask) == value) return 1;
  }
  return 0;
}

/* False where a poll gave up. A read follows each write: a clock that was just enabled takes two
 * cycles until the first access (RM0390 6.2.13). */
static int take_steps(const struct opline_step* step, uint32_t count) {
  for (; count > 0; --count, ++step) {
    volatile uint32_t* const reg = &OPLINE_REGISTER(step->address);
    if (step->kind == OPLINE_STEP_POLL) {
      if (!wait_for(reg, step->mask, step->value)) return 0;
      continue;
    }
    *reg = step->kind == OPLINE_STEP_WRITE ? step->value : (*reg & ~step->mask) | step->value;
    (void)*reg;
  }
  return 1;
}

/* Returns the UART's divider. Operating points of the same clock are alternatives, in the file's
 * order. */
static uint32_t start_clock(void) {
#if OPLINE_POINTS > 0
  const uint32_t first = *(const volatile uint32_t*)&opline_clock_point;
  const uint32_t wanted = first < OPLINE_POINTS ? kPoints[first].hz : 0;
  for (uint32_t i = first; i < OPLINE_POINTS; ++i) {
    const struct opline_operating_point* const point = &kPoints[i];
    if (point->hz != wanted || !take_steps(point->steps, point->count)) continue;
    clock_hz = point->hz;
    clock_source = point->source;
    return point->uart_divider;
  }
#endif
  return OPLINE_RESET_DIVIDER;
}

void opline_board_start(void) {
  const uint32_t divider = start_clock();
#if OPLINE_HAS_CACHES
  opline_start_caches();
#endif
  (void)take_steps(kUartSteps, OPLINE_UART_STEPS);
  uart_start(divider);
#if OPLINE_HAS_TRIGGER
  (void)take_steps(kTriggerSteps, OPLINE_TRIGGER_STEPS);
  opline_board_trigger(OPLINE_ENERGY_MODE); /* firmware/runtime/trigger.h */
#endif
  counter_advances = opline_start_cycle_counter();
}

uint32_t opline_board_clock_hz(void) { return clock_hz; }

const char* opline_board_clock_source(void) { return clock_source; }

/* Without caches there is nothing to do: line caches of a flash hold flash only, and the unmeasured
 * run replaces them. */
void opline_board_same_start(void) {
#if OPLINE_HAS_CACHES
  opline_empty_caches();
#endif
}

int opline_board_has_cycle_counter(void) { return counter_advances; }

uint32_t opline_board_cycles(void) { return DWT_CYCCNT; }

void opline_board_put(char c) { uart_send((uint8_t)c); }

int opline_board_get(void) { return uart_take(); }

#if OPLINE_HAS_TRIGGER
void opline_board_trigger(int on) { (void)take_steps(on ? &kTriggerOn : &kTriggerOff, 1); }
#endif
