@ Short pieces of code, each from its label to its BKPT: what they compute and what they cost.
  .syntax unified
  .cpu cortex-m4
  .fpu fpv4-sp-d16
  .text
  .macro case name
  .balign 16
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

@ ---- cost, no wait states ----
  case t_nops
  .rept 10
  nop
  .endr
  endcase
  case t_load
  ldr r0, [r1]
  endcase
  case t_three_loads
  ldr r0, [r1]
  ldr r2, [r1, #4]
  ldr r3, [r1, #8]
  endcase
  case t_chased_load
  ldr r1, [r1]
  ldr r2, [r1]
  endcase
  case t_load_after_update
  ldr r0, [r1], #4
  ldr r2, [r1]
  endcase
  case t_store_load
  str r0, [r1]
  ldr r2, [r1]
  endcase
  case t_load_store
  ldr r0, [r1]
  str r0, [r1, #4]
  endcase
  case t_three_stores
  str r0, [r1]
  str r0, [r1, #4]
  str r0, [r1, #8]
  endcase
  case t_store_register
  str r0, [r1, r4]
  endcase
  case t_load_store_register
  ldr r0, [r1]
  str r2, [r1, r4]
  endcase
  case t_store_ldm
  str r0, [r1]
  ldm r1, {r2, r3}
  endcase
  case t_two_bases
  ldr r0, [r1], #4
  ldr r2, [sp, #-4]
  endcase
  case t_stores_one_base
  str r0, [r1], #4
  str r0, [r1]
  endcase
  case t_load_nop
  ldr r0, [r1]
  nop
  endcase
  case t_address_dependency
  adds r1, #0
  ldr r0, [r1]
  endcase
  case t_no_address_dependency
  adds r2, #0
  ldr r0, [r1]
  endcase
  case t_ldm
  ldm r1, {r2, r3, r5, r6}
  endcase
  case t_push_pop
  push {r4-r7}
  pop {r4-r7}
  endcase
  case t_ldrd
  ldrd r2, r3, [r1]
  endcase
  case t_strd
  strd r2, r3, [r1]
  endcase
  case t_branch
  b 1f
  nop
1: endcase
  case t_not_taken
  cmp r0, r0
  bne 1f
1: endcase
  case t_loop
  movs r0, #10
1: subs r0, #1
  bne 1b
  endcase
  case t_call
  bl 1f
  b 2f
1: bx lr
2: endcase
  case t_cbz
  movs r0, #0
  cbz r0, 1f
  nop
1: endcase
  case t_it_folded
  cmp r0, r0
  it eq
  moveq r2, r3
  endcase
  case t_it_not_folded
  cmp.w r0, r0
  it eq
  moveq r2, r3
  endcase
  case t_it_skipped
  cmp r0, r0
  itt ne
  ldrne r2, [r1]
  umullne r2, r3, r2, r3
  endcase
  case t_multiplies
  mul r2, r0, r0
  mla r2, r0, r0, r2
  smull r2, r3, r0, r0
  smlal r2, r3, r0, r0
  smlad r2, r0, r0, r2
  endcase
  case t_divide_long
  mov r0, #-1
  movs r2, #1
  udiv r0, r0, r2
  endcase
  case t_divide_short
  movs r0, #5
  movs r2, #100
  udiv r0, r0, r2
  endcase
  case t_divide_typical
  movw r0, #4095
  movs r2, #1
  sdiv r0, r0, r2
  endcase
  case t_unaligned_word
  ldr r0, [r1, #2]
  endcase
  case t_unaligned_bytes
  ldr r0, [r1, #1]
  endcase
  case t_unaligned_half
  ldrh r0, [r1, #1]
  endcase
  case t_table
  movs r0, #1
  tbb [pc, r0]
  .byte 1, 2
  nop
  nop
  endcase
  case t_load_pc
  adr r0, 1f + 1
  str r0, [r1]
  ldr pc, [r1]
  .balign 4
1: endcase
  case t_straddled_target
  b 1f
  nop
  nop
1: add.w r0, r0, #1
  endcase
  case t_fetch_bubble
  push {r0}
  add.w r0, r0, #1
  add.w r0, r0, #1
  add.w r0, r0, #1
  pop {r0}
  endcase
  case t_vmov_address
  vmov s0, r1
  vmov r0, s0
  ldr r2, [r0]
  endcase
  case t_pop_pc
  adr r0, 1f + 1
  push {r0}
  pop {pc}
  nop
  .balign 4
1: endcase
  case t_float_independent
  vadd.f32 s0, s1, s2
  vmul.f32 s3, s4, s5
  endcase
  case t_float_dependent
  vadd.f32 s0, s1, s2
  vmul.f32 s3, s0, s5
  endcase
  case t_float_mla
  vmla.f32 s0, s1, s2
  vfma.f32 s3, s4, s5
  endcase
  case t_float_divide
  vdiv.f32 s0, s1, s2
  vsqrt.f32 s3, s4
  endcase
  case t_float_load
  vldr s0, [r1]
  vldr d1, [r1]
  endcase
  case t_float_store
  vstr s0, [r1]
  vstr d1, [r1]
  endcase
  case t_float_multiple
  vldmia r1, {s0-s3}
  endcase
  case t_float_move
  vmov r0, s0
  vmov r2, r3, s0, s1
  endcase
  case t_cyccnt
  ldr r0, [r1]
  .rept 7
  nop
  .endr
  ldr r2, [r1]
  subs r0, r2, r0
  endcase
  case t_isb
  isb
  dsb
  endcase

@ ---- cost with wait states and the line cache ----
  .balign 16
  case t_line_loop     @ 8 halfwords in this line and 1 in the next
1: subs r0, #1
  nop
  nop
  nop
  nop
  nop
  nop
  nop
  bne 1b
  endcase
  .balign 64
  case t_straight      @ four lines of four wide instructions
  .rept 16
  add.w r2, r2, #1
  .endr
  endcase
  .balign 16
  case t_flash_data
  ldr r2, [r1]
  nop
  ldr r2, [r1, #4]
  nop
  ldr r2, [r1, #16]
  endcase

@ ---- meaning ----
  case m_adds
  adds r0, r0, r1
  endcase
  case m_subs
  subs r0, r0, r1
  endcase
  case m_adcs
  adcs r0, r1
  endcase
  case m_lsls32
  lsls r0, r1
  endcase
  case m_asr
  asrs r0, r0, #32
  endcase
  case m_rrx
  rrxs r0, r0
  endcase
  case m_sxtb16_ror
  sxtb16 r0, r1, ror #8
  endcase
  case m_smlad
  smlad r0, r0, r1, r2
  endcase
  case m_smmulr
  smmulr r0, r0, r1
  endcase
  case m_ssat
  ssat r0, #8, r0, asr #4
  endcase
  case m_usat16
  usat16 r0, #7, r0
  endcase
  case m_uadd8_sel
  uadd8 r2, r0, r1
  sel r0, r0, r1
  endcase
  case m_bfi
  bfi r0, r1, #8, #12
  endcase
  case m_sbfx
  sbfx r0, r0, #4, #8
  endcase
  case m_pkhtb
  pkhtb r0, r0, r1, asr #16
  endcase
  case m_umaal
  umaal r0, r1, r2, r3
  endcase
  case m_smlald
  smlald r0, r1, r2, r3
  endcase
  case m_rbit_clz
  rbit r0, r0
  clz r0, r0
  endcase
  case m_revsh
  revsh r0, r0
  endcase
  case m_usada8
  usada8 r0, r0, r1, r2
  endcase
  case m_sdiv_overflow
  sdiv r0, r0, r1
  endcase
  case m_udiv_zero
  udiv r0, r0, r1
  endcase
  case m_ite
  cmp r0, r1
  ite gt
  movgt r0, #1
  movle r0, #2
  endcase
  case m_bitband
  ldr r0, [r1]
  movs r2, #1
  str r2, [r3]
  ldr r0, [r1]
  endcase
  case m_exclusive
  ldrex r2, [r1]
  strex r0, r2, [r1]
  strex r2, r2, [r1]
  add r0, r0, r2, lsl #4
  endcase
  case m_vcvt
  vmov s0, r0
  vcvt.s32.f32 s1, s0
  vmov r0, s1
  endcase
  case m_vcvt_half
  vmov s0, r0
  vcvtb.f16.f32 s1, s0
  vcvtb.f32.f16 s2, s1
  vmov r0, s1
  vmov r1, s2
  endcase
  case m_vcmp
  vmov s0, r0
  vmov s1, r1
  vcmp.f32 s0, s1
  vmrs apsr_nzcv, fpscr
  endcase
  case m_msp
  mrs r0, msp
  mrs r1, control
  endcase
  case m_flash_alias
  ldr r0, [r1]
  endcase
  case m_sram_code    @ r1 = SRAM address of code that returns; run it
  mov r4, lr
  blx r1
  mov lr, r4
  endcase
  case m_sram_code_end
  endcase

@ ---- stops ----
  case s_self
  b s_self
  case s_wfi
  wfi
  case s_svc
  svc 7
  case s_unmapped
  ldr r0, [r1]
  endcase
  case s_it_unmapped
  cmp r0, #0
  it ne
  ldrne r2, [r1]
  endcase
  case s_store
  str r0, [r1]
  endcase
  case s_ldrd
  ldrd r0, r2, [r1]
  endcase
  case s_bx
  bx r0
  case s_undefined
  .inst.w 0xf7f0a000
  case s_push
  push {r0-r7}
  endcase
  case s_sub_sp
  sub sp, sp, r0
  endcase
  case s_divide
  udiv r0, r0, r1
  endcase
  case s_deep
  push {lr}
  bl s_deep
  case s_spin
  nop
  b s_spin

@ ---- the UART ----
  case u_echo           @ r1 = USART2
1: ldr r0, [r1]
  tst r0, #0x20
  beq 1b
  ldr r0, [r1, #4]
  str r0, [r1, #4]
  b 1b
