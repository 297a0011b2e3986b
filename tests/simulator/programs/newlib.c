/* A program of the C library (newlib) with semihosting: start-up, output, heap, sorting, floating
 * point. Its output is compared with QEMU's and with what a C library must print. */
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

extern uint32_t data_load[], data_begin[], data_end[];
int _start(void);

__attribute__((noreturn)) void reset(void) {
  *(volatile uint32_t*)0xE000ED88u |= 0xFu << 20; /* CPACR: full access to the FPU */
  __asm volatile("dsb\n isb");
  for (uint32_t *to = data_begin, *from = data_load; to < data_end;) *to++ = *from++;
  _start();
  for (;;) {
  }
}

__attribute__((section(".vectors"), used)) static const void* const vectors[16] = {
    (void*)0x20018000u, (void*)reset};

static int compare(const void* a, const void* b) {
  return *(const int*)a < *(const int*)b ? -1 : *(const int*)a > *(const int*)b;
}

int main(void) {
  printf("Hello, %s: %d %u %x %c %5.3f %e\n", "newlib", -42, 42u, 0xBEEF, '!', 3.14159, 1.0e-20);
  int* const numbers = malloc(1000 * sizeof *numbers);
  uint32_t seed = 1;
  for (int i = 0; i < 1000; ++i) {
    seed = seed * 1664525u + 1013904223u;
    numbers[i] = (int)(seed >> 8) % 10000;
  }
  qsort(numbers, 1000, sizeof *numbers, compare);
  printf("sorted: %d %d %d\n", numbers[0], numbers[500], numbers[999]);
  char* const copy = calloc(1, 64);
  memcpy(copy, "copied", 7);
  strcat(copy, " and appended");
  printf("%s, %u characters\n", copy, (unsigned)strlen(copy));
  printf("sqrt %.6f sin %.6f pow %.3f\n", sqrt(2.0), sin(1.0), pow(2.0, 0.5));
  printf("strtod %g, sscanf", strtod("2.5e3", NULL));
  int a = 0, b = 0;
  const int fields = sscanf("12 34", "%d %d", &a, &b);
  printf(" %d %d %d\n", fields, a, b);
  FILE* const file = fopen("/etc/passwd", "r");
  printf("a file of the host: %s\n", file == NULL ? "not found" : "OPENED");
  printf("remove: %d, system: %d\n", remove("/tmp/x") != 0, system("true") != 0);
  printf("clock: %d\n", clock() != (clock_t)-1);
  fprintf(stderr, "an error\n");
  free(numbers);
  free(copy);
  return 7;
}
