/* Programs that crash, for reports with the calls that led there: program() calls what `crash_kind`
 * says. */
#include <stdint.h>

volatile uint32_t crash_kind; /* set by the test before it goes on behind `program_ready` */
static volatile uint32_t sink;

#define NOINLINE __attribute__((noipa))

NOINLINE static uint32_t innermost(uint32_t x) {
  sink = x;
  return *(volatile uint32_t*)0x60000000u;
}
NOINLINE static uint32_t inner(uint32_t x) {
  volatile uint32_t local[8] = {x, 1, 2, 3};
  return innermost(local[x & 3]) + local[1];
}
NOINLINE static uint32_t middle(uint32_t (*function)(uint32_t), uint32_t x) {
  return function(x) + 1;
}
NOINLINE static uint32_t outer(uint32_t x) { return middle(inner, x) * 3 + x; }

NOINLINE static uint32_t jumps_on(uint32_t x) { return inner(x + 1); } /* a tail call */
NOINLINE static uint32_t calls_jumper(uint32_t x) { return jumps_on(x) + 5; }

NOINLINE static void in_handler(void) { sink = outer(2); }

__attribute__((used)) void svc_body(void) {
  in_handler();
  sink += 1;
}
__attribute__((naked)) static void svc(void) {
  __asm volatile("push {r4, lr}\n bl svc_body\n pop {r4, pc}");
}
NOINLINE static void calls_supervisor(void) {
  __asm volatile("svc 0" ::: "memory");
  sink += 2;
}

__attribute__((naked)) static void hard_fault(void) { __asm volatile("b ."); }

__attribute__((aligned(512))) static const void* const table[16] = {
    [3] = hard_fault,
    [11] = svc,
};

__attribute__((naked, noinline)) static void ready(void) {
  __asm volatile(".global program_ready\nprogram_ready: bx lr");
}

void program(void) {
  ready();
  if (crash_kind >= 4) *(volatile uint32_t*)0xE000ED08u = (uint32_t)(uintptr_t)table;
  if (crash_kind % 4 == 0) sink = outer(1);
  if (crash_kind % 4 == 1) sink = calls_jumper(1);
  if (crash_kind % 4 == 2) calls_supervisor();
  if (crash_kind % 4 == 3) ((void (*)(void))0x60000001u)();
}
