/* Cases of exceptions whose cycles are counted by hand (exception_timing_test.cpp): each from its label to its BKPT.
 * Handlers are labels; program() installs them. SysTick and interrupt 1 are more urgent than interrupt 0. */
  .syntax unified
  .thumb
  .text

  .balign 512
table:
  .word 0x20020000
  .word program
  .rept 9
  .word 0
  .endr
  .word svc_handler + 1
  .word 0, 0
  .word pendsv_handler + 1
  .word systick_handler + 1
  .word irq0_handler + 1
  .word irq1_handler + 1
  .word irq2_handler + 1
  .rept 35
  .word 0
  .endr
  .word usart2_handler + 1

  .global program
  .thumb_func
program:
  ldr r0, =0xE000ED08
  ldr r1, =table
  str r1, [r0]
  ldr r0, =0xE000E100     /* enable interrupts 0 to 3 */
  movs r1, #15
  str r1, [r0]
  ldr r0, =0xE000E400     /* priorities 0x80, 0x40, 0x40, 0 */
  ldr r1, =0x00404080
  str r1, [r0]
  bx lr
  .ltorg

  .macro case name
  .balign 16
  .global \name
  .type \name, %function
\name:
  .endm

  .macro mark name        /* within a case */
  .global \name
  .type \name, %function
\name:
  .endm

  case svc_handler
  bx lr
  case pendsv_handler
  bx lr
  case systick_handler
  bx lr
  case irq0_handler
  nop
  bx lr
  case irq1_handler
  bx lr
  case irq2_handler
  vmov.f32 s1, s2
  bx lr

  case usart2_handler     /* sends what was received */
  ldr r0, =0x40004400
  ldr r1, [r0, #4]
  str r1, [r0, #4]
  bx lr

  /* r0 = ISPR, r1 = bits to set pending */
  case e_svc
  svc #0
  mark e_svc_done
  bkpt #0

  case e_pend
  str r1, [r0]
  mark e_pend_next
  nop
  nop
  bkpt #0

  case e_pend_two         /* 0 and 1 at once: 1 first, 0 is tail-chained */
  cpsid i
  str r1, [r0]
  cpsie i
  mark e_pend_two_done
  bkpt #0

  /* r0 = SYST_CSR, r1 = 7, r2 = reload, r3 = 0 */
  .macro start_timer
  str r2, [r0, #4]
  str r3, [r0, #8]
  str r1, [r0]
  .endm

  case e_timer_sleep
  start_timer
1:wfi
  b 1b

  case e_timer_nops
  start_timer
1:
  .rept 20
  nop
  .endr
  b 1b

  case e_timer_straight   /* 700 cycles without a branch */
  start_timer
1:
  .rept 700
  nop
  .endr
  b 1b

  case e_timer_itself
  start_timer
  b .

  case e_timer_late       /* interrupt 0 is set pending 5 cycles before SysTick expires: the nops of r2 */
  ldr r4, =0xE000E200
  movs r5, #1
  start_timer
  nop
  nop
  nop
  nop
  str r5, [r4]
  mark e_late_next
  nop
  bkpt #0
  .ltorg

  case e_no_handler       /* interrupt 3 */
  str r1, [r0]
  nop
  bkpt #0

  case e_float            /* a context to save: s0 */
  vmov.f32 s0, s1
  str r1, [r0]
  mark e_float_done
  bkpt #0

  case e_masked_wfi
  cpsid i
  str r1, [r0]
  wfi
  bkpt #0

  case e_echo             /* by interrupt, RXNEIE */
  ldr r0, =0x40023800
  mov r1, #0x20000
  str r1, [r0, #0x40]
  ldr r0, =0x40004400
  movw r1, #0x202C
  str r1, [r0, #12]
  ldr r0, =0xE000E100
  movs r1, #0x40
  str r1, [r0, #4]
1:wfi
  b 1b
  .ltorg

  case e_bus_fault        /* no handler for it */
  ldr r3, [r1]
  bkpt #0
