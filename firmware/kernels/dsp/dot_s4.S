/* firmware/kernels/dsp/dot_s4.S - see the header.
 *
 * Per eight taps: a word of codes of either row, eight ANDs with a shifted operand, eight halves
 * loaded, sixteen SMLAD. Frame and loops are those of dot_widened.S, which has the reasons for both
 * orders.
 *
 * Cortex-M4: 38 cycles, 108 bytes.
 *
 * Cortex-M7 (OPLINE_DUAL_ISSUE): each SMLAD beside a load or an AND, 17 cycles. Words are loaded, and
 * the first pair of row 0 is masked, one group ahead; the last group loads nothing. */
  .syntax unified
  .text

x0        .req r0
x1        .req r1
halves    .req r2
word0     .req r3    /* codes */
word1     .req r4
half0     .req r5    /* of either row */
half1     .req r6
sum00     .req r8    /* row of codes, row of halves */
sum01     .req r9
sum10     .req r10
sum11     .req r11
mask      .req lr

/* The frame: row 0 of the pair, distance, halves, bytes of the loop, the two starts; then: */
.equ kLoop, 12
.equ kStarts, 16
.equ kStep, 24
.equ kRest, 28       /* bytes of a row behind the loop, in the lowest four bits */
.equ kSums, 32       /* where the next go, and their end */
.equ kEnd, 40        /* of the loop, in row 0 */
.equ kFrame, 48

#ifdef OPLINE_DUAL_ISSUE

pair0     .req r7    /* of row 0 */
pair1     .req r12   /* of row 1 */
end       .req r12   /* where no pair of row 1 is alive */

/* The pair of row 1 at \here, then the pair of row 0 at \next and the halves at \at. */
.macro pair here, next, at
  smlad   sum00, pair0, half0, sum00
  .if \here == 0
  and     pair1, mask, word1
  .else
  and     pair1, mask, word1, lsr #\here
  .endif
  smlad   sum01, pair0, half1, sum01
  and     pair0, mask, word0, lsr #\next
  smlad   sum10, pair1, half0, sum10
  ldr     half0, [halves, #\at]
  smlad   sum11, pair1, half1, sum11
  ldr     half1, [halves, #\at + 4]
.endm

/* Eight taps: \at bytes behind x0 and x1, 8 * \at behind halves. */
.macro group at
  pair    0, 4, \at * 8 + 8
  pair    4, 8, \at * 8 + 16
  pair    8, 12, \at * 8 + 24
  ldr     word0, [x0, #\at + 4]
  and     pair1, mask, word1, lsr #12
  smlad   sum00, pair0, half0, sum00
  ldr     word1, [x1, #\at + 4]
  smlad   sum01, pair0, half1, sum01
  and     pair0, mask, word0
  smlad   sum10, pair1, half0, sum10
  ldr     half0, [halves, #\at * 8 + 32]
  smlad   sum11, pair1, half1, sum11
  ldr     half1, [halves, #\at * 8 + 36]
.endm

.macro last_group
  pair    0, 4, 8
  pair    4, 8, 16
  pair    8, 12, 24
  and     pair1, mask, word1, lsr #12
  smlad   sum00, pair0, half0, sum00
  smlad   sum01, pair0, half1, sum01
  smlad   sum10, pair1, half0, sum10
  smlad   sum11, pair1, half1, sum11
.endm

.equ ahead, 4 /* bytes of a row behind those whose products are taken */

.macro dot
  ldr     word0, [x0]
  ldr     word1, [x1]
  ldr     end, [sp, #kLoop]
  ldr     half0, [halves]
  ldr     half1, [halves, #4]
  cmp     end, #0
  and     pair0, mask, word0
  beq     2f
  add     end, end, x0
  str     end, [sp, #kEnd]
1:
  group   0
  group   4
  group   8
  group   12
  ldr     end, [sp, #kEnd]
  adds    x0, #16
  add     x1, #16
  cmp     x0, end
  add     halves, #128
  bne     1b
2:
  ldr     end, [sp, #kRest]
  lsls    end, end, #29  /* carry: two groups; negative: one */
  bcc     3f
  group   0
  group   4
  add     x0, x0, #8
  add     x1, x1, #8
  add     halves, halves, #64
3:
  bpl     4f
  group   0
  add     halves, halves, #32
4:
  last_group
.endm

#else

end       .req r7
pairs     .req r12

/* A pair of either row, both halves. */
.macro products shift
  .if \shift == 0
  and     pairs, mask, word0
  .else
  and     pairs, mask, word0, lsr #\shift
  .endif
  smlad   sum00, pairs, half0, sum00
  smlad   sum01, pairs, half1, sum01
  .if \shift == 0
  and     pairs, mask, word1
  .else
  and     pairs, mask, word1, lsr #\shift
  .endif
  smlad   sum10, pairs, half0, sum10
  smlad   sum11, pairs, half1, sum11
.endm

/* Eight taps: \at bytes behind x0 and x1, 8 * \at behind halves. */
.macro group at
  ldr     word0, [x0, #\at]
  ldr     word1, [x1, #\at]
  ldr     half0, [halves, #\at * 8]
  ldr     half1, [halves, #\at * 8 + 4]
  products 0
  ldr     half0, [halves, #\at * 8 + 8]
  ldr     half1, [halves, #\at * 8 + 12]
  products 4
  ldr     half0, [halves, #\at * 8 + 16]
  ldr     half1, [halves, #\at * 8 + 20]
  products 8
  ldr     half0, [halves, #\at * 8 + 24]
  ldr     half1, [halves, #\at * 8 + 28]
  products 12
.endm

.equ ahead, 0

.macro dot
  ldr     end, [sp, #kLoop]
  cmp     end, #0
  beq     2f
  add     end, end, x0
  .balign 16
1:
  group   0
  group   4
  group   8
  group   12
  adds    x0, #16
  adds    x1, #16
  adds    halves, #128
  cmp     x0, end
  bne     1b
2:
  ldr     word0, [sp, #kRest]
  lsls    word0, word0, #29    /* carry: two groups; negative: one */
  bcc     3f
  group   0
  group   4
  add     x0, x0, #8
  add     x1, x1, #8
  add     halves, halves, #64
3:
  bpl     4f
  group   0
4:
.endm

#endif

  .section .text.opline_dot_codes, "ax", %progbits
  .global opline_dot_codes
  .type opline_dot_codes, %function
  .thumb_func
  .balign 16             /* a line of the flash */
opline_dot_codes:
  .cfi_startproc
  push    {r4-r11, lr}
  .cfi_def_cfa_offset 36
  .cfi_offset lr, -4
  sub     sp, #kFrame
  .cfi_def_cfa_offset 36 + kFrame
  add     r4, r3, r2, lsl #4
  strd    r3, r4, [sp, #kSums]
  ldm     r0, {r2, r3, r4, r5, r8, r9}
  lsrs    r3, r3, #1     /* bytes of a row */
  subs    r6, r3, #ahead
  str     r6, [sp, #kRest]
  bic     r7, r6, #15
  str     r5, [sp, #kStep]
  mov     r0, r1
  mov     r1, r4
  stm     sp, {r0, r1, r2, r7, r8, r9}
  mov     mask, #0x000f000f
0:
  ldm     sp, {x0, x1, halves}
  ldrd    sum00, sum01, [sp, #kStarts]
  ldr     r3, [sp, #kStep]
  add     r3, x0
  str     r3, [sp]
  add     x1, x0
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
  .size opline_dot_codes, . - opline_dot_codes
