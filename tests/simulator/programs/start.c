/* Start-up of the simulator's test programs: data, FPU, program(), BKPT at `program_end`. */
#include <stdint.h>

extern uint32_t data_load[], data_begin[], data_end[], bss_begin[], bss_end[];
void program(void);

__attribute__((naked, noreturn)) static void finish(void) {
  __asm volatile(".global program_end\nprogram_end: bkpt 0\n b program_end\n");
}

__attribute__((noreturn)) void reset(void) {
  *(volatile uint32_t*)0xE000ED88u |= 0xFu << 20; /* CPACR: full access to the FPU */
#ifdef FLASH_ACR
  *(volatile uint32_t*)0x40023C00u = FLASH_ACR; /* wait states and caches, as at 180 MHz */
#endif
#ifdef CACHES
  *(volatile uint32_t*)0xE000ED14u |=
      3u << 16; /* CCR: both caches; they are empty after the simulator's reset */
#endif
  __asm volatile("dsb\n isb");
  for (uint32_t *to = data_begin, *from = data_load; to < data_end;) *to++ = *from++;
  for (uint32_t* to = bss_begin; to < bss_end;) *to++ = 0;
  program();
  finish();
}

__attribute__((section(".vectors"), used)) static const void* const vectors[2] = {
    (void*)0x20020000u, (void*)reset};

void* memcpy(void* to, const void* from, unsigned bytes) {
  unsigned char* t = to;
  for (const unsigned char* f = from; bytes > 0; --bytes) *t++ = *f++;
  return to;
}
void* memset(void* to, int value, unsigned bytes) {
  for (volatile unsigned char* t = to; bytes > 0; --bytes) *t++ = (unsigned char)value;
  return to;
}
