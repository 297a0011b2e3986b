@ Short pieces of code for the two-issue pipeline, each in one cache line from its label to its BKPT unless it says so.
  .syntax unified
  .cpu cortex-m7
  .fpu fpv5-d16
  .text
  .macro case name
  .balign 32
  .global \name
  .type \name, %function
  .thumb_func
\name:
  .endm
  .macro endcase
  bkpt 1
  .endm

  case program
  bx lr

  case m_nops
  .rept 10
  nop
  .endr
  endcase
  case m_adds
  adds r0, #1
  adds r2, #1
  adds r3, #1
  adds r5, #1
  endcase
  case m_adds_chained
  adds r0, #1
  adds r0, #1
  adds r0, #1
  adds r0, #1
  endcase
  case m_eors_chained
  eors r0, r2
  eors r0, r2
  eors r0, r2
  eors r0, r2
  endcase
  case m_load_use
  ldr r0, [r1]
  eors r2, r0
  endcase
  case m_load_use_byte
  ldrb r0, [r1]
  eors r2, r0
  endcase
  case m_load_address
  ldr r0, [r1]
  ldr r2, [r0]
  endcase
  case m_load_multiply
  ldr r0, [r1]
  mul r2, r0, r3
  endcase
  case m_accumulate
  smlad r0, r2, r3, r0
  smlad r0, r2, r3, r0
  smlad r0, r2, r3, r0
  smlad r0, r2, r3, r0
  endcase
  case m_multiply_use
  mul r0, r2, r3
  eors r0, r2
  endcase
  case m_multiply_store
  mul r0, r2, r3
  str r2, [r1]
  str r0, [r1, #4]
  endcase
  case m_loads_two_banks
  ldr r0, [r1]
  ldr r2, [r1, #4]
  ldr r3, [r1, #8]
  ldr r5, [r1, #12]
  endcase
  case m_loads_one_bank
  ldr r0, [r1]
  ldr r2, [r1, #8]
  ldr r3, [r1, #16]
  ldr r5, [r1, #24]
  endcase
  case m_unaligned_load
  ldr r0, [r1, #1]
  endcase
  case m_stores
  str r0, [r1]
  str r0, [r1, #4]
  str r0, [r1, #8]
  endcase
  case m_store_loaded
  ldr r0, [r1]
  str r0, [r1, #4]
  endcase
  case m_extends
  sxtb16 r0, r2
  sxtb16 r3, r2
  sxtb16 r5, r2
  endcase
  case m_shifted
  add r0, r2, r3, lsl #2
  add r5, r2, r3, lsl #2
  add r6, r2, r3, lsl #2
  endcase
  case m_shifted_early
  eors r3, r2
  add r0, r2, r3, lsl #2
  endcase
  case m_push_pop
  push {r2, r3, r4, r5}
  pop {r2, r3, r4, r5}
  endcase
  case m_divide
  udiv r0, r2, r3
  endcase
  case m_loop
1:
  subs r0, #1
  bne 1b
  endcase
  case m_early_flags
1:
  subs r0, #1
  eor r2, r2, r3
  eor r2, r2, r3
  eor r2, r2, r3
  eor r2, r2, r3
  eor r2, r2, r3
  eor r2, r2, r3
  bne 1b
  endcase
  case m_it
  cmp r0, #0
  it ne
  addne r2, #1
  endcase
  case m_float_add
  vadd.f32 s0, s1, s2
  vadd.f32 s0, s0, s2
  endcase
  case m_float_divide
  vdiv.f32 s0, s1, s2
  endcase
  case m_double_multiply
  vmul.f64 d0, d1, d2
  vmul.f64 d3, d1, d2
  endcase
  case s_load
  ldr r0, [r1]
  endcase
  case s_store
  str r0, [r1]
  dsb
  endcase
  case m_store_loaded_byte
  ldrb r0, [r1]
  strb r0, [r1, #4]
  nop
  endcase
  case m_saturate_use
  ssat r0, #8, r2
  eors r3, r0
  endcase
  case m_flags_three_before
1:
  subs r0, #1
  eor r2, r2, r3
  eor r2, r2, r3
  eor r2, r2, r3
  eor r2, r2, r3
  bne 1b
  endcase
  case m_flags_two_before
1:
  subs r0, #1
  eor r2, r2, r3
  eor r2, r2, r3
  eor r2, r2, r3
  bne 1b
  endcase
  case m_two_branches  @ 64 halfwords apart, and so in several lines
1:
  b 2f
  .space 124
2:
  subs r0, #1
  bne 1b
  endcase
  case m_table
  tbb [pc, r0]
  .byte 1, 0
  endcase
  case m_system
  mrs r2, apsr
  endcase
  case m_float_fused
  vfma.f32 s0, s1, s2
  vadd.f32 s3, s0, s1
  endcase
  case m_float_chained
  vmla.f32 s0, s1, s2
  vadd.f32 s3, s0, s1
  endcase
  case m_float_accumulate_fused
  vfma.f32 s0, s1, s2
  vfma.f32 s0, s1, s2
  endcase
  case m_float_accumulate_chained
  vmla.f32 s0, s1, s2
  vmla.f32 s0, s1, s2
  endcase
  case m_float_load
  vldr s0, [r1]
  vadd.f32 s1, s0, s2
  endcase
  case m_float_store
  vadd.f32 s0, s1, s2
  vstr s0, [r1]
  endcase
  case m_float_from_core
  vmov s0, r0
  vadd.f32 s1, s0, s2
  endcase
  case m_float_square_root
  vsqrt.f32 s0, s1
  endcase
  case m_double_add
  vadd.f64 d0, d1, d2
  vadd.f64 d3, d1, d2
  endcase
  case m_double_fused
  vfma.f64 d0, d1, d2
  endcase
  case m_double_divide
  vdiv.f64 d0, d1, d2
  endcase
  case m_branch_in_older_place
1:
  subs r0, #1
  nop
  bne 1b
  endcase
