/* firmware/boards/cortex_m/startup.c - vector table, reset, faults.
 *
 * No interrupt is used, so the table ends with the system exceptions. A fault is reported in one
 * bounded line, `e-[fault ...]`, and the core stops: a result after a fault would be worth nothing.
 */
#include "firmware/boards/cortex_m/registers.h"
#include "firmware/include/opline_device.h"

/* From the linker script. */
extern uint32_t opline_data_load[], opline_data_start[], opline_data_end[];
extern uint32_t opline_bss_start[], opline_bss_end[];
extern uint32_t opline_stack_top[];

int main(void);
void opline_reset(void);
void opline_fault(void);
void opline_report_fault(uint32_t exception, const uint32_t* frame) __attribute__((noreturn, used));

typedef void handler(void);

/* Entry 0 is the initial stack pointer (ARMv7-M ARM, B1.5.3). */
__attribute__((section(".vectors"), used)) static handler* const kVectors[16] = {
    [0] = (handler*)(uintptr_t)opline_stack_top,
    [1] = opline_reset,
    [2] = opline_fault,  /* NMI: on the STM32F4 the clock security system */
    [3] = opline_fault,  /* HardFault */
    [4] = opline_fault,  /* MemManage */
    [5] = opline_fault,  /* BusFault */
    [6] = opline_fault,  /* UsageFault */
    [11] = opline_fault, /* SVCall */
    [12] = opline_fault, /* DebugMonitor */
    [14] = opline_fault, /* PendSV */
    [15] = opline_fault, /* SysTick */
};

void opline_reset(void) {
  SCB_CPACR |= 0xFu << 20; /* the FPU, before any code that might use it */
  __asm__ volatile("dsb\n\tisb" ::: "memory");
  const uint32_t* from = opline_data_load;
  for (uint32_t* to = opline_data_start; to < opline_data_end;) *to++ = *from++;
  for (uint32_t* to = opline_bss_start; to < opline_bss_end;) *to++ = 0;
  main();
  for (;;) __asm__ volatile("bkpt #0");
}

/* The frame may lie in a stack that overflowed: keep its address, then start over at the top. */
__attribute__((naked)) void opline_fault(void) {
  __asm__ volatile(
      "mrs r0, ipsr\n\t"
      "mov r1, sp\n\t"
      "ldr r2, =opline_stack_top\n\t"
      "mov sp, r2\n\t"
      "b opline_report_fault\n\t"
      ".ltorg");
}

static void put_register(const char* name, uint32_t value) {
  opline_put(name);
  opline_put_hex(value, 8);
}

static void put_frame(const uint32_t* frame) {
  extern uint8_t opline_stack_limit[];
  /* Exception frame: r0-r3, r12, lr, pc, xpsr (B1.5.6). Unreadable below the stack. */
  if (frame < (const uint32_t*)(const void*)opline_stack_limit || frame + 8 > opline_stack_top) {
    put_register(" sp=", (uint32_t)(uintptr_t)frame);
    return;
  }
  put_register(" pc=", frame[6]);
  put_register(" lr=", frame[5]);
}

void opline_report_fault(uint32_t exception, const uint32_t* frame) {
  opline_put("\r\ne-[fault exception=");
  opline_put_decimal(exception);
  put_frame(frame);
  put_register(" cfsr=", SCB_CFSR);
  put_register(" hfsr=", SCB_HFSR);
  put_register(" mmfar=", SCB_MMFAR);
  put_register(" bfar=", SCB_BFAR);
  opline_line("]");
  for (;;) __asm__ volatile("bkpt #1");
}
