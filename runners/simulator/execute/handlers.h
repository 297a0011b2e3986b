// runners/simulator/execute/handlers.h - which handler executes what; the decoders choose from
// here.
//
// Handlers are made from templates in execute_*.cpp, so that the form of an operand costs nothing
// while running. The comment at each says which fields of Op it reads.
#pragma once
#include "runners/simulator/execute/semantics/access.h"
#include "runners/simulator/execute/semantics/data_processing.h"
#include "runners/simulator/execute/semantics/multiply.h"
#include "runners/simulator/machine/cpu.h"

namespace opline::simulator {

// ---- execute_alu.cpp ----
Handler nop_handler();
/// rd, rn; imm with aux = carry-out (0, 1, or 2: unchanged), or rm shifted by aux (1..32).
Handler alu_handler(Alu operation, Operand operand, bool set_flags);
/// rd = rn shifted by the low byte of rm.
Handler shift_handler(Operand shift, bool set_flags);
Handler movt_handler();  ///< rd, imm (high half in place)
/// SP = rn +- operand, or MOV SP: rn, imm or rm << aux; aux 0xFF: imm. Checks the stack.
Handler add_to_sp_handler();
Handler sub_to_sp_handler();
Handler bfi_handler();   ///< rd, rn, aux = lsb, imm = mask in place
Handler bfc_handler();   ///< rd, imm = mask in place
Handler ubfx_handler();  ///< rd, rn, aux = lsb, imm = mask at bit 0
Handler sbfx_handler();  ///< rd, rn, aux = lsb, imm = width
Handler clz_handler();   ///< rd, rm
Handler rbit_handler();
Handler rev_handler();
Handler rev16_handler();
Handler revsh_handler();
/// rd = extend(rm ror aux) (+ rn when `add`).
Handler extend_handler(Extend kind, bool add);

// ---- execute_multiply.cpp: rd, rn, rm, ra (64 bit: rd low, ra high) ----
Handler mul_handler(bool set_flags);
Handler mla_handler();
Handler mls_handler();
Handler long_multiply_handler(LongMultiply kind);
Handler divide_handler(bool is_signed);
/// SMULxy, SMLAxy: aux = N << 1 | M (which halves).
Handler smul_half_handler(unsigned halves, bool accumulate);
Handler smulw_handler(bool top, bool accumulate);
Handler smlal_half_handler(unsigned halves);
Handler dual_multiply_handler(bool subtract, bool exchange, bool accumulate);
Handler dual_multiply_long_handler(bool subtract, bool exchange);
Handler most_significant_handler(bool subtract, bool round, bool accumulate);

// ---- execute_dsp.cpp: rd, rn, rm ----
/// op1: 0 add8, 1 add16, 2 asx, 4 sub8, 5 sub16, 6 sax; prefix: 0 S, 1 Q, 2 SH, 4 U, 5 UQ, 6 UH.
/// Null: undefined.
Handler parallel_handler(unsigned op1, unsigned prefix);
Handler saturating_handler(bool doubling, bool subtract);
Handler sel_handler();
Handler usad8_handler(bool accumulate);  ///< ra
Handler pack_handler(bool top);          ///< rd, rn, rm shifted by aux
/// imm = bits to saturate to; rn shifted left by aux, or right by aux & 31 when bit 7 of aux is
/// set.
Handler saturate_handler(bool is_unsigned);
Handler saturate16_handler(bool is_unsigned);

// ---- execute_memory.cpp ----
/// rd; rn + imm (two's complement), rn + (rm << aux), or imm as the address.
Handler load_handler(Width width, Address address);
Handler store_handler(Width width, Address address);  // u8, u16, u32; no literal
Handler load_pc_handler(Address address);
Handler load_sp_handler(Address address);
/// rd, ra; rn + imm. `load_double` with Address::literal: imm is the address.
Handler load_double_handler(Address address);
Handler store_double_handler(Address address);
/// rn, imm = list without PC; aux bit 0: write back, bit 1: decrement before.
Handler load_multiple_handler();
Handler load_multiple_pc_handler();
Handler store_multiple_handler();
Handler load_exclusive_handler(Width width);   ///< rd, rn + imm
Handler store_exclusive_handler(Width width);  ///< rd = status, rm = value, rn + imm
Handler clear_exclusive_handler();

// ---- execute_branch.cpp ----
Handler branch_handler();                      ///< imm = target; imm2 = its flash offset
Handler branch_far_handler();                  ///< imm = target outside the flash
Handler branch_cond_handler(unsigned cond);    ///< as branch; refill is added when taken
Handler branch_link_handler();                 ///< imm = target, imm2 = value for LR
Handler branch_self_handler();                 ///< an endless loop
Handler bx_handler();                          ///< rm
Handler blx_handler();                         ///< rm, imm2 = value for LR
Handler branch_register_handler();             ///< PC = rm (MOV PC; no interworking)
Handler add_to_pc_handler();                   ///< PC = imm + rm
Handler compare_branch_handler(bool nonzero);  ///< rn, imm = target, imm2 = its flash offset
Handler table_branch_handler(
    bool halfwords);           ///< rn, rm; imm = address of the next instruction; aux 1: base is PC
Handler line_entry_handler();  ///< imm of the wrapper is not used; enters the line, then inner
Handler conditional_handler();  ///< cond, then inner
Handler line_entry_conditional_handler();

// ---- execute_system.cpp ----
Handler undecoded_handler();
Handler after_scratch_handler();
Handler resume_scratch_handler();
Handler breakpoint_handler();
Handler wfi_handler();
Handler wfe_handler();
Handler sev_handler();
Handler slice_end_handler();  ///< Ends the slice before the instruction.
Handler isb_handler();
Handler bkpt_handler();       ///< imm
Handler svc_handler();        ///< imm
Handler undefined_handler();  ///< imm2 = encoding, aux = bytes
Handler mrs_handler();        ///< rd, imm = SYSm
Handler msr_handler();        ///< rn, imm = SYSm, aux = mask
Handler cps_handler();        ///< aux: bit 0 disable, bit 1 PRIMASK, bit 2 FAULTMASK

// ---- execute_dual_issue.cpp: one step of the pipeline, then IssueInfo::run ----
Handler issue_from_flash_handler(const IssueInfo& info);
Handler issue_from_scratch_handler();

// ---- execute_fpu.cpp: rd, rn, rm are singles 0..31; a double is named by its lower half ----
enum class Vfp : std::uint8_t {
  vmla,
  vmls,
  vnmla,
  vnmls,
  vmul,
  vnmul,
  vadd,
  vsub,
  vdiv,
  vfma,
  vfms,
  vfnma,
  vfnms,
  vmov,
  vabs,
  vneg,
  vsqrt,
  vcmp,
  vcmpz,
  vcmpe,
  vcmpez,
  vmaxnm,
  vminnm
};
Handler vfp_handler(Vfp operation, bool is_double = false);
Handler vrint_handler(bool is_double);  ///< aux: soft_float::Round
Handler vsel_handler(bool is_double);   ///< imm: condition
Handler vcvt_to_single_handler();       ///< from a double
Handler vcvt_to_double_handler();
Handler vmov_double_immediate_handler();  ///< imm: high word
Handler vmov_immediate_handler();         ///< rd, imm
Handler vmov_to_single_handler();         ///< s[rd] = r[ra]
Handler vmov_from_single_handler();       ///< r[ra] = s[rd]
Handler vmov_two_to_singles_handler();    ///< s[rd], s[rd+1] = r[ra], r[rn]
Handler vmov_two_from_singles_handler();
Handler vmrs_handler();  ///< ra; 15: APSR
Handler vmsr_handler();  ///< ra
/// aux: bit 0 signed, from bit 1 on soft_float::Round.
Handler vcvt_to_integer_handler(bool from_double = false);
Handler vcvt_from_integer_handler(bool to_double = false);  ///< aux: bit 0 signed
/// rd in place; imm = fraction bits; aux: bit 0 unsigned, bit 1 16-bit.
Handler vcvt_to_fixed_handler(bool is_double = false);
Handler vcvt_from_fixed_handler(bool is_double = false);
Handler vcvt_to_half_handler(bool top, bool from_double = false);
Handler vcvt_from_half_handler(bool top, bool to_double = false);
Handler vload_handler(bool two);  ///< s[rd], rn + imm; rn 15: imm is the address
Handler vstore_handler(bool two);
/// s[rd] on, imm = words, imm2 = words that the base moves by; aux bit 0: write back, bit 1:
/// decrement before.
Handler vload_multiple_handler();
Handler vstore_multiple_handler();

}  // namespace opline::simulator
