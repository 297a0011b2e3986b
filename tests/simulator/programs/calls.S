@ Functions that call each other in a known way, with line numbers: what profiles are tested with.
@ program calls twice three times, recurse(3) once, and jumper, which jumps to leaf; twice calls leaf twice.
  .syntax unified
  .cpu cortex-m4
  .text
  .macro function name
  .balign 16
  .global \name
  .type \name, %function
  .thumb_func
\name:
  .endm
  .macro end name
  .size \name, . - \name
  .endm

  function program
  push {r4, lr}
  movs r4, #3
again:
  bl twice
  subs r4, r4, #1
  bne again
  movs r0, #3
  bl recurse
  bl jumper
  pop {r4, pc}
  end program

  function twice
  push {r5, lr}
  bl leaf
  bl leaf
  pop {r5, pc}
  end twice

  function leaf
  nop
  nop
  bx lr
  end leaf

  function recurse
  push {r5, lr}
  cbz r0, last
  subs r0, r0, #1
  bl recurse
last:
  pop {r5, pc}
  end recurse

  function jumper
  nop
  b.w leaf
  end jumper

@ Calls itself without end, and uses no stack.
  function endless
  movs r0, #0
  bl endless + 2
  end endless

@ Reads a word of flash, of SRAM and of a peripheral (RCC), and writes a byte and two words of SRAM.
  function touch
  ldr r0, =0x20000100
  ldr r1, [r0]
  strb r1, [r0, #4]
  stmia r0, {r1, r2}
  ldr r2, =0x40023800
  ldr r3, [r2]
  bx lr
  end touch
  .pool
