/* firmware/kernels/dsp/dot_widened.S - see the header.
 *
 * Per four taps: two loads and four extensions of bytes, four halves loaded, eight SMLAD.
 *
 * Cortex-M4: loads side by side, since only they overlap; low registers and LDM for what is loaded,
 * since 16-bit encodings are what keeps straight code from waiting for the flash. 20 cycles, 56
 * bytes.
 *
 * Cortex-M7 (OPLINE_DUAL_ISSUE): each SMLAD beside a load or an extension, two of them together:
 * nine cycles. A loaded word is extended or multiplied two cycles later at the earliest, so bytes
 * and even halves are loaded one group ahead; the last group loads nothing. */
  .syntax unified
  .text

x0        .req r0
x1        .req r1
halves    .req r2
end       .req r7    /* of the loop, in row 0 */
sum00     .req r8    /* row of bytes, row of halves */
sum01     .req r9
sum10     .req r10
sum11     .req r11

/* The frame: row 0 of the pair, distance, halves, taps of the loop, the two starts; then: */
.equ kStep, 24
.equ kRest, 28       /* taps behind the loop, in the lowest four bits */
.equ kSums, 32       /* where the next go, and their end */
.equ kFrame, 40

#ifdef OPLINE_DUAL_ISSUE

even0     .req r3    /* halves of either row */
even1     .req r4
/* Words of bytes, and their even halves, change places from group to group: wa and wb, wc and wd. */
wa        .req r5
wb        .req r6
wc        .req r12
wd        .req lr

/* Four taps: bytes in \word0 and \word1, their even halves in \low0 and \low1. */
.macro group word0, low0, word1, low1, at
  sxtb16  \word0, \word0, ror #8
  smlad   sum00, \low0, even0, sum00
  sxtb16  \word1, \word1, ror #8
  smlad   sum10, \low1, even0, sum10
  smlad   sum01, \low0, even1, sum01
  ldr     even0, [halves, #\at * 4 + 8]
  smlad   sum11, \low1, even1, sum11
  ldr     even1, [halves, #\at * 4 + 12]
  ldr     \low0, [x0, #\at + 4]
  smlad   sum00, \word0, even0, sum00
  smlad   sum01, \word0, even1, sum01
  ldr     \low1, [x1, #\at + 4]
  sxtb16  \word0, \low0
  smlad   sum10, \word1, even0, sum10
  smlad   sum11, \word1, even1, sum11
  ldr     even0, [halves, #\at * 4 + 16]
  sxtb16  \word1, \low1
  ldr     even1, [halves, #\at * 4 + 20]
.endm

.macro last_group word0, low0, word1, low1
  sxtb16  \word0, \word0, ror #8
  smlad   sum00, \low0, even0, sum00
  sxtb16  \word1, \word1, ror #8
  smlad   sum10, \low1, even0, sum10
  smlad   sum01, \low0, even1, sum01
  ldr     even0, [halves, #8]
  smlad   sum11, \low1, even1, sum11
  ldr     even1, [halves, #12]
  smlad   sum00, \word0, even0, sum00
  smlad   sum10, \word1, even0, sum10
  smlad   sum01, \word0, even1, sum01
  smlad   sum11, \word1, even1, sum11
.endm

.equ ahead, 4 /* bytes of row 0 behind those whose products are taken */

.macro dot
  ldr     wa, [x0]
  ldr     wc, [x1]
  ldr     even0, [halves]
  ldr     even1, [halves, #4]
  sxtb16  wb, wa
  sxtb16  wd, wc
  cmp     x0, end
  beq     2f
1:
  group   wa, wb, wc, wd, 0
  group   wb, wa, wd, wc, 4
  group   wa, wb, wc, wd, 8
  group   wb, wa, wd, wc, 12
  adds    x0, #16
  add     x1, #16
  cmp     x0, end
  add     halves, #64
  bne     1b
2:
  ldr     end, [sp, #kRest]
  lsls    end, end, #29  /* carry: two groups; negative: one */
  bcc     3f
  group   wa, wb, wc, wd, 0
  group   wb, wa, wd, wc, 4
  add     x0, x0, #8
  add     x1, x1, #8
  add     halves, halves, #32
3:
  bpl     4f
  group   wa, wb, wc, wd, 0
  add     halves, halves, #16
  last_group wb, wa, wd, wc
  b       5f
4:
  last_group wa, wb, wc, wd
5:
.endm

#else

word0     .req r3    /* bytes, then their odd halves */
word1     .req r4
low0      .req r12   /* their even halves */
low1      .req lr

.macro group at
  ldr     word0, [x0, #\at]
  ldr     word1, [x1, #\at]
  ldm     halves!, {r5, r6}
  sxtb16  low0, word0
  sxtb16  low1, word1
  smlad   sum00, low0, r5, sum00
  smlad   sum01, low0, r6, sum01
  smlad   sum10, low1, r5, sum10
  smlad   sum11, low1, r6, sum11
  ldm     halves!, {r5, r6}
  sxtb16  word0, word0, ror #8
  sxtb16  word1, word1, ror #8
  smlad   sum00, word0, r5, sum00
  smlad   sum01, word0, r6, sum01
  smlad   sum10, word1, r5, sum10
  smlad   sum11, word1, r6, sum11
.endm

.equ ahead, 0

.macro dot
  cmp     x0, end
  beq     2f
  .balign 16
1:
  group   0
  group   4
  group   8
  group   12
  adds    x0, #16
  adds    x1, #16
  cmp     x0, end
  bne     1b
2:
  ldr     r3, [sp, #kRest]
  lsls    r3, r3, #29    /* carry: two groups; negative: one */
  bcc     3f
  group   0
  group   4
  add     x0, x0, #8
  add     x1, x1, #8
3:
  bpl     4f
  group   0
4:
.endm

#endif

  .section .text.opline_dot_widened, "ax", %progbits
  .global opline_dot_widened
  .type opline_dot_widened, %function
  .thumb_func
  .balign 16             /* a line of the flash */
opline_dot_widened:
  .cfi_startproc
  push    {r4-r11, lr}
  .cfi_def_cfa_offset 36
  .cfi_offset lr, -4
  sub     sp, #kFrame
  .cfi_def_cfa_offset 36 + kFrame
  add     r4, r3, r2, lsl #4
  strd    r3, r4, [sp, #kSums]
  ldm     r0, {r2, r3, r4, r5, r8, r9}
  subs    r6, r3, #ahead
  str     r6, [sp, #kRest]
  bic     end, r6, #15
  str     r5, [sp, #kStep]
  mov     r0, r1
  mov     r1, r4
  stm     sp, {r0, r1, r2, end, r8, r9}
0:
  ldm     sp, {x0, x1, halves, end, sum00, sum01}
  ldr     r3, [sp, #kStep]
  add     r3, x0
  str     r3, [sp]
  add     x1, x0
  add     end, x0
  mov     sum10, sum00
  mov     sum11, sum01
  dot
  ldrd    r3, r4, [sp, #kSums]
  stm     r3!, {sum00, sum01, sum10, sum11}
  str     r3, [sp, #kSums]
  cmp     r3, r4
  bne     0b
  add     sp, #kFrame
  .cfi_def_cfa_offset 36
  pop     {r4-r11, pc}
  .cfi_endproc
  .size opline_dot_widened, . - opline_dot_widened
