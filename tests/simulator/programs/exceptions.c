/* Exceptions of every kind, logged over a UART: the log is the same on the simulator, in QEMU and
 * by hand (exceptions_test.cpp). It holds no times. Ends with the semihosting call SYS_EXIT. */
#include <stdint.h>

#define REG(address) (*(volatile uint32_t*)(address))
#define ICSR REG(0xE000ED04u)
#define VTOR REG(0xE000ED08u)
#define AIRCR REG(0xE000ED0Cu)
#define CCR REG(0xE000ED14u)
#define SHPR2 REG(0xE000ED1Cu)
#define SHPR3 REG(0xE000ED20u)
#define SHCSR REG(0xE000ED24u)
#define CFSR REG(0xE000ED28u)
#define HFSR REG(0xE000ED2Cu)
#define BFAR REG(0xE000ED38u)
#define CPACR REG(0xE000ED88u)
#define STIR REG(0xE000EF00u)
#define FPCCR REG(0xE000EF34u)
#define ISER REG(0xE000E100u)
#define ICER REG(0xE000E180u)
#define ISPR REG(0xE000E200u)
#define ICPR REG(0xE000E280u)
#define IABR REG(0xE000E300u)
#define IPR(n) (*(volatile uint8_t*)(0xE000E400u + (n)))
#define SYST_CSR REG(0xE000E010u)
#define SYST_RVR REG(0xE000E014u)
#define SYST_CVR REG(0xE000E018u)

#define BARRIER() __asm volatile("dsb\n isb" ::: "memory")
#define SPECIAL(name)                                \
  ({                                                 \
    uint32_t value_;                                 \
    __asm volatile("mrs %0, " #name : "=r"(value_)); \
    value_;                                          \
  })
#define SET_SPECIAL(name, value) __asm volatile("msr " #name ", %0" ::"r"(value) : "memory")

#ifdef CACHES /* an STM32F7: USART3, RM0385 31.8 */
#define UART 0x40004800u
enum { kClockBit = 18, kStatus = 0x1C, kSend = 0x28, kBaud = 0x0C, kControl = 0x00, kOn = 0xD };
#else /* an STM32F4: USART2, RM0390 25.6 */
#define UART 0x40004400u
enum { kClockBit = 17, kStatus = 0x00, kSend = 0x04, kBaud = 0x08, kControl = 0x0C, kOn = 0x200C };
#endif

static void put(char c) {
  while ((REG(UART + kStatus) & 0x80) == 0) {
  }
  REG(UART + kSend) = (uint32_t)c;
}
static void text(const char* s) {
  while (*s != 0) put(*s++);
}
static void number(uint32_t value) {
  for (int shift = 28; shift >= 0; shift -= 4) put("0123456789abcdef"[value >> shift & 0xF]);
}
static void line(const char* what, uint32_t value) {
  text(what);
  put(' ');
  number(value);
  put('\n');
}

static volatile uint32_t skip_bytes, ticks;
static volatile int in_order[8];

/* Every handler: r0 = frame, r1 = EXC_RETURN. */
#define HANDLER(name)                                                        \
  void name##_body(uint32_t* frame, uint32_t exc_return);                    \
  __attribute__((naked)) static void name(void) {                            \
    __asm volatile(                                                          \
        "mov r1, lr\n tst lr, #4\n ite eq\n mrseq r0, msp\n mrsne r0, psp\n" \
        "push {r4, lr}\n bl " #name "_body\n pop {r4, pc}\n");               \
  }                                                                          \
  __attribute__((used)) void name##_body(uint32_t* frame, uint32_t exc_return)

extern uint8_t fault_at[];

HANDLER(fault) {
  text("fault\n");
  line(" ipsr", SPECIAL(ipsr));
  line(" exc_return", exc_return);
  line(" cfsr", CFSR);
  line(" hfsr", HFSR);
  if ((CFSR & 0x8000u) != 0) line(" bfar", BFAR);
  line(" shcsr", SHCSR);
  line(" pc", frame[6] & 0xF0000000u);
  const uint32_t status = CFSR;
  CFSR = status;
  HFSR = HFSR;
  if ((status & 1u << 18) != 0) /* INVPC: return as should have been done before */
    __asm volatile("mov sp, %0\n ldr r0, =0xFFFFFFF9\n bx r0" ::"r"(frame) : "r0");
  if (skip_bytes == 0xFFFFFFFFu) { /* return to the caller */
    frame[6] = frame[5] & ~1u;
    frame[7] |= 1u << 24;
  } else {
    frame[6] += skip_bytes;
  }
}

HANDLER(svc) {
  const uint8_t* after = (const uint8_t*)frame[6];
  text("svc\n");
  line(" number", after[-2]);
  line(" ipsr", SPECIAL(ipsr));
  line(" exc_return", exc_return);
  line(" xpsr", frame[7] & 0x0F00FFFFu);
  if (after[-2] != 9) line(" r0..", frame[0] + frame[1] + frame[2] + frame[3] + frame[4]);
  line(" control", SPECIAL(control));
  line(" shcsr", SHCSR);
  frame[0] = 0x5EED;
}

HANDLER(pendsv) {
  (void)frame;
  line("pendsv", exc_return);
}

HANDLER(systick) {
  (void)frame, (void)exc_return;
  ++ticks;
  if (ticks == 3) SYST_CSR = 0;
}

HANDLER(interrupt) {
  (void)frame;
  const uint32_t which = (SPECIAL(ipsr) & 0x1FF) - 16;
  line("irq", which);
  line(" exc_return", exc_return);
  line(" icsr", ICSR & 0x803FFFFFu);
  line(" active", IABR);
  if (which == 10) { /* 11 preempts, 12 waits */
    ISPR = 1u << 12;
    BARRIER();
    text(" 12 waits\n");
    ISPR = 1u << 11;
    BARRIER();
    text(" 11 is done\n");
  }
  line("end of", which);
}

HANDLER(floating) {
  (void)frame;
  line("float exc_return", exc_return);
  line(" lspact", FPCCR & 1u);
  __asm volatile("vmov.f32 s0, #2.0\n vmov.f32 s15, #3.0\n vmov.f32 s16, s16" ::: "s0", "s15");
  line(" lspact", FPCCR & 1u);
  line(" control", SPECIAL(control));
}

HANDLER(bad_return) {
  (void)frame, (void)exc_return;
  text("returns wrongly\n");
  skip_bytes = 0;
  __asm volatile("mov sp, %0\n ldr r0, =0xFFFFFFF3\n bx r0" ::"r"(frame) : "r0");
}

__attribute__((aligned(512))) static const void* const table[16 + 64] = {
    [2] = fault,           [3] = fault,           [4] = fault,
    [5] = fault,           [6] = fault,           [11] = svc,
    [14] = pendsv,         [15] = systick,        [16 + 10] = interrupt,
    [16 + 11] = interrupt, [16 + 12] = interrupt, [16 + 13] = interrupt,
    [16 + 14] = interrupt, [16 + 20] = floating,  [16 + 21] = bad_return,
};

static void supervisor_calls(void) {
  register uint32_t r0 __asm("r0") = 1, r1 __asm("r1") = 2, r2 __asm("r2") = 4, r3 __asm("r3") = 8,
                       r12 __asm("r12") = 16;
  __asm volatile("svc #0x2A" : "+r"(r0) : "r"(r1), "r"(r2), "r"(r3), "r"(r12) : "memory");
  line("returned", r0);
  /* The stack is not aligned to 8: xPSR<9>. */
  uint32_t before, after;
  __asm volatile(
      "mov r4, sp\n sub sp, #4\n mov %0, sp\n movs r0, #1\n movs r1, #1\n movs r2, #1\n"
      "movs r3, #1\n mov r12, #1\n svc #3\n mov %1, sp\n mov sp, r4"
      : "=&r"(before), "=&r"(after)::"r0", "r1", "r2", "r3", "r4", "r12", "cc", "memory");
  line("stack moved by", after - before);
  /* In an IT block: flags and the rest of the block survive. */
  uint32_t result;
  __asm volatile(
      "movs %0, #0\n cmp %0, #0\n ittte eq\n addeq %0, #1\n svceq #9\n addeq %0, #4\n addne %0, "
      "#32\n"
      : "=&l"(result)::"r0", "r1", "r2", "r3", "r12", "cc", "memory");
  line("block", result);
}

static uint32_t process_stack[128];

static void on_process_stack(void) {
  SET_SPECIAL(psp, process_stack + 128);
  SET_SPECIAL(control, 2);
  BARRIER();
  __asm volatile("movs r0, #1\n movs r1, #1\n movs r2, #1\n movs r3, #1\n mov r12, #1\n svc #5" ::
                     : "r0", "r1", "r2", "r3", "r12", "cc", "memory");
  SET_SPECIAL(control, 0);
  BARRIER();
  text("on the main stack\n");
}

static void interrupts(void) {
  IPR(10) = 0x80, IPR(11) = 0x40, IPR(12) = 0xC0, IPR(13) = 0x60, IPR(14) = 0x60;
  ISER = 0x7C00;
  line("ipr", REG(0xE000E408u));
  STIR = 10;
  BARRIER();
  text("equal priorities\n");
  __asm volatile("cpsid i");
  ISPR = 0x6000;
  line("pending", ISPR);
  __asm volatile("cpsie i");
  BARRIER();
  text("masked by basepri\n");
  SET_SPECIAL(basepri, 0x60);
  ISPR = 1u << 13;
  BARRIER();
  line("pending", ISPR);
  ISPR = 1u << 11;
  BARRIER();
  SET_SPECIAL(basepri, 0);
  BARRIER();
  text("masked by faultmask\n");
  __asm volatile("cpsid f");
  ISPR = 1u << 11;
  BARRIER();
  line("faultmask", SPECIAL(faultmask));
  __asm volatile("cpsie f");
  BARRIER();
  text("groups\n"); /* two bits of group: 0x80 does not preempt 0xA0, but comes first */
  AIRCR = 0x05FA0500u;
  IPR(10) = 0xB0, IPR(11) = 0xA0, IPR(12) = 0x90;
  STIR = 10;
  BARRIER();
  AIRCR = 0x05FA0000u;
  text("cleared\n");
  __asm volatile("cpsid i");
  ISPR = 0x7C00;
  ICPR = 0x7C00;
  __asm volatile("cpsie i");
  BARRIER();
  text("disabled\n");
  ICER = 0x7C00;
  ISPR = 1u << 11;
  BARRIER();
  line("pending", ISPR);
  ICPR = 0x7C00;
}

static void pend_supervisor(void) {
  SHPR3 = 0xF0u << 16;
  ICSR = 1u << 28;
  BARRIER();
  __asm volatile("cpsid i");
  ICSR = 1u << 28;
  BARRIER();
  line("icsr", ICSR & 0x103FFFFFu);
  __asm volatile("wfi"); /* wakes, though masked */
  ICSR = 1u << 27;
  BARRIER();
  __asm volatile("cpsie i");
  BARRIER();
  text("no longer pending\n");
}

static void usage_and_bus_faults(void) {
  skip_bytes = 2;
  SHCSR |= 7u << 16;
  __asm volatile("mov r0, #0x60000000\n ldr r1, [r0]" ::: "r0", "r1", "memory");
  __asm volatile("udf #1" ::: "memory");
  CCR |= 0x18;
  BARRIER();
  skip_bytes = 4;
  __asm volatile("movs r0, #0\n udiv r1, r0, r0" ::: "r0", "r1", "cc", "memory");
  skip_bytes = 2;
  __asm volatile("ldr r0, =0x20000101\n ldr r1, [r0]" ::: "r0", "r1", "memory");
  CCR &= ~0x18u;
  CPACR = 0;
  BARRIER();
  skip_bytes = 4;
  __asm volatile("vmov.f32 s0, #1.0" ::: "memory");
  CPACR = 0xFu << 20;
  BARRIER();
  skip_bytes = 0xFFFFFFFFu;
  __asm volatile("ldr r0, =0x08000100\n blx r0" ::: "r0", "lr", "memory");
  __asm volatile("ldr r0, =0x60000001\n blx r0" ::: "r0", "lr", "memory");
  SHCSR &= ~(7u << 16);
  skip_bytes = 2;
  text("escalated\n");
  __asm volatile("mov r0, #0x60000000\n ldr r1, [r0]" ::: "r0", "r1", "memory");
  __asm volatile("udf #1" ::: "memory");
  __asm volatile("cpsid i\n svc #1\n nop\n cpsie i" ::: "memory");
}

static void float_contexts(void) {
  uint32_t low, high;
  line("control", SPECIAL(control));
  ISER = 1u << 20;
  __asm volatile("vmov.f32 s0, #1.0\n vmov.f32 s15, #1.5\n" ::: "s0", "s15");
  line("control", SPECIAL(control));
  ISPR = 1u << 20;
  BARRIER();
  __asm volatile("vmov %0, s0\n vmov %1, s15" : "=r"(low), "=r"(high));
  line("s0", low);
  line("s15", high);
  FPCCR &= ~(1u << 30); /* not lazily */
  ISPR = 1u << 20;
  BARRIER();
  __asm volatile("vmov %0, s0\n vmov %1, s15" : "=r"(low), "=r"(high));
  line("s0", low);
  line("s15", high);
  FPCCR |= 1u << 30;
  __asm volatile(/* the handler has no float */
                 "movs r0, #1\n movs r1, #1\n movs r2, #1\n movs r3, #1\n mov r12, #1\n svc #7" ::
                     : "r0", "r1", "r2", "r3", "r12", "cc", "memory");
  __asm volatile("vmov %0, s0" : "=r"(low));
  line("s0", low);
  SET_SPECIAL(control, 0);
  BARRIER();
}

static void timer(void) {
  ticks = 0;
  SYST_RVR = 999;
  SYST_CVR = 0;
  SYST_CSR = 7;
  while (ticks < 3) __asm volatile("wfi");
  line("ticks", ticks);
  SYST_CSR = 5;
  while ((SYST_CSR & 1u << 16) == 0) {
  }
  line("csr", SYST_CSR);
  SYST_CSR = 0;
}

static void events(void) {
  __asm volatile("sev\n wfe" ::: "memory");
  text("an event\n");
  SHPR3 = 0;
  __asm volatile("cpsid i\n sev\n wfe" ::: "memory");
  SHCSR |= 7u << 16;
  __asm volatile("cpsie i");
  ISER = 1u << 21;
  __asm volatile(/* the fault handler returns without restoring these registers */
                 "str %0, [%1]\n dsb\n isb" ::"r"(1u << 21), "r"(0xE000E200u)
                 : "r4", "r5", "r6", "r8", "r9", "r10", "r11", "memory");
  SHCSR &= ~(7u << 16);
}

void program(void) {
  REG(0x40023840u) |= 1u << kClockBit; /* RCC_APB1ENR */
  REG(UART + kBaud) = 0x8B;
  REG(UART + kControl) = kOn; /* UE, TE, RE */
  VTOR = (uint32_t)(uintptr_t)table;
  BARRIER();
  line("thread", SPECIAL(ipsr));
  supervisor_calls();
  on_process_stack();
  interrupts();
  pend_supervisor();
  usage_and_bus_faults();
  float_contexts();
  timer();
  events();
  text("done\n");
  __asm volatile("movs r0, #0x18\n ldr r1, =0x20026\n bkpt 0xAB" ::: "r0", "r1");
}
